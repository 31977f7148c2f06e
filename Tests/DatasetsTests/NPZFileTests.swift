import Datasets
import Testing

@Suite("NPZ archives")
struct NPZFileTests {
    static func entry(_ name: String, _ values: [Float] = [1, 2]) throws -> Compression.Entry {
        Compression.Entry(name: name + ".npy", contents: try NPYArray(floats: values, shape: [values.count]).fileBytes())
    }

    @Test("arrays are found by name, whatever their order")
    func byName() throws {
        let archive = Compression.zip([try Self.entry("a", [1]), try Self.entry("folder/b", [2, 3])])
        try withFile(archive) { path in
            let file = try NPZFile(path: path)
            #expect(file.names == ["a", "folder/b"])
            #expect(try file.floats("folder/b").values == [2, 3])
            #expect(try file.floats("a").shape == [1])
            #expect(throws: DatasetError.missingEntry(path: path, name: "c")) { try file.floats("c") }
        }
    }

    @Test(
        "names that occur twice or could leave a folder are refused",
        arguments: [["a", "a"], ["../a"], ["/a"], ["x/../../a"], ["..\\a"], ["x//a"], ["./a"]])
    func names(_ names: [String]) throws {
        let archive = Compression.zip(try names.map { try Self.entry($0) })
        try withFile(archive) { path in
            #expect(throws: DatasetError.self) { try NPZFile(path: path) }
        }
    }

    @Test("an entry that unpacks beyond the bound is refused, whatever size it claims", arguments: [1, 25_801, 4_000_000_000])
    func bomb(claimed: Int) throws {
        let bomb = Compression.Entry(name: "bomb.npy", contents: [], deflated: Compression.zeros(runs: 100), size: claimed)
        try withFile(Compression.zip([bomb])) { path in
            let file = try NPZFile(path: path, entryLimit: 10_000)
            #expect(throws: DatasetError.self) { try file.array("bomb") }
        }
    }

    @Test("a changed byte of the data is noticed by the archive's checksum")
    func checksum() throws {
        var archive = Compression.zip([try Self.entry("a")])
        archive[30 + 5 + 130] ^= 1
        try withFile(archive) { path in
            #expect(throws: DatasetError.self) { try NPZFile(path: path).floats("a") }
        }
    }

    @Test("an archive cut at any byte, or with any byte changed, is read or refused, never a crash")
    func hostileBytes() throws {
        let archive = Compression.zip([try Self.entry("a"), try Self.entry("b")])
        for end in stride(from: 0, to: archive.count, by: 3) {
            try withFile(Array(archive[..<end])) { path in
                #expect(throws: DatasetError.self, "cut at byte \(end)") { try NPZFile(path: path).floats("b") }
            }
        }
        var source = ByteSource(state: 2)
        for _ in 0..<200 {
            var changed = archive
            changed[source.below(archive.count)] = UInt8(truncatingIfNeeded: source.next())
            try withFile(changed) { path in _ = try? NPZFile(path: path).floats("b") }
        }
        for count in [1, 4, 22, 100, 1000] {
            try withFile(source.bytes(count)) { path in
                #expect(throws: DatasetError.self) { try NPZFile(path: path).floats("a") }
            }
        }
    }

    @Test("a missing file, a folder and an empty file are named")
    func notAnArchive() throws {
        #expect { try NPZFile(path: "/nowhere.npz") } throws: { "\($0)".contains("/nowhere.npz") }
        #expect(throws: DatasetError.unreadable(path: "/tmp", reason: "it is not a regular file")) { try NPZFile(path: "/tmp") }
        try withFile([]) { path in
            #expect(throws: DatasetError.truncated(path: path, expected: 1, actual: 0)) { try NPZFile(path: path) }
        }
    }
}
