import Foundation
import Submissions
import Testing

/// A tiny file system in memory, mounted for one test.
private final class TinyDisk {
    let folder = TemporaryFolder()

    init?() {
        guard TinyDisk.run("mount", ["-t", "tmpfs", "-o", "size=256k", "reprise-test", folder.path]) else { return nil }
    }

    deinit { _ = TinyDisk.run("umount", ["-l", folder.path]) }

    static let isPossible = TinyDisk() != nil

    private static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

@Suite("Archives on a full disk", .enabled(if: TinyDisk.isPossible, "mounting a file system needs root"))
struct ArchiveOnBadDisksTests {
    private let entries: [ArchiveEntry]

    init() {
        var numbers = SampleNumbers(state: 3)
        entries = (0..<8).map { ArchiveEntry(path: "sub/f\($0)", source: .bytes(numbers.bytes(100_000))) }
    }

    @Test("an archive that does not fit leaves nothing")
    func writing() throws {
        let disk = try #require(TinyDisk())
        let error = #expect(throws: ArchiveError.self) { try ArchiveWriter.write(entries, to: disk.folder.path + "/a.tar.zst") }
        #expect(error?.code == "archive.disk" && error?.description.contains("no space") == true)
        #expect(error?.exitClass == .environment)
        #expect(disk.folder.names.isEmpty)
    }

    @Test("a tree that does not fit leaves nothing")
    func unpacking() throws {
        let disk = try #require(TinyDisk())
        let elsewhere = TemporaryFolder()
        let archive = elsewhere.path + "/a.tar.zst"
        try ArchiveWriter.write(entries, to: archive)
        let error = #expect(throws: ArchiveError.self) { try ArchiveReader.unpack(archive, into: disk.folder.path + "/out") }
        #expect(error?.code == "archive.disk" && error?.description.contains("no space left: 800000 bytes are needed") == true)
        #expect(disk.folder.names.isEmpty)
    }
}
