import Artifacts
import Integrity

/// The file that holds a paper's claims, and what changes in it when claims are confirmed.
public struct ClaimsFile: Sendable {
    /// Of claims, with the paper itself in a meta.json.
    public let path: String
    /// The paper's.
    public let title: String
    /// Other names for rows and columns, and the claims, as the file has them.
    public let aliases: [String: [String]]
    public let claims: [Claim]
    private let content: JSONValue

    /// Reads the claims of a paper's artifact.
    public init(_ artifact: Artifact) throws {
        guard let paper = artifact.meta.paper else { throw ClaimsFileError.noPaper(artifact.title) }
        path = "\(artifact.folder)/\(artifact.meta.json["claims"]?.stringValue ?? "meta.json")"
        content = try JSONValue.parse(try BoundedFile.read(path, limit: Artifact.metaLimit))
        title = paper.title
        aliases = paper.aliases
        claims = try Claim.list(json: .array(paper.claims.map(\.json)))
    }

    /// The content with these claims confirmed, and those that were confirmed in error marked as recalled; nil where nothing changes. Members
    /// are sorted, as everywhere where a program writes JSON.
    ///
    /// A verbatim claim that is confirmed keeps its mark, which says more.
    public func confirming(_ confirmed: [String: Claim.Confirmation], revoking revoked: Set<String> = []) -> String? {
        let isList = content.arrayValue != nil
        var elements = content.arrayValue ?? content["claims"]?.arrayValue ?? []
        for index in elements.indices {
            guard let id = elements[index]["id"]?.stringValue else { continue }
            if revoked.contains(id) {
                elements[index]["mark"] = .string(ConfidenceMark.recalled.rawValue)
                elements[index]["confirmed_by"] = nil
            }
            guard let confirmation = confirmed[id] else { continue }
            if elements[index]["mark"]?.stringValue != ConfidenceMark.verbatim.rawValue {
                elements[index]["mark"] = .string(ConfidenceMark.confirmed.rawValue)
            }
            elements[index]["confirmed_by"] = confirmation.json
        }
        var changed = content
        if isList { changed = .array(elements) } else { changed["claims"] = .array(elements) }
        return changed == content ? nil : changed.prettyText()
    }

    /// Puts `text` in the file's place, at once or not at all.
    public func replace(by text: String) throws(ClaimsFileError) {
        do throws(FileError) {
            try AtomicFile.write(Array(text.utf8), to: path)
        } catch {
            switch error {
            case .notWritable(_, let reason): throw .notWritable(path, reason: reason)
            default: throw .notWritable(path, reason: "\(error)")
            }
        }
    }
}

/// Why a paper's claims cannot be read or written.
public enum ClaimsFileError: ClassifiedError, Hashable {
    case noPaper(String)
    case notWritable(String, reason: String)

    public var description: String {
        switch self {
        case .noPaper(let title): "\(title) is no paper, so it has no claims; reprise list paper shows what is"
        case .notWritable(let path, let reason):
            "cannot write \(path): \(reason); copy the project to a folder of your own and name it with --repository, or look only, with --dry-run"
        }
    }

    public var exitClass: ExitClass {
        switch self {
        case .noPaper: .badInput
        case .notWritable: .environment
        }
    }
}
