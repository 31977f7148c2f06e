import Artifacts
import Workflows

/// Which planned steps a reference such as `train/tvae-l1-2` stands for: all replicates of a row.
public struct MatrixSteps: Hashable, Sendable {
    private struct Group: Hashable {
        var name: String
        var row: String
    }

    /// Names of planned steps, in the order of their replicates.
    private let steps: [Group: [String]]
    /// The names of all rows, planned or left out.
    let rows: [MatrixRow]
    private let leftOut: Set<String>
    /// The workflow's steps that are planned for each row.
    let groups: Set<String>

    /// For a plan without a matrix.
    public init() {
        steps = [:]
        rows = []
        leftOut = []
        groups = []
    }

    public init(_ plan: Plan) {
        rows = plan.matrix?.rows ?? []
        leftOut = plan.matrix?.leftOut ?? []
        var numbered: [Group: [(replicate: Int, step: String)]] = [:]
        for step in plan.steps {
            guard let place = step.place else { continue }
            numbered[Group(name: place.group, row: place.row), default: []].append((place.replicate ?? 1, step.name))
        }
        steps = numbered.mapValues { $0.sorted { $0.replicate < $1.replicate }.map(\.step) }
        groups = Set(numbered.keys.map(\.name))
    }

    /// The steps of a group for a row; empty where none are planned.
    func names(group: String, row: String) -> [String] { steps[Group(name: group, row: row)] ?? [] }

    /// Whether the reference stands for planned steps of a row.
    func hasReplicates(of reference: MetricReference) -> Bool {
        reference.row.map { !names(group: reference.step, row: $0).isEmpty } ?? false
    }

    /// Why nothing was measured for a row that the user left out; nil for any other.
    func reasonForAbsence(ofRow row: String) -> String? { leftOut.contains(row) ? "row “\(row)” was left out (--only)" : nil }
}
