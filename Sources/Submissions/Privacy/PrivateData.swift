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
        // An underscore parts words, and also joins them to one.
        let words = PrivateData.words(of: vocabulary)
        for (kind, name) in users.map({ (Kind.user, $0) }) + hosts.map({ (Kind.host, $0) })
        where PrivateData.isTelling(name) && !words.contains(name.lowercased()) {
            for spelling in Set([name, name.lowercased(), name.uppercased()].map { PrivateData.folded(Array($0.utf8)) }) {
                needles.append(Needle(kind: kind, bytes: spelling, edges: .word))
            }
        }
    }

    /// Without the names that are words of a text, which the submitter chose to show.
    func allowing(_ text: String) -> PrivateData {
        let words = PrivateData.words(of: text)
        var allowed = self
        allowed.needles.removeAll { $0.edges == .word && words.contains(String(decoding: $0.bytes, as: UTF8.self)) }
        return allowed
    }

    /// Without any names: paths and accounts alone.
    var withoutNames: PrivateData {
        var paths = self
        paths.needles.removeAll { $0.edges == .word }
        return paths
    }

    private static func words(of text: String) -> Set<String> {
        Set(
            (text.split { !($0.isLetter || $0.isNumber || $0 == "_") } + text.split { !($0.isLetter || $0.isNumber) }).map {
                $0.lowercased()
            })
    }

    private mutating func add(path: String, _ kind: Kind) {
        let parts = path.split(separator: "/").map(String.init)
        // The temporary folder of every machine tells nothing.
        guard path.hasPrefix("/"), !parts.isEmpty, !["/tmp", "/var/tmp"].contains("/" + parts.joined(separator: "/")) else { return }
        let text = "/" + parts.joined(separator: "/")
        needles.append(Needle(kind: kind, bytes: PrivateData.folded(Array(text.utf8)), edges: parts.count == 1 ? .rootedPath : .path))
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
    /// Names and places of this machine are found in any case of letters, and wherever JSON, an address, a terminal's colours or UTF-16 have escaped
    /// them (``SearchView``).
    ///
    /// - Parameter isText: short names and accounts are looked for in texts only: in a gigabyte of weights every short word occurs by chance.
    public func matches(in bytes: [UInt8], isText: Bool) -> [Match] {
        var found: [Match] = []
        let isMarked = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        SearchView.forEach(of: bytes, isText: isText) { view in
            let isWide = view.form == .wide
            let places = places(in: view.bytes, names: isText || isWide, accounts: isWide ? isMarked : isText)
            found += places.map { Match(range: view.original($0.range), kind: $0.kind) }
        }
        found.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var end = 0
        return found.filter { match in
            guard match.range.lowerBound >= end else { return false }
            end = match.range.upperBound
            return true
        }
    }

    /// Every place in one reading of some bytes.
    private func places(in bytes: [UInt8], names: Bool, accounts: Bool) -> [Match] {
        var found: [Match] = []
        if !needles.isEmpty {
            PrivateData.folded(bytes).withUnsafeBytes { buffer in
                for needle in needles where names || needle.edges != .word || needle.bytes.count >= 8 {
                    for position in PrivateData.positions(of: needle.bytes, in: buffer) {
                        let range = position..<position + needle.bytes.count
                        if PrivateData.stands(range, in: buffer, needle.edges) { found.append(Match(range: range, kind: needle.kind)) }
                    }
                }
            }
        }
        bytes.withUnsafeBytes { buffer in
            found += PrivateData.homes(in: buffer)
            if accounts { found += PrivateData.accounts(in: buffer) }
        }
        return found
    }

    /// The bytes with a mark in each place, and what kinds were there; nil where nothing was.
    ///
    /// In pieces of whole lines, so that a long log costs no more memory than a short one.
    public func redacted(_ bytes: [UInt8]) -> (bytes: [UInt8], kinds: Set<Kind>)? {
        var redacted: [UInt8] = []
        var kinds: Set<Kind> = []
        var start = 0
        while start < bytes.count {
            let least = min(start + 1 << 20, bytes.count)
            let end = bytes[least...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            var piece = Array(bytes[start..<end])
            // What is removed may have parted what is found next.
            for _ in 0..<4 {
                guard let (marked, removed) = marked(piece) else { break }
                piece = marked
                kinds.formUnion(removed)
            }
            redacted += piece
            start = end
        }
        return kinds.isEmpty ? nil : (redacted, kinds)
    }

    private func marked(_ bytes: [UInt8]) -> (bytes: [UInt8], kinds: Set<Kind>)? {
        let matches = matches(in: bytes, isText: true)
        guard !matches.isEmpty else { return nil }
        var marked: [UInt8] = []
        var position = 0
        for match in matches {
            marked += bytes[position..<match.range.lowerBound]
            marked += match.kind.mark.utf8
            position = match.range.upperBound
        }
        return (marked + bytes[position...], Set(matches.map(\.kind)))
    }

    /// Whether bytes are text, as far as their beginning tells.
    public static func isText(_ bytes: [UInt8]) -> Bool { !bytes.prefix(1 << 16).contains(0) }

    // MARK: - Patterns

    /// `/home/NAME`, `/Users/NAME`, `C:\Users\NAME` and `/root`.
    private static func homes(in buffer: UnsafeRawBufferPointer) -> [Match] {
        var found: [Match] = []
        for prefix in ["/home/", "/Users/", ":\\Users\\"] {
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
        for position in positions(of: Array("/root".utf8), in: buffer) {
            let range = position..<position + 5
            if stands(range, in: buffer, .rootedPath) { found.append(Match(range: range, kind: .home)) }
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

    /// With ASCII's letters in lower case.
    private static func folded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    private static func stands(_ range: Range<Int>, in buffer: UnsafeRawBufferPointer, _ edges: Needle.Edges) -> Bool {
        let after = range.upperBound < buffer.count ? buffer[range.upperBound] : 0
        let isLetterBehind = isLetter(behind: range.upperBound, in: buffer)
        // A full stop may end a sentence, or begin the rest of a file's name.
        let continues =
            isLetterBehind || after == UInt8(ascii: "-")
            || (after == UInt8(ascii: ".") && isLetter(behind: range.upperBound + 1, in: buffer))
        switch edges {
        case .path: return !continues
        case .rootedPath: return !continues && after != UInt8(ascii: "_") && beginsPath(at: range.lowerBound, in: buffer)
        // An underscore parts words: `model_marlene` names her.
        case .word: return !isLetterBehind && !isLetter(before: range.lowerBound, in: buffer)
        }
    }

    /// Whether the slash at a place begins an absolute path. `steps/root` does not, `//root/x`, `file:///root` and a compiler's `-I/root` do.
    private static func beginsPath(at position: Int, in buffer: UnsafeRawBufferPointer) -> Bool {
        var start = position
        while start > 0, buffer[start - 1] == UInt8(ascii: "/") { start -= 1 }
        guard start > 0 else { return true }
        let before = buffer[start - 1]
        // `https://root/` names a host.
        if before == UInt8(ascii: ":") { return position - start != 1 }
        guard isLetter(before: start, in: buffer) else { return !"_.-".utf8.contains(before) }
        var option = start
        while option > 0, isLetter(buffer[option - 1]) { option -= 1 }
        guard option > 0, option < start, buffer[option - 1] == UInt8(ascii: "-") else { return false }
        // Options whose value follows at once are one letter, or gcc's -isystem and its like.
        guard start - option == 1 || buffer[option] == UInt8(ascii: "i") else { return false }
        return option == 1 || !isNameByte(buffer[option - 2])
    }

    /// Whether a letter or a digit of any alphabet ends before a place. Quotation marks and arrows beyond ASCII are none.
    private static func isLetter(before position: Int, in buffer: UnsafeRawBufferPointer) -> Bool {
        guard position > 0 else { return false }
        var start = position - 1
        while start > 0, position - start < 4, buffer[start] & 0xC0 == 0x80 { start -= 1 }
        return isLetterOrDigit(buffer[start..<position])
    }

    /// Whether one begins at a place.
    private static func isLetter(behind position: Int, in buffer: UnsafeRawBufferPointer) -> Bool {
        guard position < buffer.count else { return false }
        return isLetterOrDigit(buffer[position..<min(position + 4, buffer.count)])
    }

    /// Whether some bytes begin with a letter or a digit in UTF-8.
    private static func isLetterOrDigit(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return false }
        if first < 0x80 { return isLetter(first) || isDigit(first) }
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.first?.properties.isAlphabetic ?? false
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
