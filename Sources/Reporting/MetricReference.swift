import Integrity

/// Where a measured number lies: a step's name and the path of keys in its metrics, written `step:trained.roll_forward.gap`.
///
/// `step/row:trained.roll_forward.gap` means all replicates that the workflow's matrix plans of a step for a row.
public struct MetricReference: Hashable, Sendable, CustomStringConvertible {
    public let step: String
    /// The row of the matrix; nil for one planned step.
    public let row: String?
    public let path: [String]

    init(step: String, path: [String]) {
        self.step = step
        row = nil
        self.path = path
    }

    /// Nil unless the text is `step:key`, `step/row:key` or the like with `key.key…`, and no part is empty.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        let path = parts[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty }) else { return nil }
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= 2, names.allSatisfy({ !$0.isEmpty }) else { return nil }
        step = names[0]
        row = names.count == 2 ? names[1] : nil
        self.path = path
    }

    public var description: String { step + (row.map { "/" + $0 } ?? "") + ":" + path.joined(separator: ".") }

    /// What a reference to one step leads to.
    package enum Resolution: Hashable, Sendable {
        case number(Double)
        case missing(reason: String)
    }

    /// Follows the path through the step's metrics. An element of an array is named by its position.
    package func resolve(in metrics: [String: JSONValue]) -> Resolution {
        guard var value = metrics[step] else { return .missing(reason: "step “\(step)” left no metrics") }
        for key in path {
            if let member = value[key] {
                value = member
            } else if let elements = value.arrayValue, let position = Int(key), elements.indices.contains(position) {
                value = elements[position]
            } else {
                return .missing(reason: "step “\(step)” has no metric “\(path.joined(separator: "."))”")
            }
        }
        if value.isNull { return .missing(reason: "metric “\(self)” has no value") }
        guard let number = value.numberValue, number.isFinite else { return .missing(reason: "metric “\(self)” is not a number") }
        return .number(number)
    }
}
