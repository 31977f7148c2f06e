import Foundation

/// What tells about the person or the machine behind a run and is no part of its result: home folders, the user's and the host's name, where things
/// lay on the disk.
///
/// Two kinds of knowledge: what this machine's names are (``init(home:users:hosts:repository:state:temporary:vocabulary:)``), which a submitter has, and
/// what such things look like anywhere (``general``: `/home/NAME`, `/root`, `NAME@HOST`), which is all that a reader has.
public struct PrivateData: Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case home, user, host, repository, state, temporary
        /// `NAME@HOST`, or an address.
        case account

        /// What is written in its place.
        public var mark: String { "[\(rawValue)]" }
    }

    /// One place in some bytes.
    public struct Match: Hashable, Sendable {
        public var range: Range<Int>
        public var kind: Kind
    }

    private struct Needle {
        enum Edges {
            /// A path whose last name ends where the needle does.
            case path
            /// A path of a single name: nothing of a path stands before it either.
            case rootedPath
            /// A word.
            case word
        }

        var kind: Kind
        var bytes: [UInt8]
        var edges: Edges
    }

    private var needles: [Needle] = []

    /// What private data look like anywhere.
    public static let general = PrivateData()

    private init() {}

    /// - Parameters:
    ///   - hosts: the host's names.
    ///   - vocabulary: a text of the record's own words, its plan. A user or host called `train` cannot be told from them, so a name that is a word
    ///     there is not looked for by itself; `/home/train` and `train@…` still are.
    public init(home: String, users: [String], hosts: [String], repository: String?, state: String?, temporary: String?, vocabulary: String)
    {
        // The longer a path the more it tells: the repository in the home folder is named before the home folder is.
        for (kind, path) in [(Kind.state, state), (.repository, repository), (.temporary, temporary), (.home, home)] {
            if let path { add(path: path, kind) }
        }
        let words = Set(vocabulary.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map { $0.lowercased() })
        for (kind, name) in users.map({ (Kind.user, $0) }) + hosts.map({ (Kind.host, $0) })
        where PrivateData.isTelling(name) && !words.contains(name.lowercased()) {
            needles.append(Needle(kind: kind, bytes: Array(name.utf8), edges: .word))
        }
    }

    private mutating func add(path: String, _ kind: Kind) {
        let parts = path.split(separator: "/").map(String.init)
        // The temporary folder of every machine tells nothing.
        guard path.hasPrefix("/"), !parts.isEmpty, !["/tmp", "/var/tmp"].contains("/" + parts.joined(separator: "/")) else { return }
        for separator in ["/", "\\/"] {
            let text = separator + parts.joined(separator: separator)
            needles.append(Needle(kind: kind, bytes: Array(text.utf8), edges: parts.count == 1 ? .rootedPath : .path))
        }
    }

    /// Names that half the machines of the world have tell nobody apart, and very short ones are found in everything.
    private static func isTelling(_ name: String) -> Bool {
        let common: Set = [
            "root", "user", "users", "admin", "administrator", "guest", "nobody", "test", "tester", "runner", "build", "builder", "docker",
            "ubuntu",
            "debian", "fedora", "centos", "vagrant", "jenkins", "gitlab", "github", "app", "node", "dev", "developer", "student", "default",
            "local",
            "localhost", "host", "server", "machine", "computer", "laptop", "desktop", "linux", "home", "work", "swift", "reprise",
        ]
        return name.utf8.count >= 3 && !common.contains(name.lowercased())
    }

    // MARK: - Looking

    /// Every place, in order; where places overlap the first and longest stands.
    ///
    /// - Parameter isText: names alone and accounts are looked for in texts only: in a gigabyte of weights every short word occurs by chance.
    public func matches(in bytes: [UInt8], isText: Bool) -> [Match] {
        var found: [Match] = []
        bytes.withUnsafeBytes { buffer in
            for needle in needles where isText || needle.edges != .word || needle.bytes.count >= 8 {
                for position in PrivateData.positions(of: needle.bytes, in: buffer) {
                    let range = position..<position + needle.bytes.count
                    if PrivateData.stands(range, in: buffer, needle.edges) { found.append(Match(range: range, kind: needle.kind)) }
                }
            }
            found += PrivateData.homes(in: buffer)
            if isText { found += PrivateData.accounts(in: buffer) }
        }
        found.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var end = 0
        return found.filter { match in
            guard match.range.lowerBound >= end else { return false }
            end = match.range.upperBound
            return true
        }
    }

    /// The bytes with a mark in each place, and what kinds were there; nil where nothing was.
    public func redacted(_ bytes: [UInt8]) -> (bytes: [UInt8], kinds: Set<Kind>)? {
        let matches = matches(in: bytes, isText: true)
        guard !matches.isEmpty else { return nil }
        var redacted: [UInt8] = []
        var position = 0
        for match in matches {
            redacted += bytes[position..<match.range.lowerBound]
            redacted += match.kind.mark.utf8
            position = match.range.upperBound
        }
        return (redacted + bytes[position...], Set(matches.map(\.kind)))
    }

    /// Whether bytes are text, as far as their beginning tells.
    public static func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(1 << 16).contains(0) }

    // MARK: - Patterns

    /// `/home/NAME`, `/Users/NAME`, `C:\Users\NAME` and `/root`, also as JSON may escape them.
    private static func homes(in buffer: UnsafeRawBufferPointer) -> [Match] {
        var found: [Match] = []
        for prefix in ["/home/", "\\/home\\/", "/Users/", "\\/Users\\/", ":\\Users\\", ":\\\\Users\\\\"] {
            for position in positions(of: Array(prefix.utf8), in: buffer) {
                var end = position + prefix.utf8.count
                let start = end
                while end < buffer.count, isNameByte(buffer[end]) { end += 1 }
                // A full stop or a hyphen ends a sentence rather than a name.
                while end > start, !isWordByte(buffer[end - 1]) { end -= 1 }
                let drive = prefix.hasPrefix(":") && position > 0 && isLetter(buffer[position - 1]) ? 1 : 0
                if end > start { found.append(Match(range: position - drive..<end, kind: .home)) }
            }
        }
        for root in ["/root", "\\/root"] {
            for position in positions(of: Array(root.utf8), in: buffer) {
                let range = position..<position + root.utf8.count
                if stands(range, in: buffer, .rootedPath) { found.append(Match(range: range, kind: .home)) }
            }
        }
        return found
    }

    /// `NAME@HOST`. A version behind the @, as in `dataset/mnist@1.0.0`, begins with a digit or with v and a digit.
    private static func accounts(in buffer: UnsafeRawBufferPointer) -> [Match] {
        positions(of: [UInt8(ascii: "@")], in: buffer).compactMap { at in
            var start = at
            while start > 0, isNameByte(buffer[start - 1]) { start -= 1 }
            var end = at + 1
            while end < buffer.count, isNameByte(buffer[end]) { end += 1 }
            while end > at + 1, !isWordByte(buffer[end - 1]) { end -= 1 }
            guard start < at, isLetter(buffer[start]), end > at + 1, isLetter(buffer[at + 1]) else { return nil }
            let isVersion = end > at + 2 && buffer[at + 1] | 0x20 == UInt8(ascii: "v") && isDigit(buffer[at + 2])
            return isVersion ? nil : Match(range: start..<end, kind: .account)
        }
    }

    // MARK: - Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
    private static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80 }
    private static func isNameByte(_ byte: UInt8) -> Bool { isWordByte(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") }

    private static func stands(_ range: Range<Int>, in buffer: UnsafeRawBufferPointer, _ edges: Needle.Edges) -> Bool {
        let before = range.lowerBound > 0 ? buffer[range.lowerBound - 1] : 0
        let after = range.upperBound < buffer.count ? buffer[range.upperBound] : 0
        // A full stop may end a sentence, or begin the rest of a file's name.
        let second = range.upperBound + 1 < buffer.count ? buffer[range.upperBound + 1] : 0
        let continues = isWordByte(after) || after == UInt8(ascii: "-") || (after == UInt8(ascii: ".") && isWordByte(second))
        switch edges {
        case .path: return !continues
        case .rootedPath: return !continues && !isNameByte(before) && before != UInt8(ascii: "/")
        case .word: return !isWordByte(before) && !isWordByte(after)
        }
    }

    private static func positions(of needle: [UInt8], in buffer: UnsafeRawBufferPointer) -> [Int] {
        guard let first = needle.first, let base = buffer.baseAddress, buffer.count >= needle.count else { return [] }
        var positions: [Int] = []
        var from = 0
        let last = buffer.count - needle.count
        while from <= last, let found = memchr(base + from, Int32(first), last - from + 1) {
            let position = base.distance(to: UnsafeRawPointer(found))
            if needle.withUnsafeBytes({ pattern in pattern.baseAddress.map { memcmp(base + position, $0, needle.count) == 0 } ?? false }) {
                positions.append(position)
            }
            from = position + 1
        }
        return positions
    }
}
