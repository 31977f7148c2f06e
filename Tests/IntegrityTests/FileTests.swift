import Foundation
import Integrity
import Testing

@Suite("Files, written whole or not at all and read within bounds")
struct FileTests {
    @Test("a file is written with its mode and read back, and nothing else stays in the folder")
    func roundTrip() throws {
        try withTemporaryFolder { folder throws in
            let bytes = [UInt8](repeating: 7, count: 3_000_000)
            try AtomicFile.write(bytes, to: folder + "/data", mode: 0o600)
            #expect(try BoundedFile.read(folder + "/data", limit: bytes.count) == bytes)
            #expect(permissions(folder + "/data") == 0o600)
            try AtomicFile.write([], to: folder + "/data")
            #expect(try BoundedFile.read(folder + "/data", limit: 0) == [])
            #expect(try fileNames(folder) == ["data"])
        }
    }

    @Test("a file that must not be replaced is not")
    func notReplacing() throws {
        try withTemporaryFolder { folder throws in
            try AtomicFile.write([1], to: folder + "/data", replacing: false)
            #expect(throws: FileError.exists(path: folder + "/data")) { try AtomicFile.write([2], to: folder + "/data", replacing: false) }
            #expect(try BoundedFile.read(folder + "/data", limit: 10) == [1])
            #expect(try fileNames(folder) == ["data"])
        }
    }

    @Test("a write that cannot end removes its temporary file and names the path")
    func failedWrite() throws {
        try withTemporaryFolder { folder throws in
            try FileManager.default.createDirectory(atPath: folder + "/target", withIntermediateDirectories: false)
            #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder + "/target") }
            #expect(try fileNames(folder) == ["target"])
            #expect(throws: FileError.writeFailed(path: folder + "/no/data", reason: "there is no folder \(folder)/no")) {
                try AtomicFile.write([1], to: folder + "/no/data")
            }
        }
    }

    @Test("a name as long as the file system takes can be written")
    func longName() throws {
        try withTemporaryFolder { folder throws in
            let path = folder + "/" + String(repeating: "n", count: 255)
            try AtomicFile.write([1], to: path)
            #expect(try BoundedFile.read(path, limit: 1) == [1])
        }
    }

    @Test("a file system that takes no files says so in one line")
    func notWritable() {
        let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/sys/reprise-test") }
        guard case .notWritable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("a full disk is told with what to do")
    func fullDisk() {
        let text = "\(FileError.writing("/data/x", errno: ENOSPC))"
        #expect(text.contains("no space left") && text.contains("/data/x") && text.contains("REPRISE_HOME"), "\(text)")
        #expect(FileError.writing("/x", errno: EROFS) == .notWritable(path: "/x", reason: "the file system is read-only"))
    }

    @Test("a file larger than the limit is refused, both numbers named")
    func tooLarge() throws {
        try withTemporaryFolder { folder throws in
            try AtomicFile.write([1, 2, 3], to: folder + "/data")
            #expect(throws: FileError.tooLarge(path: folder + "/data", size: 3, limit: 2)) {
                try BoundedFile.read(folder + "/data", limit: 2)
            }
        }
    }

    @Test("a file that claims no size, or has no end, is still bounded")
    func withoutSize() throws {
        #expect(try BoundedFile.read("/proc/self/status", limit: 1 << 20).isEmpty == false)
        #expect(throws: FileError.self) { try BoundedFile.read("/proc/self/status", limit: 10) }
        #expect(throws: FileError.notRegular(path: "/dev/zero")) { try BoundedFile.read("/dev/zero", limit: 10) }
    }

    @Test("folders, pipes and absent files are refused without waiting")
    func notRegular() throws {
        try withTemporaryFolder { folder throws in
            #expect(throws: FileError.notRegular(path: folder)) { try BoundedFile.read(folder, limit: 10) }
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            #expect(throws: FileError.notRegular(path: folder + "/pipe")) { try BoundedFile.read(folder + "/pipe", limit: 10) }
            #expect(throws: FileError.missing(path: folder + "/none")) { try BoundedFile.read(folder + "/none", limit: 10) }
        }
    }
}
