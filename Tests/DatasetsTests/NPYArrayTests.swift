import Datasets
import Testing

@Suite("NPY files")
struct NPYArrayTests {
    /// A file with that dictionary, padded as NumPy does.
    static func file(_ dictionary: String, data: [UInt8], major: UInt8 = 1) -> [UInt8] {
        let size = dictionary.utf8.count
        let length = major == 1 ? [UInt8(size & 255), UInt8(size >> 8)] : Compression.little(size, 4)
        return [0x93] + Array("NUMPY".utf8) + [major, 0] + length + Array(dictionary.utf8) + data
    }

    static func parse(_ dictionary: String, data: [UInt8], major: UInt8 = 1) throws -> NPYArray {
        try NPYArray(parsing: file(dictionary, data: data, major: major), name: "test.npy")
    }

    @Test("an array survives writing and reading")
    func roundTrip() throws {
        let array = try NPYArray(floats: [1, -2.5, .infinity, 0, 4, 5], shape: [2, 3])
        let read = try NPYArray(parsing: array.fileBytes(), name: "test.npy")
        #expect(read == array)
        #expect(try read.floats() == [1, -2.5, .infinity, 0, 4, 5])
    }

    @Test("what is written begins its data at a multiple of 64, for any number of axes", arguments: 0...32)
    func alignment(axes: Int) throws {
        let file = try NPYArray(uint8s: [7], shape: [Int](repeating: 1, count: axes)).fileBytes()
        #expect((file.count - 1) % 64 == 0)
        #expect(try NPYArray(parsing: file, name: "test.npy").shape.count == axes)
    }

    @Test("both versions, every element type and scalars are read")
    func elementTypes() throws {
        let eight: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
        #expect(
            try Self.parse("{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n", data: eight, major: 2).integers() == [1])
        #expect(try Self.parse("{'descr': '|u1', 'fortran_order': False, 'shape': (8,)}", data: eight).integers().first == 1)
        #expect(try Self.parse("{'shape': (2, 4), 'descr': '|b1', 'fortran_order': False}", data: eight).shape == [2, 4])
        let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
        let double = try Self.parse("{\"descr\": \"<f8\", 'fortran_order': False, 'shape': (1,), }", data: one)
        #expect(try double.doubles() == [1])
        #expect(try double.floats(narrowingDoubles: true) == [1])
    }

    @Test("double precision is not narrowed, nor whole numbers taken for reals, unless asked")
    func noSilentConversion() throws {
        let array = try Self.parse("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", data: [UInt8](repeating: 0, count: 8))
        #expect(throws: DatasetError.self) { try array.floats() }
        #expect(throws: DatasetError.self) { try NPYArray(uint8s: [1], shape: [1]).floats() }
        #expect(throws: DatasetError.self) { try NPYArray(floats: [1], shape: [1]).integers() }
    }

    @Test(
        "a header that is not exactly NumPy's dictionary is refused",
        arguments: [
            "", "{", "{}", "{'descr': '|u1', 'fortran_order': False}", "{'descr': '|u1', 'fortran_order': False, 'shape': (1)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'descr': '|u1'}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x", "{'descr': '|u1' 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '|u1, 'fortran_order': False, 'shape': (1,)}", "{'descr': [('x', '|u1')], 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}",
            "{'descr': '|u1', 'fortran_order': True, 'shape': (1,)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 33)))}",
        ])
    func hostileHeaders(header: String) {
        #expect(throws: DatasetError.self) { try Self.parse(header, data: [1]) }
    }

    @Test("a file cut at any byte, or with a byte too many, is refused")
    func cut() throws {
        let file = try NPYArray(floats: [1, 2, 3], shape: [3]).fileBytes()
        for end in 0..<file.count {
            #expect(throws: DatasetError.self, "cut at byte \(end)") { try NPYArray(parsing: Array(file[..<end]), name: "test.npy") }
        }
        #expect(throws: DatasetError.self) { try NPYArray(parsing: file + [0], name: "test.npy") }
    }

    @Test("a file with any one byte changed is read or refused, never a crash")
    func changedBytes() throws {
        let file = try NPYArray(floats: [1, 2, 3], shape: [3]).fileBytes()
        var source = ByteSource(state: 1)
        for position in 0..<128 {
            var changed = file
            changed[position] = UInt8(truncatingIfNeeded: source.next())
            _ = try? NPYArray(parsing: changed, name: "test.npy").floats()
        }
    }

    @Test("a shape that does not describe the data is not written")
    func wrongShape() {
        #expect(throws: DatasetError.self) { try NPYArray(uint8s: [1, 2, 3], shape: [2]) }
        #expect(throws: DatasetError.self) { try NPYArray(uint8s: [], shape: [Int.max, 2]) }
        #expect(throws: DatasetError.self) { try NPYArray(uint8s: [1], shape: [-1, -1]) }
    }

    @Test("a folder that is not there is named, and nothing is left behind")
    func unwritable() throws {
        let array = try NPYArray(uint8s: [1], shape: [1])
        #expect { try array.write(to: "/nowhere/at/all.npy") } throws: { "\($0)".contains("/nowhere/at/all.npy") }
    }
}
