/// Where what lies in a submission. The archive holds one folder, named for the submitter, and the first two levels in it follow MLPerf's
/// submission repositories (`<submitter>/systems`, `<submitter>/results`, `<submitter>/benchmarks`). All paths are relative to that folder.
public struct SubmissionLayout: Hashable, Sendable {
    public static let document = "submission.json"
    public static let signature = "submission.dsse.json"
    public static let readme = "README.md"
    public static let submitterKey = "keys/submitter.pub.pem"
    public static let recordKey = "keys/record.pub.pem"
    /// What the record's manifest signs, byte for byte, and the bare signature: `openssl` verifies them without any JSON.
    public static let manifestPAE = "manifest.pae"
    public static let manifestSignature = "manifest.sig"
    /// The run's record.
    public static let record = "record"

    /// The system's name.
    public let system: String
    /// The workflow's alias.
    public let benchmark: String

    public init(system: String, benchmark: String) {
        self.system = system
        self.benchmark = benchmark
    }

    /// The system description.
    public var systemFile: String { "systems/\(system).json" }

    /// MLPerf-style logs, one a replicate.
    public var results: String { "results/\(system)/\(benchmark)" }

    /// - Parameter index: from 0, in the order of seeds.
    public func resultFile(_ index: Int) -> String { "\(results)/result_\(index).txt" }

    /// What the benchmark is: its rules, and how to compute it again.
    public var benchmarkFolder: String { "benchmarks/\(benchmark)" }
    public var benchmarkReadme: String { benchmarkFolder + "/README.md" }
    /// The rules that were applied.
    public var rules: String { benchmarkFolder + "/rules.json" }
    /// The workflow's artifact, where the submitter's project held the very one that the run had.
    public var workflow: String { benchmarkFolder + "/workflow" }
}
