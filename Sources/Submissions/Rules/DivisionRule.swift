import Integrity
import Reporting

/// What a division asks of a run. The rules are data: a submission holds those that were applied, and a finding names the one that is broken.
public struct DivisionRule: Hashable, Sendable {
    public static let format = "reprise.rules/v1"

    public let id: String
    public let requirement: String
    /// The deviations that break it; empty where it is not about deviations.
    let deviations: Set<Deviation.Kind>

    private init(_ id: String, _ requirement: String, _ deviations: Set<Deviation.Kind> = []) {
        self.id = id
        self.requirement = requirement
        self.deviations = deviations
    }

    static let planIsTheWorkflows = DivisionRule(
        "plan", "The plan is, byte for byte, what the project's workflow gives; both are at hand and compared.")
    static let systemIsComplete = DivisionRule("system", "The system description leaves nothing unknown that the rules name.")
    static let allDeclared = DivisionRule(
        "declared", "Every departure from the paper's variation is declared in submission.json.", Set(Deviation.Kind.allCases))

    /// The paper's protocol to the letter.
    public static let closed: [DivisionRule] = [
        DivisionRule("scale", "The run is of a variation at the paper's scale.", [.variation]),
        DivisionRule(
            "parameters", "Every parameter has the value that the paper's variation gives it; none was set by hand.",
            [.parameter, .setting]),
        DivisionRule("rows", "Every row of the matrix was run.", [.row]),
        DivisionRule("seeds", "Every replicate was run; none was dropped or added.", [.seeds]),
        DivisionRule("arithmetic", "The arithmetic is portable: anyone can compute the same bits.", [.arithmetic]),
        DivisionRule("source", "The code is a commit, without changes.", [.source]),
        DivisionRule("protocol", "The workflow tells of no difference from the paper.", [.protocolNote]),
        planIsTheWorkflows, systemIsComplete,
    ]

    /// Anything, as long as it is declared.
    public static let open: [DivisionRule] = [allDeclared]

    public static func rules(of division: BenchmarkLog.Division) -> [DivisionRule] {
        switch division {
        case .closed: closed
        case .open: open
        }
    }

    /// As a submission holds them.
    static func json(of division: BenchmarkLog.Division) -> JSONValue {
        [
            "format": .string(format), "division": .string(division.rawValue),
            "rules": .array(rules(of: division).map { ["id": .string($0.id), "requirement": .string($0.requirement)] }),
        ]
    }
}
