/// The names that were met in an archive so far, which may not clash on any file system.
struct ArchiveNames {
    private enum Use { case file, folder }

    /// What a name is used for and how it is spelt, by its spelling in small letters.
    private var uses: [String: (use: Use, spelling: String)] = [:]
    private var last: [UInt8] = []

    /// How many names there are, of files and of folders.
    var count: Int { uses.count }

    /// Takes the next file's path, which ``ArchivePath`` has looked at; returns what is wrong with it beside those before.
    mutating func insert(_ path: String) -> (kind: ArchiveError.Kind, problem: String)? {
        var length = 0
        let components = path.split(separator: "/")
        for (index, component) in components.enumerated() {
            length += component.utf8.count + (index == 0 ? 0 : 1)
            let isLast = index == components.count - 1
            let spelling = String(decoding: path.utf8.prefix(length), as: UTF8.self)
            let met = uses.updateValue((isLast ? .file : .folder, spelling), forKey: spelling.lowercased())
            guard let met else { continue }
            if met.spelling != spelling {
                return (.caseClash, "differs only in case from \(met.spelling), and would be the same name on many systems")
            }
            switch (met.use, isLast) {
            case (.folder, false): break
            case (.file, true): return (.duplicate, "occurs twice")
            default: return (.fileUnderFile, "\(spelling) is a file here and a folder there")
            }
        }
        // One tree has one order, and one archive.
        let bytes = Array(path.utf8)
        guard last.isEmpty || last.lexicographicallyPrecedes(bytes) else {
            return (.order, "entries are not in the order of their paths' bytes")
        }
        last = bytes
        return nil
    }
}
