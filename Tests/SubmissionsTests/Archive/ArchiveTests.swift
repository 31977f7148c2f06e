import Foundation
import Integrity
import Submissions
import Testing

@Suite("Writing and unpacking archives")
struct ArchiveTests {
    let folder = TemporaryFolder()

    private func entry(_ path: String, _ text: String) -> ArchiveEntry { ArchiveEntry(path: path, source: .bytes(Array(text.utf8))) }

    @Test("what was packed comes out, with its digests")
    func roundTrip() throws {
        let source = try folder.file("source.bin", [1, 2, 3])
        let archive = folder.path + "/a.tar.zst"
        try ArchiveWriter.write(
            [entry("lab/b.txt", "text"), ArchiveEntry(path: "lab/a.bin", source: .file(source, bytes: 3))], to: archive)
        let listing = try ArchiveReader.unpack(archive, into: folder.path + "/out")
        #expect(listing.map(\.path) == ["lab/a.bin", "lab/b.txt"])
        #expect(listing[0].sha256 == SHA256Digest.of([1, 2, 3]) && listing[0].bytes == 3)
        #expect(bytes(at: folder.path + "/out/lab/a.bin") == [1, 2, 3])
        #expect(bytes(at: folder.path + "/out/lab/b.txt") == Array("text".utf8))
        #expect(try ArchiveReader.list(archive) == listing)
        #expect(folder.names == ["a.tar.zst", "out", "source.bin"])
    }

    @Test("any tree comes out as it went in, whatever the order it was given in, and gives the same bytes")
    func randomTrees() throws {
        var numbers = SampleNumbers(state: 5)
        for trial in 0..<10 {
            var contents: [String: [UInt8]] = [:]
            for index in 0..<Int.random(in: 0..<30, using: &numbers) {
                let depth = Int.random(in: 0..<15, using: &numbers)
                let folders = (0..<depth).map { level in
                    "d\(level)" + String(repeating: "x", count: Int.random(in: 0..<12, using: &numbers))
                }
                let size = [0, 1, 511, 512, 513, 70_000].randomElement(using: &numbers) ?? 0
                contents[(folders + ["f\(index)_+=@,.-z"]).joined(separator: "/")] = numbers.bytes(size)
            }
            let entries = contents.map { ArchiveEntry(path: $0.key, source: .bytes($0.value)) }
            let first = "\(folder.path)/\(trial).tar.zst"
            let second = "\(folder.path)/\(trial)-again.tar.zst"
            try ArchiveWriter.write(entries, to: first)
            try ArchiveWriter.write(entries.shuffled(using: &numbers), to: second)
            #expect(bytes(at: first) == bytes(at: second))
            let out = "\(folder.path)/out-\(trial)"
            let listing = try ArchiveReader.unpack(first, into: out)
            #expect(listing.count == contents.count && Set(files(under: out)) == Set(contents.keys))
            for (path, expected) in contents { #expect(bytes(at: out + "/" + path) == expected) }
        }
    }

    @Test("paths of more than 100 bytes are divided as tar does it, and those that cannot be are refused")
    func longPaths() throws {
        let name = String(repeating: "n", count: 100)
        let folders = String(repeating: "p", count: 77) + "/" + String(repeating: "q", count: 77)
        let archive = folder.path + "/a.tar.zst"
        try ArchiveWriter.write([entry(folders + "/" + name, "x")], to: archive)
        #expect(try ArchiveReader.list(archive).map(\.path) == [folders + "/" + name])
        for path in [folders + "x/" + name, folders + "/" + name + "n", String(repeating: "n", count: 101)] {
            let error = #expect(throws: ArchiveError.self) { try ArchiveWriter.write([entry(path, "x")], to: folder.path + "/b.tar.zst") }
            #expect(error?.code == "archive.path-length")
        }
        #expect(folder.names == ["a.tar.zst"])
    }

    @Test("the bytes are those of a plain tar built by hand, compressed: nothing depends on when, where or by whom")
    func bytesByHand() throws {
        let archive = folder.path + "/a.tar.zst"
        try ArchiveWriter.write([entry("b/c.txt", "text"), entry("a", "")], to: archive)
        var tar = TarBuilder()
        tar.add("a")
        tar.add("b/c.txt", Array("text".utf8))
        tar.end()
        #expect(bytes(at: archive) == (try TarBuilder.compressed(tar.bytes, in: folder)))
    }

    private static let hasZstandard = ["/usr/bin/zstd", "/bin/zstd", "/usr/local/bin/zstd"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test("the tar in it is one that any tar reads", .enabled(if: hasZstandard, "tar needs the program zstd"))
    func otherReaders() throws {
        let archive = folder.path + "/a.tar.zst"
        let long = String(repeating: "p", count: 90) + "/" + String(repeating: "n", count: 60)
        try ArchiveWriter.write([entry("lab/a.txt", "text"), entry(long, "x")], to: archive)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["tar", "--zstd", "-tvf", archive]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(output.contains("-rw-r--r-- 0/0") && output.contains("1970-01-01") && output.contains("lab/a.txt") && output.contains(long))
    }

    @Test(
        "what a reader would refuse is not written",
        arguments: [
            (["a", "a"], "archive.duplicate"), (["a", "A"], "archive.case-clash"), (["a", "a/b"], "archive.file-under-file"),
            (["../a"], "archive.path-escape"), (["ü"], "archive.name"), (["/a"], "archive.path-escape"),
        ])
    func refusedNames(paths: [String], code: String) throws {
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveWriter.write(paths.map { entry($0, "x") }, to: folder.path + "/a.tar.zst")
        }
        #expect(error?.code == code && folder.names.isEmpty)
    }

    @Test("files that compress as only a bomb does are refused when they are packed, not by who receives them")
    func tooGoodToBeTrue() throws {
        let zeros = ArchiveEntry(path: "zeros", source: .bytes([UInt8](repeating: 0, count: 65 << 20)))
        let error = #expect(throws: ArchiveError.self) { try ArchiveWriter.write([zeros], to: folder.path + "/a.tar.zst") }
        #expect(error?.code == "archive.ratio" && folder.names.isEmpty)
    }

    @Test("a file that is not the announced size, gone, or a link is refused")
    func changedSource() throws {
        let source = try folder.file("source", [1, 2, 3])
        symlink(source, folder.path + "/link")
        for (path, size) in [(source, 2), (source, 4), (folder.path + "/gone", 3), (folder.path + "/link", 3), (folder.path, 0)] {
            let error = #expect(throws: ArchiveError.self) {
                try ArchiveWriter.write(
                    [ArchiveEntry(path: "a", source: .file(path, bytes: size))], to: folder.path + "/a.tar.zst")
            }
            #expect(error?.code == "archive.source" && error?.exitClass == .badInput)
        }
        #expect(folder.names == ["link", "source"])
    }

    @Test("nothing that is there is replaced, by an archive or by what is unpacked")
    func nothingReplaced() throws {
        let archive = try folder.file("a.tar.zst", [9])
        #expect(throws: ArchiveError.self) { try ArchiveWriter.write([entry("a", "x")], to: archive) }
        #expect(bytes(at: archive) == [9])
        try ArchiveWriter.write([entry("a", "x")], to: folder.path + "/b.tar.zst")
        let taken = folder.path + "/taken"
        try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: false)
        symlink("nowhere", folder.path + "/dangling")
        for place in [taken, archive, folder.path + "/dangling"] {
            let error = #expect(throws: ArchiveError.self) { try ArchiveReader.unpack(folder.path + "/b.tar.zst", into: place) }
            #expect(error?.code == "archive.exists")
        }
        #expect(folder.names == ["a.tar.zst", "b.tar.zst", "dangling", "taken"] && files(under: taken).isEmpty)
    }

    @Test("a place that cannot be written to is one line, and the environment's fault")
    func noPlace() throws {
        let archive = folder.path + "/a.tar.zst"
        try ArchiveWriter.write([entry("a", "x")], to: archive)
        let written = #expect(throws: ArchiveError.self) { try ArchiveWriter.write([], to: folder.path + "/no/folder.tar.zst") }
        let unpacked = #expect(throws: ArchiveError.self) { try ArchiveReader.unpack(archive, into: folder.path + "/no/folder") }
        for error in [written, unpacked] { #expect(error?.code == "archive.disk" && error?.exitClass == .environment) }
    }
}
