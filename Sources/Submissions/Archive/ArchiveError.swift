import Artifacts

/// Why an archive is not written or not unpacked. A refused archive leaves nothing behind.
public struct ArchiveError: ClassifiedError, Hashable {
    /// What is wrong. The raw value is stable: programs and checkers may rely on it.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        // What was given does not fit.
        case unreadable = "archive.unreadable"
        case exists = "archive.exists"
        case source = "archive.source"
        // The surroundings.
        case disk = "archive.disk"
        // The compressed stream.
        case format = "archive.format"
        case window = "archive.window"
        case nested = "archive.nested"
        case trailing = "archive.trailing"
        /// What it holds is not what is looked for.
        case contents = "archive.contents"
        case truncated = "archive.truncated"
        case damaged = "archive.damaged"
        case changed = "archive.changed"
        // An entry.
        case type = "archive.type"
        case `extension` = "archive.extension"
        case header = "archive.header"
        case padding = "archive.padding"
        case pathEscape = "archive.path-escape"
        case name = "archive.name"
        case pathLength = "archive.path-length"
        case depth = "archive.depth"
        case order = "archive.order"
        case duplicate = "archive.duplicate"
        case caseClash = "archive.case-clash"
        case fileUnderFile = "archive.file-under-file"
        // Too much.
        case entries = "archive.entries"
        case fileSize = "archive.file-size"
        case totalSize = "archive.total-size"
        case ratio = "archive.ratio"

        /// What whoever made the archive can do about it.
        var remedy: String {
            switch self {
            case .unreadable: "name a regular file that you may read"
            case .exists: "name another place, or move it away"
            case .source: "leave the files alone while they are archived, and begin again"
            case .disk: "free some space, or choose a folder on another disk that you may write to"
            case .truncated, .damaged, .changed: "fetch it again, or ask for another copy"
            case .name, .pathEscape, .pathLength, .depth, .duplicate, .caseClash, .fileUnderFile: "rename the file and pack again"
            case .entries, .fileSize, .totalSize, .ratio: "submit less; larger files belong to where the submission's digests point"
            case .format, .contents, .window, .nested, .trailing, .type, .extension, .header, .padding, .order:
                "pack it with `reprise submit`, which writes the one form that is taken"
            }
        }
    }

    public let kind: Kind
    /// The archive, or the file that was to be put into one.
    public let file: String
    /// The entry's path, escaped to one line of printable ASCII; nil where the whole archive is meant.
    public let entry: String?
    /// What was found, in words.
    public let problem: String

    init(_ kind: Kind, _ file: String, entry: String? = nil, _ problem: String) {
        self.kind = kind
        self.file = file
        self.entry = entry
        self.problem = problem
    }

    /// The stable name of what is wrong, such as `archive.path-escape`.
    public var code: String { kind.rawValue }
    /// What to do about it.
    public var remedy: String { kind.remedy }

    public var description: String { "\(file)\(entry.map { ", entry \($0)" } ?? ""): \(problem) [\(code)]; \(remedy)" }

    public var exitClass: ExitClass {
        switch kind {
        case .unreadable, .exists, .source: .badInput
        case .disk: .environment
        default: .checkFailed
        }
    }
}
