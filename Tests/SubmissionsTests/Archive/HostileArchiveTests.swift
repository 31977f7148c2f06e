import Foundation
import Submissions
import Testing

@Suite("An archive that is made to do harm is refused before anything is written")
struct HostileArchiveTests {
    let folder = TemporaryFolder()

    /// Unpacks what was built; the refusal, after a look that nothing was left.
    private func refusal(
        compressed: [UInt8], limits: ArchiveLimits = .init(), sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ArchiveError? {
        let place = TemporaryFolder()
        let file = try place.file("archive.tar.zst", compressed)
        var refusal: ArchiveError?
        do { try ArchiveReader.unpack(file, into: place.path + "/unpacked", limits: limits) } catch { refusal = error }
        #expect(place.names == ["archive.tar.zst"], sourceLocation: sourceLocation)
        if let refusal {
            #expect(!refusal.description.contains("\n") && refusal.description.contains(refusal.code), sourceLocation: sourceLocation)
            #expect(refusal.exitClass == .checkFailed, sourceLocation: sourceLocation)
        }
        return refusal
    }

    private func refusal(
        limits: ArchiveLimits = .init(), sourceLocation: SourceLocation = #_sourceLocation, _ build: (inout TarBuilder) -> Void
    ) throws -> ArchiveError? {
        var tar = TarBuilder()
        build(&tar)
        return try refusal(
            compressed: try TarBuilder.compressed(tar.bytes, in: folder), limits: limits, sourceLocation: sourceLocation)
    }

    /// The code for an archive whose second entry is the hostile one.
    private func code(_ add: (inout TarBuilder) -> Void) throws -> String? {
        try refusal {
            $0.add("first.txt", Array("first".utf8))
            add(&$0)
            $0.end()
        }?.code
    }

    @Test(
        "a path that leaves the folder, or has no one meaning",
        arguments: ["/etc/passwd", "../up", "sub/../../up", "sub/./x", ".", "..", "sub//x", "sub/", ""])
    func escapes(path: String) throws {
        #expect(try code { $0.add(path, [1]) } == "archive.path-escape")
    }

    @Test(
        "a name outside the alphabet: backslashes, control characters, other encodings, hidden files, options",
        arguments: [
            #"sub\..\up"#, "line\nbreak", "bell\u{7}", "über", "e\u{301}", "a b", "a:b", ".hidden", "sub/.git/hooks", "-option", "sub/-rf",
            "dot.",
            "\u{202e}txt.exe", "tab\t", "*", "%2e%2e",
        ])
    func names(path: String) throws {
        #expect(try code { $0.add(path, [1]) } == "archive.name")
    }

    @Test("a name that is no UTF-8 is refused, and shown in one line of printable characters")
    func notText() throws {
        let refusal = try refusal {
            $0.add(name: [0x73, 0xff, 0xfe, 0x0a], [1])
            $0.end()
        }
        #expect(refusal?.code == "archive.name" && refusal?.entry == #"s\xff\xfe\x0a"#)
    }

    @Test("a zero byte in a name hides nothing behind it")
    func zeroInName() throws {
        #expect(try code { $0.add("short\u{0}/../../up", [1]) } == "archive.header")
    }

    @Test("a path in the header's prefix is looked at too")
    func prefix() throws {
        #expect(try code { $0.add("up", [1], prefix: Array("..".utf8)) } == "archive.path-escape")
        // The same path has one spelling: undivided.
        #expect(try code { $0.add("b", [1], prefix: Array("sub".utf8)) } == "archive.header")
    }

    @Test(
        "links, devices, pipes, folders and kinds that nobody knows",
        arguments: [
            ("1", "archive.type"), ("2", "archive.type"), ("3", "archive.type"), ("4", "archive.type"), ("5", "archive.type"),
            ("6", "archive.type"), ("7", "archive.type"), ("A", "archive.type"), ("\u{0}", "archive.type"),
        ] as [(Character, String)])
    func types(type: Character, expected: String) throws {
        #expect(try code { $0.add("second", type: type) } == expected)
    }

    @Test("a file that carries a link's target")
    func linkTarget() throws {
        #expect(try code { $0.add("second", [1], change: { $0.replace("/etc/passwd".utf8, at: 157) }) } == "archive.header")
    }

    @Test(
        "pax records and GNU's blocks, which could give the next entry another name, target, size, holes or attributes",
        arguments: ["x", "g", "L", "K", "S", "D", "M", "N", "V"] as [Character])
    func extensions(type: Character) throws {
        let record = Array("30 path=../../somewhere-else\n".utf8)
        #expect(
            try code { tar in
                tar.add("PaxHeaders/second", record, type: type)
                tar.add("second", [1])
            } == "archive.extension")
    }

    @Test("GNU's own magic")
    func gnuMagic() throws {
        #expect(try code { $0.add("second", [1], change: { $0.replace("ustar  \u{0}".utf8, at: 257) }) } == "archive.extension")
    }

    @Test(
        "a header that says anything beside a path and a size: set-user-ID bits, owners, names, times, devices, what is reserved",
        arguments: [
            (100, "0004755"), (100, "0000755"), (108, "0001750"), (116, "0001750"), (136, "00000000001"), (265, "root"), (297, "wheel"),
            (329, "0000001"), (337, "0000001"), (500, "SCHILY"),
        ])
    func attributes(position: Int, text: String) throws {
        #expect(try code { $0.add("second", [1], change: { $0.replace(text.utf8, at: position) }) } == "archive.header")
    }

    @Test(
        "sizes that are negative, binary, of too many digits or no digits",
        arguments: [
            "-0000000001", "\u{80}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{1}", "777777777777", "          1", "0x000000001",
        ])
    func sizes(text: String) throws {
        let size = text.unicodeScalars.map { UInt8($0.value) }
        #expect(try code { $0.add("second", [1], change: { $0.replace(size, at: 124) }) } == "archive.header")
    }

    @Test("a header whose checksum is wrong")
    func checksum() throws {
        #expect(try code { $0.add("second", [1], damage: { $0[0] ^= 1 }) } == "archive.damaged")
    }

    @Test("the same name twice")
    func duplicate() throws {
        #expect(try code { $0.add("first.txt", [1]) } == "archive.duplicate")
    }

    @Test("names that differ in case alone, of files and of folders")
    func caseClash() throws {
        #expect(try code { $0.add("First.txt", [1]) } == "archive.case-clash")
        #expect(
            try code {
                $0.add("sub/x", [1])
                $0.add("suB/y", [1])
            } == "archive.case-clash")
    }

    @Test("a file below a file, and a file in a folder's place")
    func fileUnderFile() throws {
        #expect(try code { $0.add("first.txt/below", [1]) } == "archive.file-under-file")
        #expect(
            try code {
                $0.add("sub/x", [1])
                $0.add("sub", [1])
            } == "archive.file-under-file")
    }

    @Test("entries in another order than their names'")
    func order() throws {
        #expect(try code { $0.add("earlier", [1]) } == "archive.order")
    }

    @Test("something that hides in a file's padding")
    func padding() throws {
        #expect(
            try code { tar in
                tar.add("second", size: 1)
                tar.add(raw: [1] + [UInt8](repeating: 7, count: 511))
            } == "archive.padding")
    }

    @Test("a path that is too long or too deep")
    func longPaths() throws {
        let long = String(repeating: "n", count: 99)
        #expect(try refusal(limits: ArchiveLimits(pathBytes: 98)) { $0.add(long, [1]) }?.code == "archive.path-length")
        let deep = String(repeating: "d/", count: 16) + "x"
        #expect(try code { $0.add(deep, [1]) } == "archive.depth")
    }

    @Test("more files and folders than allowed, at the first that is too many: what follows is not even read")
    func tooManyEntries() throws {
        let limits = ArchiveLimits(entries: 1000)
        #expect(try refusal(limits: limits) { for number in 1000..<2002 { $0.add("f\(number)") } }?.code == "archive.entries")
        // Folders that have to be remembered count too.
        #expect(try refusal(limits: limits) { for number in 1000..<1300 { $0.add("a\(number)/b/c/d", [1]) } }?.code == "archive.entries")
    }

    @Test(
        "a million entries", .enabled(if: ProcessInfo.processInfo.environment["REPRISE_LONG_TESTS"] == "1", "REPRISE_LONG_TESTS is not 1"))
    func millionEntries() throws {
        let file = folder.path + "/million.tar.zst"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        let writer = try ZstandardWriter(descriptor: descriptor, file: file)
        for number in 1_000_000..<2_000_000 {
            var tar = TarBuilder()
            tar.add("f\(number)")
            try writer.write(tar.bytes)
        }
        try writer.finish()
        close(descriptor)
        let error = #expect(throws: ArchiveError.self) { try ArchiveReader.unpack(file, into: folder.path + "/unpacked") }
        #expect(error?.code == "archive.entries" && folder.names == ["million.tar.zst"])
    }

    @Test("a file that is larger than allowed, and files that are together")
    func tooLarge() throws {
        #expect(
            try refusal(limits: ArchiveLimits(fileBytes: 10)) { $0.add("a", [UInt8](repeating: 0, count: 11)) }?.code == "archive.file-size"
        )
        let limits = ArchiveLimits(totalBytes: 3000)
        #expect(
            try refusal(limits: limits) { tar in
                for name in ["a", "b", "c"] { tar.add(name, [UInt8](repeating: 1, count: 600)) }
                tar.end()
            }?.code == "archive.total-size")
    }

    @Test("a bomb is refused at its header, and one with a truthful header as well")
    func bombs() throws {
        #expect(try code { $0.add("huge", size: 7 << 30) } == "archive.ratio")
        let bomb = try refusal { $0.add("bomb", [UInt8](repeating: 0, count: 65 << 20)) }
        #expect(bomb?.code == "archive.ratio")
        // A thousand times as many bytes, beyond what is allowed to any archive.
        let limits = ArchiveLimits(allowance: 1 << 20)
        #expect(try refusal(limits: limits) { $0.add("zeros", [UInt8](repeating: 0, count: 4 << 20)) }?.code == "archive.ratio")
    }

    @Test("an archive that is not what is looked for is not unpacked, whatever it holds")
    func contents() throws {
        let file = folder.path + "/other.tar.zst"
        try ArchiveWriter.write([ArchiveEntry(path: "lab/notes.txt", source: .bytes([1]))], to: file)
        let error = #expect(throws: ArchiveError.self) {
            try ArchiveReader.unpack(file, into: folder.path + "/unpacked") { $0.map(\.path) == ["lab/notes.txt"] ? "no submission" : nil }
        }
        #expect(error?.code == "archive.contents" && folder.names == ["other.tar.zst"])
        let opened = try UnpackedSubmission(file)
        defer { opened.remove() }
        #expect(opened.refusal?.code == .layout && !FileManager.default.fileExists(atPath: opened.folder))
    }

    @Test("zeros without end")
    func endlessZeros() throws {
        #expect(try refusal { $0.add(raw: [UInt8](repeating: 0, count: 40 << 20)) }?.code == "archive.trailing")
    }

    @Test("an archive that lacks its end, at any place")
    func truncatedTar() throws {
        var tar = TarBuilder()
        tar.add("a", [UInt8](repeating: 1, count: 700))
        tar.end()
        for length in [1, 511, 512, 513, 1100, 1212, 1536, 1537, 2048, 2559] {
            let refusal = try refusal(compressed: try TarBuilder.compressed(Array(tar.bytes[..<length]), in: folder))
            #expect(refusal?.code == "archive.truncated", "\(length) bytes")
        }
    }

    @Test("what follows the archive's end: bytes, a second archive, before and after compression")
    func trailing() throws {
        var tar = TarBuilder()
        tar.add("a", [1])
        tar.end()
        let whole = try TarBuilder.compressed(tar.bytes, in: folder)
        #expect(try refusal(compressed: try TarBuilder.compressed(tar.bytes + [0], in: folder))?.code == "archive.trailing")
        #expect(try refusal(compressed: try TarBuilder.compressed(tar.bytes + tar.bytes, in: folder))?.code == "archive.trailing")
        #expect(try refusal(compressed: whole + whole)?.code == "archive.trailing")
        #expect(try refusal(compressed: whole + [0])?.code == "archive.trailing")
        // A frame that decompressors skip.
        #expect(try refusal(compressed: whole + [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9])?.code == "archive.trailing")
        #expect(try refusal(compressed: [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9] + whole)?.code == "archive.format")
    }

    @Test("compression in compression")
    func nested() throws {
        var tar = TarBuilder()
        tar.add("a", [1])
        tar.end()
        let twice = try TarBuilder.compressed(try TarBuilder.compressed(tar.bytes, in: folder), in: folder)
        #expect(try refusal(compressed: twice)?.code == "archive.nested")
        let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0, count: 600)
        #expect(try refusal(compressed: try TarBuilder.compressed(gzip, in: folder))?.code == "archive.format")
        #expect(try refusal(compressed: gzip)?.code == "archive.format")
        #expect(try refusal(compressed: tar.bytes)?.code == "archive.format")
        #expect(try refusal(compressed: [])?.code == "archive.format")
    }

    @Test("a frame that would need a gigabyte of memory, or a dictionary")
    func window() throws {
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        #expect(try refusal(compressed: frame + [0x00, 20 << 3, 1, 0, 0])?.code == "archive.window")
        #expect(try refusal(compressed: frame + [0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80, 1, 0, 0])?.code == "archive.window")
        #expect(try refusal(compressed: frame + [0x01, 0x58, 7, 1, 0, 0])?.code == "archive.window")
        #expect(try refusal(compressed: frame + [0x08, 0x58, 1, 0, 0])?.code == "archive.damaged")
        #expect(try refusal(compressed: frame + [0x00, 0x58, 7, 0, 0])?.code == "archive.damaged")
    }

    @Test("a folder, a pipe or nothing in the archive's place")
    func noFile() throws {
        mkfifo(folder.path + "/pipe", 0o600)
        for file in [folder.path, folder.path + "/pipe", folder.path + "/nothing"] {
            let error = #expect(throws: ArchiveError.self) { try ArchiveReader.unpack(file, into: folder.path + "/unpacked") }
            #expect(error?.code == "archive.unreadable" && error?.exitClass == .badInput)
        }
    }

    @Test("one flipped bit or a cut anywhere never leaves half an archive")
    func damage() throws {
        var numbers = SampleNumbers(state: 11)
        let place = TemporaryFolder()
        let whole = "\(place.path)/whole.tar.zst"
        // Little of it is a file's contents, where a changed bit is none of an archive's business.
        let entries = (0..<4).map { ArchiveEntry(path: "sub/f\($0)", source: .bytes(numbers.bytes(3 * $0))) }
        try ArchiveWriter.write(entries, to: whole)
        let good = try #require(bytes(at: whole))
        let expected = try ArchiveReader.list(whole)
        unlink(whole)
        for trial in 0..<300 {
            var bad = good
            if trial % 4 == 0 {
                bad.removeSubrange(Int.random(in: 0..<bad.count, using: &numbers)...)
            } else {
                bad[Int.random(in: 0..<bad.count, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            }
            let file = try place.file("damaged.tar.zst", bad)
            do {
                let listing = try ArchiveReader.unpack(file, into: place.path + "/unpacked")
                // Bits of a file's contents may change: digests are there for that. Names and sizes may not.
                #expect(listing.map(\.path) == expected.map(\.path) && listing.map(\.bytes) == expected.map(\.bytes))
                try FileManager.default.removeItem(atPath: place.path + "/unpacked")
            } catch is ArchiveError {}
            #expect(place.names == ["damaged.tar.zst"])
        }
    }

    @Test("a tar that was changed anywhere and compressed again is refused, or holds files of allowed names alone")
    func changedTar() throws {
        var numbers = SampleNumbers(state: 23)
        let place = TemporaryFolder()
        var tar = TarBuilder()
        for number in 0..<4 { tar.add("sub\(number)/file", numbers.bytes(2 * number)) }
        tar.end()
        var refused = 0
        for _ in 0..<300 {
            var bytes = tar.bytes
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            let file = try place.file("changed.tar.zst", try TarBuilder.compressed(bytes, in: folder))
            do {
                let listing = try ArchiveReader.unpack(file, into: place.path + "/unpacked")
                #expect(listing.map(\.path) == (0..<4).map { "sub\($0)/file" })
                try FileManager.default.removeItem(atPath: place.path + "/unpacked")
            } catch is ArchiveError { refused += 1 }
            #expect(place.names == ["changed.tar.zst"])
        }
        #expect(refused > 200)
    }
}
