import Artifacts
import Reporting

/// A workflow, and all that was handed in for it.
public struct IndexedBenchmark: Sendable {
    /// The workflow's alias. Another workflow can bear it, so entries tell whether theirs was compared.
    public let alias: String
    /// The name of its page.
    public let slug: String
    public let title: String
    /// Nil where the project has no such workflow.
    public let description: String?
    public let paper: PaperMeta?
    public let entries: [IndexedEntry]
    public let leaderboards: [Leaderboard]
    /// Leaderboards that were left out beyond ``limit``.
    public let leftOut: Int

    /// More leaderboards on a page than anybody reads.
    static let limit = 500

    init(alias: String, slug: String, entries: [IndexedEntry], catalogue: Catalogue?) {
        self.alias = alias
        self.slug = slug
        self.entries = entries
        let workflow = catalogue?.artifacts.first { $0.meta.kind == .workflow && $0.meta.alias == alias }
        title = workflow?.meta.name ?? entries.first?.record.plan.title ?? alias
        description = workflow?.meta.description
        // The paper that the project's workflow names, whatever the entries say.
        paper = workflow?.meta.workflow?.paper.flatMap { try? catalogue?.find($0) }?.meta.paper
        let claims = paper.map { paper in paper.claims.compactMap { try? Claim(json: $0.json) } }
        let all = Leaderboard.all(of: entries, claims: claims)
        // Those that the project knows first, so that none of them is left out for what others made up.
        let sorted = all.filter { $0.isOfProject != false } + all.filter { $0.isOfProject == false }
        leaderboards = Array(sorted.prefix(IndexedBenchmark.limit))
        leftOut = all.count - leaderboards.count
    }
}
