/// What can go wrong with the artifacts of a project as a whole.
public enum CatalogueError: ClassifiedError, Hashable {
    /// The folder is no project.
    case noArtifacts(root: String)
    /// A folder that cannot be an artifact.
    case malformedFolder(path: String, reason: String)
    /// meta.json files that are not as they should be.
    case malformed([MetaError])
    /// Two artifacts that share a uid, or an alias within a kind.
    case duplicate(String, first: String, second: String)
    case malformedQuery(String, reason: String)
    /// No artifact is meant by a query. `requirer` is the artifact that asks for it, nil for the user.
    case unknown(query: String, requirer: String?, suggestions: [String])
    case ambiguous(query: String, requirer: String?, candidates: [String])
    /// An artifact is there, in a version that not all who ask for it can use. Who asks, with its range.
    case versionConflict(artifact: String, found: SemanticVersion, requirements: [Requirement])
    /// Artifacts that require each other; the first stands again at the end.
    case cycle([String])

    /// Who asks for which versions.
    public struct Requirement: Hashable, Sendable {
        public let requirer: String
        public let versions: VersionRange
    }

    public var exitClass: ExitClass { .badInput }

    public var description: String {
        switch self {
        case .noArtifacts(let root): return "\(root) has no artifacts folder: run this in the folder of a project"
        case .malformedFolder(let path, let reason): return "\(path): \(reason)"
        case .malformed(let errors): return errors.map(\.description).joined(separator: "\n")
        case .duplicate(let what, let first, let second): return "\(what) is used by both \(first) and \(second): give one of them another"
        case .malformedQuery(let text, let reason): return "\"\(text)\" is no artifact: \(reason)"
        case .unknown(let query, let requirer, let suggestions):
            let hint =
                suggestions.isEmpty ? "; `reprise list` shows what there is" : "; did you mean \(suggestions.joined(separator: " or "))?"
            return "no artifact \(query)" + (requirer.map { ", required by \($0)" } ?? "") + hint
        case .ambiguous(let query, let requirer, let candidates):
            return "\(query)" + (requirer.map { ", required by \($0)," } ?? "")
                + " could be \(candidates.joined(separator: " or ")): say which"
        case .versionConflict(let artifact, let found, let requirements):
            let asks = requirements.map { "\($0.requirer) needs \($0.versions)" }.joined(separator: ", ")
            return "version conflict: \(artifact) is \(found), but \(asks)"
        case .cycle(let path): return "artifacts require each other in a circle: \(path.joined(separator: " → "))"
        }
    }
}
