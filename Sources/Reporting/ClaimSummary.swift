/// All claims of a run in one line.
public struct ClaimSummary: Hashable, Sendable {
    public let passed: Int
    public let failed: Int
    public let verdicts: [Verdict: Int]

    public init(_ results: [ClaimResult]) {
        passed = results.count { $0.check == .passed }
        failed = results.count { $0.check == .failed }
        verdicts = results.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
    }

    /// True where no decisive check failed. It says nothing about the paper: that is what the verdicts are for.
    public var isPassed: Bool { failed == 0 }

    /// `3 of 4 checks passed · 2 reproduced · 1 not run`.
    public var line: String {
        let decided = passed + failed
        let checks =
            decided == 0
            ? "no check is decisive at this variation"
            : "\(passed) of \(decided) check\(decided == 1 ? "" : "s") passed"
        let counts = Verdict.allCases.compactMap { verdict in verdicts[verdict].map { "\($0) \(verdict.rawValue)" } }
        return ([checks] + counts).joined(separator: " · ")
    }
}
