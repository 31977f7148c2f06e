/// The names that an archive's files may have, so that an archive unpacks to the same tree on every system and never outside its folder.
///
/// A path is components parted by single `/`. A component is made of `A–Z a–z 0–9 . _ - + = @ ,`, begins with a letter, a digit or `_`, and does not
/// end in `.`. So there is no absolute path, no `..`, no hidden file, no option, no control character, no backslash, and, since all of
/// it is ASCII, no name with two encodings and no clash but that of case, which ``ArchiveNames`` refuses.
enum ArchivePath {
    /// What is wrong with a path, or nil. It may be any bytes.
    static func problem(_ path: [UInt8], limits: ArchiveLimits) -> (kind: ArchiveError.Kind, problem: String)? {
        guard path.count <= limits.pathBytes else {
            return (.pathLength, "the path has \(path.count) bytes; at most \(limits.pathBytes) are taken")
        }
        let components = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            if component.isEmpty { return (.pathEscape, "the path is absolute or has an empty component") }
            if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
                return (.pathEscape, "the path has a component that means a folder elsewhere")
            }
            if let problem = problem(inComponent: component) { return (.name, problem) }
        }
        guard components.count <= limits.depth else {
            return (.depth, "the path has \(components.count) components; at most \(limits.depth) are taken")
        }
        return nil
    }

    private static func problem(inComponent component: ArraySlice<UInt8>) -> String? {
        guard component.allSatisfy(isAllowed) else { return "a name may hold A–Z, a–z, 0–9 and . _ - + = @ , alone" }
        guard let first = component.first, isLetterOrDigit(first) || first == UInt8(ascii: "_") else {
            return "a name begins with a letter, a digit or _"
        }
        return component.last == UInt8(ascii: ".") ? "a name does not end in a dot" : nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || ".-+=@,_".utf8.contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    /// Bytes as one line of printable ASCII: everything else, and the backslash, as `\xNN`; at most about 120 characters.
    static func escaped(_ path: [UInt8]) -> String {
        var text = ""
        for byte in path {
            guard text.utf8.count < 120 else { return text + "…" }
            if (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
