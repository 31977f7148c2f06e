import Foundation
import Integrity

/// An artifact of the catalogue: what its meta.json says, where it lies, and the digest of all that is in its folder.
public struct Artifact: Hashable, Sendable {
    public let meta: ArtifactMeta
    /// The folder's path.
    public let folder: String
    /// See ``ContentDigest``.
    public let digest: SHA256Digest

    /// A meta.json or claims file is at most this large, in bytes.
    public static let metaLimit = 4 << 20

    /// `kind/alias`.
    public var title: String { meta.title }
    /// `kind/alias@version`.
    public var reference: String { "\(meta.title)@\(meta.version)" }

    /// All artifacts that this one needs, each once: what it requires and, for a workflow, whatever its steps' artifacts may be, and its paper.
    public var requirements: [ArtifactQuery] {
        guard let workflow = meta.workflow else { return meta.requires }
        let all =
            meta.requires + workflow.steps.flatMap(\.artifacts) + workflow.steps.flatMap { $0.models.map(\.artifact) }
            + (workflow.paper.map { [$0] } ?? [])
        var seen: Set<ArtifactQuery> = []
        return all.filter { seen.insert($0).inserted }
    }

    /// Reads a folder.
    ///
    /// - Parameter name: what problems call the folder, such as `artifacts/dataset/mnist`.
    public static func load(folder: String, named name: String) throws(ArtifactLoadError) -> Artifact {
        let file = "\(name)/meta.json"
        let meta: ArtifactMeta
        do throws(MetaError) {
            meta = try ArtifactMeta(json: read("\(folder)/meta.json", file: file), file: file) { companion in
                do throws(MetaError) {
                    return .success(try read("\(folder)/\(companion)", file: "\(name)/\(companion)"))
                } catch {
                    return .failure(error)
                }
            }
            if let program = meta.script?.ownFile, !isRegularFile("\(folder)/\(program)") {
                throw MetaError(
                    file: file,
                    problems: [
                        MetaProblem(field: "step.program[0]", expected: "a file of this folder", found: "\"./\(program)\", which is none")
                    ])
            }
        } catch {
            throw .meta(error)
        }
        do throws(CatalogueError) {
            return Artifact(meta: meta, folder: folder, digest: try ContentDigest.of(folder: folder, leavingOut: companions(of: meta)))
        } catch {
            throw .folder(error)
        }
    }

    /// The files of an artifact that other people's tools read and no step of a run does, so that its digest leaves them out: what they hold
    /// changes no result, and a record made before they were there names the same artifact.
    ///
    /// A data set's Croissant is generated from its meta.json. The run.sh of a script that is a step of our own is not the step's program:
    /// a step that names a program of its folder has no companions.
    public static func companions(of meta: ArtifactMeta) -> Set<String> {
        switch meta.content {
        case .dataset: [Croissant.fileName]
        case .script(let script?) where script.isBuiltin: ["run.sh"]
        default: []
        }
    }

    private static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func read(_ path: String, file: String) throws(MetaError) -> JSONValue {
        func error(_ field: String, _ expected: String, _ found: String) -> MetaError {
            MetaError(file: file, problems: [MetaProblem(field: field, expected: expected, found: found)])
        }
        guard isRegularFile(path) else { throw error("(file)", "a regular file", access(path, F_OK) == 0 ? "something else" : "nothing") }
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try BoundedFile.read(path, limit: metaLimit)
        } catch {
            throw MetaError(
                file: file,
                problems: [MetaProblem(field: "(file)", expected: "a readable file of at most \(metaLimit) bytes", found: "\(error)")])
        }
        do throws(JSONError) {
            return try JSONValue.parse(bytes)
        } catch {
            throw MetaError(
                file: file,
                problems: [MetaProblem(field: "line \(error.line), column \(error.column)", expected: "strict JSON", found: error.reason)])
        }
    }
}

/// Why a folder is no artifact.
public enum ArtifactLoadError: ClassifiedError, Hashable {
    case meta(MetaError)
    case folder(CatalogueError)

    public var exitClass: ExitClass { .badInput }

    public var description: String {
        switch self {
        case .meta(let error): error.description
        case .folder(let error): error.description
        }
    }
}
