import Datasets
import Foundation
import Testing

@Suite("MATLAB 5.0 files")
struct MATReaderTests {
    static let kinds = [(false, false), (false, true), (true, false), (true, true)].map {
        MATFileWriter(isBigEndian: $0.0, isCompressed: $0.1)
    }

    /// All arrays of a file: what they are, and their elements as whole numbers.
    static func read(_ file: [UInt8]) throws -> [(array: MATArray, numbers: [Int])] { try withFile(file) { try read(path: $0) } }

    static func read(path: String) throws -> [(array: MATArray, numbers: [Int])] {
        var reader = try MATReader(path: path)
        var found: [(array: MATArray, numbers: [Int])] = []
        while let array = try reader.next() { found.append((array, try reader.wholeNumbers(limit: 1000))) }
        try reader.requireEnd()
        return found
    }

    /// What becomes of many files, one after the other in one place.
    static func readAll(_ files: [[UInt8]], _ body: ([UInt8], [[Int]]?) throws -> Void) throws {
        try withFile([]) { path in
            for file in files {
                try Data(file).write(to: URL(fileURLWithPath: path))
                try body(file, try? read(path: path).map(\.numbers))
            }
        }
    }

    static func refusal(_ file: [UInt8]) -> String {
        do {
            _ = try read(file)
            return "it was taken"
        } catch { return "\(error)" }
    }

    static let example = MATFileWriter.Array(name: "example", axes: [2, 3], elements: [1, 2, 3, 4, 5, 6])

    @Test("arrays are read in order, of either byte order, compressed or not, with small elements or without", arguments: kinds.indices)
    func arrays(kind: Int) throws {
        for small in [true, false] {
            var first = Self.example
            first.usesSmallElements = small
            let second = MATFileWriter.Array(name: "b", axes: [1, 3], elements: [7, 8, 9], usesSmallElements: small)
            let found = try Self.read(Self.kinds[kind].file([first, second]))
            #expect(found.map(\.array.name) == ["example", "b"])
            #expect(found.map(\.array.shape) == [[2, 3], [1, 3]])
            #expect(found.map(\.array.arrayClass) == [.uint8, .uint8])
            #expect(found.map(\.numbers) == [[1, 2, 3, 4, 5, 6], [7, 8, 9]])
        }
    }

    @Test("whole numbers are read from every type that they are stored as", arguments: kinds.indices, MATStorage.allCases)
    func storages(kind: Int, storage: MATStorage) throws {
        let writer = Self.kinds[kind]
        let isSigned = [.int8, .int16, .int32, .int64, .single, .double].contains(storage)
        let numbers = [0, 1, isSigned ? -2 : 2, 100]
        let elements = numbers.flatMap { number -> [UInt8] in
            switch storage {
            case .single: writer.integer(UInt64(Float(number).bitPattern), 4)
            case .double: writer.integer(Double(number).bitPattern, 8)
            default: writer.integer(UInt64(bitPattern: Int64(number)), storage.size)
            }
        }
        let array = MATFileWriter.Array(arrayClass: 6, axes: [4, 1], storage: storage.rawValue, elements: elements)
        let found = try Self.read(writer.file([array]))
        #expect(found.map(\.numbers) == [numbers])
        #expect(found.map(\.array.storage) == [storage])
        #expect(found.map(\.array.arrayClass) == [.double])
    }

    @Test("numbers that are not whole, or too large, are refused by position")
    func fractions() {
        let writer = MATFileWriter()
        for value in [0.5, .nan, .infinity, 1e300] {
            let elements = writer.integer(Double(3).bitPattern, 8) + writer.integer(value.bitPattern, 8)
            let refusal = Self.refusal(writer.file([.init(arrayClass: 6, axes: [1, 2], storage: 9, elements: elements)]))
            #expect(refusal.contains("element 1 is not a whole number"), "\(value): \(refusal)")
        }
        let elements = writer.integer(.max, 8)
        #expect(Self.refusal(writer.file([.init(axes: [1, 1], storage: 13, elements: elements)])).contains("not a whole number"))
    }

    @Test("an array is read in blocks, the last one shorter", arguments: kinds.indices)
    func blocks(kind: Int) throws {
        let values = (0..<1000).map { UInt8($0 % 251) }
        let file = Self.kinds[kind].file([.init(axes: [1000, 1], elements: values)])
        try withFile(file) { path in
            var reader = try MATReader(path: path)
            _ = try reader.next()
            var firsts: [Int] = []
            var found: [UInt8] = []
            try reader.forEachBlock(of: 300) { block, first in
                firsts.append(first)
                found += block
            }
            #expect(firsts == [0, 300, 600, 900])
            #expect(found == values)
            #expect(try reader.next() == nil)
        }
    }

    @Test("an array without padding behind its last part, and a stream with some, are read")
    func padding() throws {
        var array = Self.example
        array.isPadded = false
        array.usesSmallElements = false
        #expect(try Self.read(MATFileWriter(isCompressed: true).file([array])).map(\.numbers) == [[1, 2, 3, 4, 5, 6]])
        let writer = MATFileWriter()
        let padded = writer.compressed(MATFileWriter.zlib(writer.matrix(Self.example)) + [0, 0, 0])
        #expect(try Self.read(writer.header + padded + padded).map(\.numbers) == [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]])
    }

    @Test("files of another kind or version are called what they are")
    func otherKinds() {
        let file = MATFileWriter().file([Self.example])
        #expect(Self.refusal(MATFileWriter(version: 0x0200).file([])).contains("MATLAB 7.3 file, which is HDF5; save it with -v7"))
        #expect(Self.refusal(MATFileWriter(isBigEndian: true, version: 0x0301).file([])).contains("version 3.1"))
        #expect(Self.refusal([0, 0] + file[2...]).contains("does not begin with the text"))
        #expect(Self.refusal(Array(file[..<126]) + Array("XY".utf8)).contains("IM or MI"))
        #expect(Self.refusal(Array(String(repeating: "<!DOCTYPE html>", count: 20).utf8)).contains("IM or MI"))
        #expect(throws: DatasetError.unreadable(path: "/tmp", reason: "it is not a regular file")) { _ = try MATReader(path: "/tmp") }
        #expect(throws: DatasetError.self) { _ = try MATReader(path: "/nowhere.mat") }
    }

    @Test(
        "arrays that are not of real numbers are called what they are",
        arguments: [
            (1, "a cell array"), (2, "a structure"), (3, "an object"), (4, "text"), (5, "a sparse array"), (16, "a function handle"),
            (17, "an opaque object"), (0, "no array class 0"), (99, "no array class 99"), (6 | 0x0800, "complex"),
        ] as [(UInt32, String)])
    func otherClasses(flags: UInt32, text: String) {
        for writer in Self.kinds {
            let refusal = Self.refusal(writer.file([.init(arrayClass: flags, axes: [1, 1], elements: [1])]))
            #expect(refusal.contains(text), "\(refusal)")
        }
    }

    @Test("a file cut at any byte is refused, and called truncated wherever an array breaks off", arguments: kinds.indices)
    func cut(kind: Int) throws {
        let file = Self.kinds[kind].file([Self.example, Self.example])
        let second = (file.count - 128) / 2 + 128
        for end in 0..<file.count where end != 128 && end != second {
            #expect(Self.refusal(Array(file[..<end])).contains("is truncated"), "cut at byte \(end)")
        }
        #expect(try Self.read(Array(file[..<second])).count == 1)
    }

    @Test("sizes beyond the file, and axes that overflow or are negative, are refused before anything is allocated for them")
    func lyingSizes() {
        let writer = MATFileWriter()
        var array = Self.example
        array.declaredSize = 0xffff_ffff
        #expect(Self.refusal(writer.file([array])).contains("is truncated"))
        let axes: [[Int32]] = [[.max, .max, .max], [-1, 3], [.max, .max], [1000, 1000], [2, 2], [6], []]
        for writer in Self.kinds {
            for axes in axes {
                array = Self.example
                array.axes = axes
                #expect(Self.refusal(writer.file([array])).contains("is malformed"), "\(axes)")
            }
            array = Self.example
            array.axes = [Int32](repeating: 1, count: 33)
            #expect(Self.refusal(writer.file([array])).contains("axes take 132 bytes"))
            array = Self.example
            array.name = String(repeating: "x", count: 64)
            #expect(Self.refusal(writer.file([array])).contains("name take 64 bytes"))
            array.name = "a\nb"
            #expect(Self.refusal(writer.file([array])).contains("not plain text"))
        }
    }

    @Test("a declared size that the parts overrun or do not fill is refused", arguments: [-8, 8])
    func wrongSize(difference: Int) {
        let size = MATFileWriter().matrix(Self.example).count - 8
        for writer in Self.kinds {
            var array = Self.example
            array.declaredSize = size + difference
            // Bytes of another array stand where an uncompressed one is said to go on.
            let refusal = Self.refusal(writer.file([array, Self.example]))
            #expect(refusal.contains("is malformed") || writer.isCompressed && refusal.contains("is truncated"), "\(refusal)")
        }
    }

    @Test("a stream that unpacks to more than its array is refused at the first byte too many, and before that if it says so")
    func bombs() {
        let writer = MATFileWriter()
        let matrix = writer.matrix(Self.example)
        #expect(Self.refusal(writer.header + writer.compressed(MATFileWriter.zlib(matrix + [0]))).contains("unpacks to more than"))
        // A hundred megabytes of zeros behind a sound array's bytes: the fixed code's bits are appended to a stored block that is not the last.
        var stored = Compression.stored(matrix)
        stored[0] = 0
        let bomb = MATFileWriter.zlib(deflated: stored + Compression.zeros(runs: 400_000), of: matrix)
        #expect(Self.refusal(writer.header + writer.compressed(bomb)).contains("unpacks to more than"))
        var array = Self.example
        array.axes = [40_000, 50_000]
        array.usesSmallElements = false
        array.declaredSize = 2_000_000_056
        #expect(Self.refusal(MATFileWriter(isCompressed: true).file([array])).contains("compressed bytes cannot hold the 2000000056"))
    }

    @Test("a wrong checksum, bytes behind a stream, a stream that breaks off, and one within another are refused by name")
    func streams() {
        let writer = MATFileWriter()
        let matrix = writer.matrix(Self.example)
        let stream = MATFileWriter.zlib(matrix)
        func refusal(_ stream: [UInt8]) -> String { Self.refusal(writer.header + writer.compressed(stream)) }
        #expect(refusal(stream.dropLast() + [stream[stream.count - 1] ^ 1]).contains("incorrect data check"))
        #expect(refusal(stream + [1]).contains("other bytes follow its compressed data"))
        #expect(refusal(stream + [UInt8](repeating: 0, count: 8)).contains("other bytes follow its compressed data"))
        #expect(refusal(stream.dropLast()).contains("break off before their checksum"))
        #expect(refusal(stream.dropLast(20)).contains("is truncated"))
        #expect(refusal([]).contains("is truncated"))
        #expect(refusal(Array("no zlib stream".utf8)).contains("cannot be unpacked"))
        #expect(refusal(MATFileWriter.zlib(writer.compressed(stream))).contains("compressed data holds compressed data"))
        #expect(refusal(MATFileWriter.zlib(writer.tag(9, 8) + [UInt8](repeating: 0, count: 8))).contains("element type 9 stands where"))
        // A preset dictionary.
        #expect(refusal([0x78, 0x20, 0, 0, 0, 1] + Compression.stored(matrix)).contains("cannot be unpacked"))
    }

    @Test("bytes behind the last array are refused, as another array or as no whole tag")
    func trailing() {
        for writer in Self.kinds {
            let file = writer.file([Self.example])
            #expect(Self.refusal(file + [0]).contains("is truncated"))
            #expect(Self.refusal(file + [UInt8](repeating: 0, count: 16)).contains("element type 0 stands where an array should"))
        }
    }

    @Test("a file with any bit changed is read or refused, never a crash", arguments: kinds.indices)
    func changedBits(kind: Int) throws {
        let file = Self.kinds[kind].file([Self.example])
        let changed = (0..<(file.count * 8)).map { bit in
            var changed = file
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            return changed
        }
        try Self.readAll(changed) { _, found in
            // What is compressed has a checksum: nothing else can come out of it.
            if Self.kinds[kind].isCompressed, let found { #expect(found == [[1, 2, 3, 4, 5, 6]]) }
        }
    }

    @Test("random bytes behind a sound header are refused, never a crash")
    func randomBytes() throws {
        var source = ByteSource(state: 7)
        for writer in Self.kinds {
            let files = (0..<50).flatMap { _ in
                let bytes = source.bytes(1 + source.below(100))
                let elements = [
                    bytes, writer.compressed(bytes), writer.compressed(MATFileWriter.zlib(bytes)), writer.tag(14, bytes.count) + bytes,
                ]
                return elements.map { writer.header + $0 }
            }
            try Self.readAll(files) { file, found in #expect(found == nil, "\(file[128...])") }
        }
    }
}
