/// Where what lies in a submission, relative to its archive's root. The first two levels follow MLPerf's submission repositories
/// (`<submitter>/systems`, `<submitter>/results`, `<submitter>/benchmarks`).
public struct SubmissionLayout: Hashable, Sendable {
    /// The folder that holds everything: the submitter's name in letters that are safe in a path.
    public let submitter: String
    /// The system's name.
    public let system: String
    /// The workflow's alias.
    public let benchmark: String

    public init(submitter: String, system: String, benchmark: String) {
        self.submitter = submitter
        self.system = system
        self.benchmark = benchmark
    }

    /// The system description.
    public var systemFile: String { "\(submitter)/systems/\(system).json" }

    /// MLPerf-style logs, one a replicate.
    public var results: String { "\(submitter)/results/\(system)/\(benchmark)" }

    /// - Parameter index: from 0, in the order of seeds.
    public func resultFile(_ index: Int) -> String { "\(results)/result_\(index).txt" }

    /// What the benchmark is: its rules, and how to compute it again.
    public var benchmarkFolder: String { "\(submitter)/benchmarks/\(benchmark)" }
}
