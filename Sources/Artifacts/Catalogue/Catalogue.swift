import Foundation
import Integrity

/// All artifacts of a project, found by scanning `artifacts/<kind>/<alias>/` and `workflows/<alias>/`.
///
/// A folder is named for its artifact, in the folder of its kind, and each (kind, alias) and each uid exists once. Folders are not entered through symbolic links.
public struct Catalogue: Sendable {
    /// The project's folder.
    public let root: String
    /// Sorted by kind and alias.
    public let artifacts: [Artifact]

    /// Scans a project; throws everything that is wrong with its meta.json files at once.
    public init(root: String) throws(CatalogueError) {
        self.root = root
        guard Folders.isFolder("\(root)/artifacts") || Folders.isFolder("\(root)/workflows") else { throw .noArtifacts(root: root) }
        var places: [(kind: ArtifactKind, alias: String, path: String)] = []
        for name in try Catalogue.subfolders(root, "artifacts") {
            guard let kind = ArtifactKind(rawValue: name), kind != .workflow else {
                let kinds = ArtifactKind.allCases.filter { $0 != .workflow }.map(\.rawValue)
                throw .malformedFolder(path: "artifacts/\(name)", reason: "no such kind; kinds are \(kinds.joined(separator: ", "))")
            }
            for alias in try Catalogue.subfolders(root, "artifacts/\(name)") { places.append((kind, alias, "artifacts/\(name)/\(alias)")) }
        }
        for alias in try Catalogue.subfolders(root, "workflows") { places.append((.workflow, alias, "workflows/\(alias)")) }

        var artifacts: [Artifact] = []
        var malformed: [MetaError] = []
        for place in places {
            do throws(ArtifactLoadError) {
                let artifact = try Artifact.load(folder: "\(root)/\(place.path)", named: place.path)
                var problems: [MetaProblem] = []
                func require(_ field: String, _ expected: String, _ found: String, _ what: String) {
                    if expected != found {
                        problems.append(
                            MetaProblem(field: field, expected: "\"\(expected)\", as the \(what) is named", found: "\"\(found)\""))
                    }
                }
                require("alias", place.alias, artifact.meta.alias, "folder")
                require("automation_alias", place.kind.rawValue, artifact.meta.kind.rawValue, "kind's folder")
                if problems.isEmpty {
                    artifacts.append(artifact)
                } else {
                    malformed.append(MetaError(file: "\(place.path)/meta.json", problems: problems))
                }
            } catch {
                switch error {
                case .meta(let error): malformed.append(error)
                case .folder(let error): throw error
                }
            }
        }
        guard malformed.isEmpty else { throw .malformed(malformed) }
        var byUID: [String: Artifact] = [:]
        for artifact in artifacts {
            if let other = byUID.updateValue(artifact, forKey: artifact.meta.uid) {
                throw .duplicate("uid \(artifact.meta.uid)", first: Catalogue.file(other), second: Catalogue.file(artifact))
            }
        }
        self.artifacts = artifacts.sorted { ($0.meta.kind.rawValue, $0.meta.alias) < ($1.meta.kind.rawValue, $1.meta.alias) }
    }

    /// A catalogue of artifacts that have been read and found sound already.
    init(root: String, sound artifacts: [Artifact]) {
        self.root = root
        self.artifacts = artifacts.sorted { ($0.meta.kind.rawValue, $0.meta.alias) < ($1.meta.kind.rawValue, $1.meta.alias) }
    }

    // MARK: - Finding

    /// All artifacts that a query means, their versions in its range.
    public func search(_ query: ArtifactQuery) -> [Artifact] {
        artifacts.filter { query.matches($0.meta) && query.versions.contains($0.meta.version) }
    }

    /// The one artifact that a query means.
    public func find(_ query: ArtifactQuery) throws(CatalogueError) -> Artifact {
        let artifact = try find(query, requirer: nil)
        guard query.versions.contains(artifact.meta.version) else {
            throw .versionConflict(
                artifact: artifact.title, found: artifact.meta.version,
                requirements: [CatalogueError.Requirement(requirer: "the query \(query)", versions: query.versions)])
        }
        return artifact
    }

    /// The one artifact that a text means; see ``ArtifactQuery/init(_:)``.
    public func find(_ text: String) throws(CatalogueError) -> Artifact { try find(ArtifactQuery(text)) }

    /// An artifact and all that it needs, directly and through others, in an order in which each comes after what it needs.
    ///
    /// Every version range on the way is checked. Throws ``CatalogueError/unknown(query:requirer:suggestions:)``, ``CatalogueError/cycle(_:)``
    /// or ``CatalogueError/versionConflict(artifact:found:requirements:)``.
    public func resolve(_ root: Artifact) throws(CatalogueError) -> [Artifact] {
        var resolution = DependencyResolution(catalogue: self)
        try resolution.visit(root)
        try resolution.checkVersions()
        return resolution.ordered
    }

    /// The one artifact that a query means. Where just one is meant its version is left unchecked, for the caller to say more about it.
    func find(_ query: ArtifactQuery, requirer: String?) throws(CatalogueError) -> Artifact {
        let meant = artifacts.filter { query.matches($0.meta) }
        let candidates = meant.count > 1 ? meant.filter { query.versions.contains($0.meta.version) } : meant
        switch candidates.count {
        case 1: return candidates[0]
        case 0: throw .unknown(query: query.description, requirer: requirer, suggestions: suggestions(for: query))
        default: throw .ambiguous(query: query.description, requirer: requirer, candidates: candidates.map(\.title))
        }
    }

    private func suggestions(for query: ArtifactQuery) -> [String] {
        guard let alias = query.alias else { return [] }
        // The same alias in another kind is the likeliest of all.
        let sameAlias = artifacts.filter { $0.meta.alias == alias }.map(\.title)
        if !sameAlias.isEmpty { return Array(sameAlias.prefix(3)) }
        let near = Suggestions.near(alias, among: artifacts.map(\.meta.alias))
        let ofKind = artifacts.filter { near.contains($0.meta.alias) && (query.kind == nil || query.kind == $0.meta.kind) }
        let chosen = ofKind.isEmpty ? artifacts.filter { near.contains($0.meta.alias) } : ofKind
        return Array(chosen.map(\.title).prefix(3))
    }

    private static func file(_ artifact: Artifact) -> String {
        (artifact.meta.kind == .workflow ? "workflows/" : "artifacts/\(artifact.meta.kind)/") + "\(artifact.meta.alias)/meta.json"
    }

    /// At most so many folders in one folder: a catalogue is written by people.
    private static let folderLimit = 10_000

    /// The names of the folders in a folder; files beside them (a README) and names that begin with a dot do not count.
    private static func subfolders(_ root: String, _ path: String) throws(CatalogueError) -> [String] {
        var result: [String] = []
        for name in Folders.names(in: "\(root)/\(path)") where !name.hasPrefix(".") && name != "__pycache__" {
            var status = stat()
            guard lstat("\(root)/\(path)/\(name)", &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { result.append(name) }
            if status.st_mode & S_IFMT == S_IFLNK, Folders.isFolder("\(root)/\(path)/\(name)") {
                throw .malformedFolder(path: "\(path)/\(name)", reason: "a symbolic link: put the folder itself here")
            }
            guard result.count <= folderLimit else { throw .malformedFolder(path: path, reason: "more than \(folderLimit) folders") }
        }
        return result
    }
}
