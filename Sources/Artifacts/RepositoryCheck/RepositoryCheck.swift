/// Checks that a repository of artifacts is one for MLCommons' tools too (CM, MLCFlow, Croissant readers), without any of them.
///
/// Where a ``Catalogue`` stops at what it cannot use, a check goes on: it gives everything that it finds, each with a remedy.
public struct RepositoryCheck: Sendable {
    public let root: String
    public let findings: [RepositoryFinding]
    /// How many artifacts were looked at, malformed ones among them.
    public let artifactCount: Int

    /// Checks the repository in a folder.
    public init(root: String) {
        self.root = root
        let contents = RepositoryContents(root: root)
        artifactCount = contents.places.count
        var findings = contents.findings
        findings += IdentityRules.findings(contents)
        findings += ClientFileRules.findings(contents)
        findings += RepositoryDescriptionRules.findings(contents)
        findings += ReproduceScriptRules.findings(contents)
        findings += CroissantRules.findings(contents)
        // What is required can be told only where all is there that could be meant.
        if findings.allSatisfy({ !RepositoryCheck.obstacles.contains($0.code) }) { findings += ReferenceRules.findings(contents) }
        self.findings = findings.sorted { ($0.place, $0.code.rawValue, $0.problem) < ($1.place, $1.code.rawValue, $1.problem) }
    }

    /// What keeps artifacts from being a catalogue.
    private static let obstacles: Set<RepositoryFinding.Code> = [.folder, .schema, .alias, .uidAgain]
}
