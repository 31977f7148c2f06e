import Foundation
import NeuralNetworks
import Numerics
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
    private func sample() -> [NamedMatrix] {
        [
            NamedMatrix(
                name: "w", shape: [2, 3], matrix: Matrix(rows: 2, columns: 3, values: [1, -2, 3.5, 0, -0.0, .leastNonzeroMagnitude])),
            NamedMatrix(name: "b", shape: [2], matrix: Matrix(rows: 1, columns: 2, values: [.infinity, -7])),
        ]
    }

    /// A file of the given header text, its length true unless given otherwise, and data bytes.
    private func file(_ folder: TemporaryFolder, header: String, length: UInt64? = nil, data: Int) throws -> String {
        var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
        bytes += Array(header.utf8) + [UInt8](repeating: 0, count: data)
        let path = folder.file("hostile.safetensors")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func refusal(of path: String) -> String? {
        do throws(SafetensorsError) {
            _ = try SafetensorsFile(path: path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("what is written is read back bit for bit, metadata included")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.safetensors")
        let metadata = ["position": "12", "odd \"name\"\n\u{1}": "größe \\ 東 😀"]
        try SafetensorsFile.write(sample(), metadata: metadata, to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == metadata)
        for tensor in sample() {
            let loaded = try file.load(tensor.name, shape: tensor.shape)
            #expect(loaded.values.map(\.bitPattern) == tensor.matrix.values.map(\.bitPattern), "\(tensor.name)")
        }
        #expect(folder.contents == ["a.safetensors"], "nothing is left beside the file")
    }

    @Test("the bytes depend on the contents alone, whatever the order of the tensors, and data starts at a multiple of 8")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        try SafetensorsFile.write(sample(), metadata: ["a": "1", "b": "2"], to: folder.file("1"))
        try SafetensorsFile.write(sample().reversed(), metadata: ["b": "2", "a": "1"], to: folder.file("2"))
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("1")))
        let second = try Data(contentsOf: URL(fileURLWithPath: folder.file("2")))
        #expect(first == second)
        #expect((first.count - 8 * 4) % 8 == 0 && first[0] % 8 == 0)
        let header = String(decoding: first[8..<8 + Int(first[0]) + Int(first[1]) << 8], as: UTF8.self)
        #expect(
            header.trimmingCharacters(in: .whitespaces)
                == #"{"__metadata__":{"a":"1","b":"2"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]}}"#
        )
    }

    @Test("a file cut short at any byte is refused")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("whole")
        try SafetensorsFile.write(sample(), metadata: [:], to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in 0..<whole.count {
            let cut = folder.file("cut")
            try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
            #expect(refusal(of: cut) != nil, "\(length) of \(whole.count) bytes were accepted")
        }
    }

    static let tensor = #""dtype":"F32","shape":[1],"data_offsets":[0,4]"#
    static let hostile: [(String, Int, String)] = [
        ("", 0, "no object"),
        ("[]", 0, "no object"),
        ("{", 0, "no string"),
        (#"{"a":{\#(tensor)}"#, 4, "closing brace"),
        (#"{"a":{\#(tensor)}} x"#, 4, "no end"),
        (#"{"a":{\#(tensor)},"a":{\#(tensor)}}"#, 4, "appears twice"),
        (#"{"a":{\#(tensor),"dtype":"F32"}}"#, 4, "repeated field"),
        (#"{"a":{\#(tensor),"extra":"x"}}"#, 4, "unknown"),
        (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "lacks"),
        (#"{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#, 4, "unknown dtype"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "needs 8 bytes"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "ends before"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4, "longer than 2"),
        (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "whole number"),
        (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "closing bracket"),
        (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4, "whole number"),
        (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}"#, 4, "beyond 2^53"),
        (#"{"a":{"dtype":"F32","shape":[4503599627370496,4503599627370496],"data_offsets":[0,4]}}"#, 4, "no file can hold"),
        (#"{"a":{\#(tensor)},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#, 12, "what precedes it ends at 4"),
        (#"{"a":{\#(tensor)},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "what precedes it ends at 4"),
        (#"{"a":{\#(tensor)}}"#, 5, "it has 5"),
        (#"{"a":{\#(tensor)}}"#, 3, "it has 3"),
        (#"{"__metadata__":{"k":1}}"#, 0, "no string"),
        (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "appears twice"),
        (#"{"\ud800":{\#(tensor)}}"#, 4, "no character"),
        (#"{"\u12":{\#(tensor)}}"#, 4, "hexadecimal"),
        (#"{"\x":{\#(tensor)}}"#, 4, "no escape"),
        ("{\"a\nb\":{}}", 4, "printable"),
    ]

    @Test("a header that lies is refused, and the reason says where", arguments: hostile)
    func hostileHeader(header: String, data: Int, reason: String) throws {
        let folder = try TemporaryFolder()
        let found = refusal(of: try file(folder, header: header, data: data))
        #expect(found?.contains(reason) == true, "said: \(found ?? "nothing")")
    }

    @Test(
        "a header length beyond the file or the format's bound is refused before memory is taken", arguments: [17, 100_000_001, UInt64.max])
    func hostileLength(_ length: UInt64) throws {
        let folder = try TemporaryFolder()
        #expect(refusal(of: try file(folder, header: "{}", length: length, data: 8))?.contains("claims a header") == true)
    }

    @Test("names that are not UTF-8 are refused")
    func invalidText() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("text")
        let header: [UInt8] = Array("{\"".utf8) + [0xFF, 0xFE] + Array("\":{}}".utf8)
        try Data(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header).write(to: URL(fileURLWithPath: path))
        #expect(refusal(of: path)?.contains("not UTF-8") == true)
    }

    @Test("a folder, a missing file and a pipe are refused")
    func notAFile() throws {
        let folder = try TemporaryFolder()
        #expect(refusal(of: folder.path) != nil)
        #expect(refusal(of: folder.file("missing")) != nil)
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        #expect(refusal(of: folder.file("pipe"))?.contains("not a regular file") == true)
    }

    @Test("a tensor of another name, shape or type is refused by name")
    func wrongTensor() throws {
        let folder = try TemporaryFolder()
        try SafetensorsFile.write(sample(), metadata: [:], to: folder.file("a"))
        let file = try SafetensorsFile(path: folder.file("a"))
        #expect(throws: SafetensorsError.missingTensor(path: folder.file("a"), name: "x")) { try file.load("x", shape: [2]) }
        #expect(
            throws: SafetensorsError.wrongTensor(path: folder.file("a"), name: "w", expected: "F32 [3, 2]", found: "F32 [2, 3]")
        ) { try file.load("w", shape: [3, 2]) }
    }

    @Test("a failed write leaves neither the final name nor a partial file, and keeps what was there")
    func failedWrite() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SafetensorsError.self) { try SafetensorsFile.write(sample(), metadata: [:], to: folder.file("no/such/folder")) }
        // A folder in the place of the final name makes the rename fail.
        try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
        #expect(throws: SafetensorsError.self) { try SafetensorsFile.write(sample(), metadata: [:], to: folder.file("taken")) }
        #expect(folder.contents == ["taken"])
    }
}
