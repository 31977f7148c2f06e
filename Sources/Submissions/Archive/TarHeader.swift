/// A file's header in a tar archive: one block of 512 bytes in the form that POSIX.1-1988 calls ustar, of which exactly one spelling is taken.
///
/// libarchive would read tar too, but it reads every dialect and resolves them silently: a pax record or a GNU block may rename the entry that follows,
/// turn it into a link, make it sparse or give it another size, and whoever asks libarchive sees only the outcome. To refuse all of that one has to look
/// at the blocks themselves. So a header is taken only when it is, byte for byte, the one that this project writes for the file's path and size: owner 0, time 0,
/// mode 0644, no names, no links. Nothing else can hide in it.
struct TarHeader: Hashable {
    static let blockSize = 512
    static let nameSize = 100
    static let prefixSize = 155
    /// Eleven octal digits.
    static let largestFile = 8 << 30 - 1

    var path: String
    var size: Int

    /// The fields, in their order: name and number of bytes.
    private static let fields = [
        ("name", 100), ("mode", 8), ("uid", 8), ("gid", 8), ("size", 12), ("mtime", 12), ("checksum", 8), ("type", 1), ("linkname", 100),
        ("magic", 6), ("version", 2), ("uname", 32), ("gname", 32), ("devmajor", 8), ("devminor", 8), ("prefix", 155), ("reserved", 12),
    ]
    private static let sizeRange = 124..<136
    private static let checksumRange = 148..<156
    private static let typePosition = 156
    private static let magicRange = 257..<265
    private static let prefixRange = 345..<500

    /// The block that stands for this file. Nil where the path cannot be divided into the two parts that the format has room for, or the size has too many
    /// digits.
    var block: [UInt8]? {
        guard let (prefix, name) = TarHeader.divided(Array(path.utf8)), (0...TarHeader.largestFile).contains(size) else { return nil }
        var block: [UInt8] = []
        block.reserveCapacity(TarHeader.blockSize)
        func append(_ bytes: some Collection<UInt8>, width: Int) {
            block += bytes
            block += [UInt8](repeating: 0, count: width - bytes.count)
        }
        append(name, width: TarHeader.nameSize)
        append("0000644".utf8, width: 8)
        append("0000000".utf8, width: 8)
        append("0000000".utf8, width: 8)
        append(TarHeader.octal(size, digits: 11), width: 12)
        append(TarHeader.octal(0, digits: 11), width: 12)
        // While the sum is made, the sum's own field counts as spaces.
        append("        ".utf8, width: 8)
        append("0".utf8, width: 1)
        append([], width: 100)
        append("ustar".utf8, width: 6)
        append("00".utf8, width: 2)
        append([], width: 64)
        append("0000000".utf8, width: 8)
        append("0000000".utf8, width: 8)
        append(prefix, width: TarHeader.prefixSize)
        append([], width: 12)
        let sum = block.reduce(0) { $0 + Int($1) }
        block.replaceSubrange(TarHeader.checksumRange, with: TarHeader.octal(sum, digits: 6) + [0, UInt8(ascii: " ")])
        return block
    }

    /// Why a block is not the header of a file that is taken.
    struct Refusal: Error {
        var kind: ArchiveError.Kind
        /// The entry's path as far as it can be told, in whatever bytes it has.
        var path: [UInt8]
        var problem: String
    }

    init(path: String, size: Int) {
        self.path = path
        self.size = size
    }

    /// Reads a block of 512 bytes.
    init(block: [UInt8], limits: ArchiveLimits) throws(Refusal) {
        precondition(block.count == TarHeader.blockSize, "a tar header is one block")
        let path = TarHeader.path(in: block)
        func refusal(_ kind: ArchiveError.Kind, _ problem: String) -> Refusal { Refusal(kind: kind, path: path, problem: problem) }

        let magic = block[TarHeader.magicRange]
        if magic.elementsEqual("ustar  \0".utf8) { throw refusal(.extension, "the header is in GNU's dialect of tar") }
        guard magic.elementsEqual("ustar\u{0}00".utf8) else { throw refusal(.format, "this is no tar header") }
        guard TarHeader.hasRightSum(block) else { throw refusal(.damaged, "the header's checksum is wrong") }
        if let refused = TarHeader.refusal(ofType: block[TarHeader.typePosition]) { throw refusal(refused.kind, refused.problem) }
        guard let size = TarHeader.number(in: block[TarHeader.sizeRange]) else {
            throw refusal(.header, "the size is not eleven octal digits")
        }
        if let wrong = ArchivePath.problem(path, limits: limits) { throw refusal(wrong.kind, wrong.problem) }
        self.init(path: String(decoding: path, as: UTF8.self), size: size)
        guard let expected = self.block, expected == block else {
            throw refusal(.header, "the header's field \(TarHeader.field(whereDiffer: block, self.block)) is not the one that is taken")
        }
    }

    private static func path(in block: [UInt8]) -> [UInt8] {
        let name = block[..<nameSize].prefix { $0 != 0 }
        let prefix = block[prefixRange].prefix { $0 != 0 }
        return prefix.isEmpty ? Array(name) : Array(prefix) + [UInt8(ascii: "/")] + Array(name)
    }

    private static func refusal(ofType type: UInt8) -> (kind: ArchiveError.Kind, problem: String)? {
        switch type {
        case UInt8(ascii: "0"): nil
        case UInt8(ascii: "1"), UInt8(ascii: "2"): (.type, "this is a link; only files are taken")
        case UInt8(ascii: "3"), UInt8(ascii: "4"): (.type, "this is a device; only files are taken")
        case UInt8(ascii: "5"): (.type, "this is a folder; folders come with the files in them")
        case UInt8(ascii: "6"): (.type, "this is a pipe; only files are taken")
        case UInt8(ascii: "x"), UInt8(ascii: "g"):
            (.extension, "this is a pax header, which can give the next entry another name, size or attributes")
        case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "S"), UInt8(ascii: "D"), UInt8(ascii: "M"), UInt8(ascii: "N"),
            UInt8(ascii: "V"):
            (.extension, "this is an entry of GNU's dialect of tar, which can give an entry another name or make it sparse")
        default: (.type, "this is an entry of a kind that is not taken")
        }
    }

    private static func hasRightSum(_ block: [UInt8]) -> Bool {
        var sum = 0
        for (position, byte) in block.enumerated() { sum += checksumRange.contains(position) ? 0x20 : Int(byte) }
        // Any common spelling: whether it is the one that is taken is looked at last.
        let digits = block[checksumRange].drop { $0 == UInt8(ascii: " ") }.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        return digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) } == sum
    }

    /// Eleven octal digits and a zero byte.
    private static func number(in field: ArraySlice<UInt8>) -> Int? {
        guard field.last == 0, field.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }) else { return nil }
        return field.dropLast().reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
    }

    private static func octal(_ number: Int, digits: Int) -> [UInt8] {
        (0..<digits).map { UInt8(ascii: "0") + UInt8(number >> (3 * (digits - 1 - $0)) & 7) }
    }

    /// A path of up to 100 bytes stands in the name alone; a longer one is divided at the first slash that leaves a name of that size.
    private static func divided(_ path: [UInt8]) -> (prefix: ArraySlice<UInt8>, name: ArraySlice<UInt8>)? {
        guard path.count > nameSize else { return (path[..<0], path[...]) }
        let first = path.count - nameSize - 1
        guard let slash = path[first...].firstIndex(of: UInt8(ascii: "/")), slash <= prefixSize else { return nil }
        return (path[..<slash], path[(slash + 1)...])
    }

    private static func field(whereDiffer block: [UInt8], _ expected: [UInt8]?) -> String {
        guard let expected, var position = zip(block, expected).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
            return "name"
        }
        for (name, width) in fields {
            if position < width { return name }
            position -= width
        }
        return "reserved"
    }
}
