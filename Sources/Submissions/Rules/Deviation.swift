import Artifacts
import Integrity
import Workflows

/// One way in which a run departs from the paper's protocol.
public struct Deviation: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Another variation than one at the paper's scale.
        case variation
        /// A parameter of the workflow with another value than the paper's variation gives it.
        case parameter
        /// A parameter that was set by hand.
        case setting
        /// Another number of seeds.
        case seeds
        /// A row that was left out.
        case row
        case arithmetic
        /// Code that no commit names.
        case source
        /// What the workflow itself tells of its differences from the paper.
        case protocolNote = "protocol"
    }

    public var kind: Kind
    /// The parameter, the row, or the note.
    public var subject: String
    /// Null where the paper says nothing of it.
    public var paper: JSONValue
    public var here: JSONValue

    public init(_ kind: Kind, _ subject: String, paper: JSONValue = .null, here: JSONValue = .null) {
        self.kind = kind
        self.subject = subject
        self.paper = paper
        self.here = here
    }

    public var json: JSONValue {
        ["kind": .string(kind.rawValue), "subject": .string(subject), "paper": paper, "here": here]
    }

    init(_ json: JSONValue, at place: String) throws(StatementError) {
        var fields = try FieldReader(json, at: place)
        let text = try fields.string("kind")
        guard let kind = Kind(rawValue: text) else { throw fields.failure("kind", "\"\(text)\" is no kind of deviation") }
        self.kind = kind
        subject = try fields.string("subject")
        paper = try fields.required("paper")
        here = try fields.required("here")
        try fields.finish()
    }

    /// In words: `steps is 2500, the paper's variation has 600000`.
    public var sentence: String {
        func text(_ value: JSONValue) -> String { value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self) }
        return switch kind {
        case .variation: "variation \(subject) is not at the paper's scale"
        case .parameter: "\(subject) is \(text(here)), the paper's variation has \(text(paper))"
        case .setting: "\(subject) was set to \(text(here)) by hand"
        case .seeds: "\(text(here)) seeds, the paper's variation has \(text(paper))"
        case .row: "row \(subject) was left out"
        case .arithmetic: "computed with \(subject) arithmetic"
        case .source: subject
        case .protocolNote: subject
        }
    }

    // MARK: - Deriving

    /// Every deviation of a run, from its record and, where it is at hand, the workflow's artifact. The submitter declares this list and whoever checks
    /// derives it again.
    public static func all(of record: RunRecord, workflow: WorkflowMeta?) -> [Deviation] {
        let plan = record.plan
        var deviations: [Deviation] = []
        let reference = workflow.flatMap(paperVariation)
        if plan.scale != .paper { deviations.append(Deviation(.variation, plan.variation, paper: reference.map { .string($0) } ?? .null)) }
        if let workflow, let reference, let values = try? workflow.values(variation: reference) {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) where plan.parameters[name] != value {
                deviations.append(Deviation(.parameter, name, paper: value, here: plan.parameters[name] ?? .null))
            }
            if let matrix = workflow.matrix, matrix.seedCount(with: values) != plan.matrix?.seeds {
                let seeds = Double(plan.matrix?.seeds ?? 1)
                deviations.append(Deviation(.seeds, "seeds", paper: .number(Double(matrix.seedCount(with: values))), here: .number(seeds)))
            }
        }
        for (name, value) in plan.settings.sorted(by: { $0.key < $1.key }) { deviations.append(Deviation(.setting, name, here: value)) }
        for row in plan.matrix?.rows ?? [] where plan.matrix?.leftOut.contains(row.name) == true {
            deviations.append(Deviation(.row, row.name))
        }
        if record.arithmetic["name"] != "portable" {
            deviations.append(
                Deviation(.arithmetic, record.arithmetic["name"]?.stringValue ?? "unknown", paper: "portable", here: record.arithmetic))
        }
        if let source = source(record.environment["git"]) { deviations.append(source) }
        return deviations + plan.protocolNotes.map { Deviation(.protocolNote, $0) }
    }

    /// The workflow's variation that stands for the paper's protocol: the one named `paper`, which a workflow may have without claiming its scale,
    /// else the first at the paper's scale.
    private static func paperVariation(of workflow: WorkflowMeta) -> String? {
        workflow.variations["paper"] == nil ? workflow.variations.filter { $0.value.scale == .paper }.keys.min() : "paper"
    }

    private static func source(_ git: JSONValue?) -> Deviation? {
        guard git?["commit"]?.stringValue != nil else { return Deviation(.source, "the code's commit is not known") }
        return git?["dirty"]?.boolValue == false ? nil : Deviation(.source, "the code had changes that are in no commit")
    }
}
