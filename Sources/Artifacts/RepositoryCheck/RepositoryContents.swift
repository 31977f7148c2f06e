import Foundation
import Integrity

/// The artifacts of a repository as far as they can be read, and what stands in the way of the others.
struct RepositoryContents {
    /// A folder that should hold an artifact.
    struct Place {
        /// The name of the folder of its kind; `workflow` for those in `workflows/`.
        var kind: String
        var alias: String
        /// Relative to the repository.
        var path: String
        /// Nil where it is malformed.
        var artifact: Artifact?
    }

    let root: String
    private(set) var places: [Place] = []
    private(set) var findings: [RepositoryFinding] = []

    /// Those that could be read.
    var artifacts: [(place: Place, meta: ArtifactMeta)] { places.compactMap { place in place.artifact.map { (place, $0.meta) } } }

    static func place(_ kind: String, _ alias: String) -> String {
        kind == ArtifactKind.workflow.rawValue ? "workflows/\(alias)" : "artifacts/\(kind)/\(alias)"
    }

    init(root: String) {
        self.root = root
        for kind in folders(in: "artifacts") {
            guard ArtifactKind(rawValue: kind).map({ $0 != .workflow }) == true else {
                let kinds = ArtifactKind.allCases.filter { $0 != .workflow }.map(\.rawValue).joined(separator: ", ")
                add(.folder, "artifacts/\(kind)", "no such kind of artifact", "Kinds are \(kinds): move or remove the folder.")
                continue
            }
            for alias in folders(in: "artifacts/\(kind)") { load(kind, alias) }
        }
        for alias in folders(in: "workflows") { load(ArtifactKind.workflow.rawValue, alias) }
    }

    /// The bytes of a regular file of the repository of at most ``Artifact/metaLimit``; nil where there is none.
    func bytes(_ path: String) -> [UInt8]? {
        guard isRegularFile(path) else { return nil }
        return try? BoundedFile.read("\(root)/\(path)", limit: Artifact.metaLimit)
    }

    /// Whether something is a regular file itself, not a link to one.
    func isRegularFile(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false }

    /// What a symbolic link says; nil where there is none.
    func linkTarget(_ path: String) -> String? {
        guard let status = status(path), status.st_mode & S_IFMT == S_IFLNK else { return nil }
        return try? FileManager.default.destinationOfSymbolicLink(atPath: "\(root)/\(path)")
    }

    func status(_ path: String) -> stat? {
        var status = stat()
        return lstat("\(root)/\(path)", &status) == 0 ? status : nil
    }

    private mutating func add(_ code: RepositoryFinding.Code, _ place: String, _ problem: String, _ remedy: String) {
        findings.append(RepositoryFinding(code, place, problem, remedy: remedy))
    }

    /// Files beside the folders do not count; a link in a folder's place does.
    private mutating func folders(in path: String) -> [String] {
        guard let own = status(path), own.st_mode & S_IFMT == S_IFDIR else {
            add(.folder, path, linkTarget(path) == nil ? "no such folder" : "a symbolic link", "Put the folder itself here.")
            return []
        }
        var names: [String] = []
        for name in Folders.names(in: "\(root)/\(path)") where !name.hasPrefix(".") && name != "__pycache__" {
            let shown = "\(path)/\(name)"
            if linkTarget(shown) != nil {
                add(.folder, shown, "a symbolic link", "Put the folder itself here: a repository holds all that it consists of.")
            } else if let status = status(shown), status.st_mode & S_IFMT == S_IFDIR {
                names.append(name)
            }
        }
        return names
    }

    private mutating func load(_ kind: String, _ alias: String) {
        var place = Place(kind: kind, alias: alias, path: RepositoryContents.place(kind, alias))
        do throws(ArtifactLoadError) {
            place.artifact = try Artifact.load(folder: "\(root)/\(place.path)", named: place.path)
        } catch {
            switch error {
            case .meta(let error):
                for problem in error.problems {
                    add(.schema, error.file, "\(problem)", "Correct the field \(problem.field).")
                }
            case .folder(.malformedFolder(let path, let reason)):
                let relative = path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
                add(.folder, relative, reason, "Remove it: an artifact's folder holds plain files.")
            case .folder(let error): add(.folder, place.path, "\(error)", "Mend the folder.")
            }
        }
        places.append(place)
    }
}
