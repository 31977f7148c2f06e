/// A place that may hold remote files under their mirror paths: a folder of this machine, or a base URL.
public enum Mirror: Hashable, Sendable, CustomStringConvertible {
    case folder(String)
    case web(String)

    /// Reads one mirror as given with `--mirror`: a plain path, or an http or https URL. Other schemes, `file:` among them, are refused.
    public init(_ text: String) throws(FetchError) {
        let trimmed = text.trimming(" \t\r")
        guard !trimmed.isEmpty else { throw .invalidMirror(text, reason: "it is empty") }
        if RemoteFile.isWebURL(trimmed) {
            self = .web(trimmed.hasSuffix("/") ? String(trimmed.dropLast()) : trimmed)
        } else if let colon = trimmed.firstRange(of: "://") {
            throw .invalidMirror(
                text, reason: "scheme \(trimmed[..<colon.lowerBound]) is not served: give a plain path or an http or https URL")
        } else if trimmed.utf8.contains(0) {
            throw .invalidMirror(text, reason: "it holds a zero byte")
        } else {
            self = .folder(trimmed.count > 1 && trimmed.hasSuffix("/") ? String(trimmed.dropLast()) : trimmed)
        }
    }

    /// Reads a list, as in `REPRISE_MIRRORS`: mirrors separated by commas or line breaks (not colons: URLs contain them). Empty entries are skipped.
    /// A folder whose name contains a comma can be given alone, with `--mirror`.
    public static func parseList(_ text: String) throws(FetchError) -> [Mirror] {
        var mirrors: [Mirror] = []
        for entry in text.split(whereSeparator: { $0 == "," || $0.isNewline }) where !entry.allSatisfy(\.isWhitespace) {
            mirrors.append(try Mirror(String(entry)))
        }
        return mirrors
    }

    var isFolder: Bool { if case .folder = self { true } else { false } }

    /// A source without what is its user's own business: a folder is not named, and a URL loses its credentials and its query.
    static func publicName(of source: String) -> String {
        guard RemoteFile.isWebURL(source), let scheme = source.firstRange(of: "://") else { return "a folder of this machine" }
        let rest = source[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        let authority = rest.prefix { $0 != "/" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return String(source[..<scheme.upperBound]) + String(host) + String(rest[authority.endIndex...])
    }

    public var description: String {
        switch self {
        case .folder(let path): path
        case .web(let url): url
        }
    }
}

extension String {
    func trimming(_ characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest.removeFirst() }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
