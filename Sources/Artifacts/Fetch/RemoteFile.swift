import Integrity

/// A file that lies elsewhere, and what it must be.
public struct RemoteFile: Hashable, Sendable {
    /// The name to show.
    public let name: String
    public let size: FileSize
    /// Its SHA-256. Nil where nobody could say: the first fetch then records what came, and a later one refuses anything else.
    public let sha256: SHA256Digest?
    /// Where it can be had: http or https.
    public let urls: [String]
    /// Its path under a mirror's folder or base URL.
    public let mirrorPath: String

    public init(name: String, size: FileSize, sha256: SHA256Digest?, urls: [String], mirrorPath: String) throws(FetchError) {
        guard size.limit >= 0 else { throw .invalid(name: name, reason: "a size of \(size)") }
        guard RemoteFile.isSafePath(mirrorPath) else {
            throw .invalid(name: name, reason: "mirror path \"\(mirrorPath)\" is not a plain relative path")
        }
        for url in urls where !RemoteFile.isWebURL(url) { throw .invalid(name: name, reason: "\"\(url)\" is not an http or https URL") }
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.urls = urls
        self.mirrorPath = mirrorPath
    }

    /// Whether a text is a relative path of plain names: it can leave no folder that it is put under.
    package static func isSafePath(_ path: String) -> Bool {
        path.utf8.count <= 512 && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isSafeName(String($0)) }
    }

    /// Whether a text is a plain file name: letters, digits and `._-+`, not beginning with a dot.
    package static func isSafeName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "."), name.utf8.count <= 128 else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "._-+".utf8.contains(byte)
            }
        }
    }

    /// Whether a text begins as an http or https URL, has a host and no blanks or control characters.
    package static func isWebURL(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), text.utf8.count <= 2048 else { return false }
        let lower = text.lowercased()
        for scheme in ["http://", "https://"] where lower.hasPrefix(scheme) {
            guard let first = lower.dropFirst(scheme.count).first else { return false }
            return first.isLetter || first.isNumber || first == "["
        }
        return false
    }
}
