import Artifacts
import Foundation
import Integrity
import Testing

/// A tiny file system in memory, mounted for one test.
private final class TinyDisk {
    let folder = TemporaryFolder()

    init?() {
        guard TinyDisk.run("mount", ["-t", "tmpfs", "-o", "size=256k", "reprise-test", folder.path]) else { return nil }
    }

    func makeReadOnly() -> Bool { TinyDisk.run("mount", ["-o", "remount,ro", folder.path]) }

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

@Suite(.enabled(if: TinyDisk.isPossible, "mounting a file system needs root")) struct StoreOnBadDisksTests {
    @Test func `a full disk is one clear line, and nothing stays of what did not fit`() throws {
        let disk = try #require(TinyDisk())
        let root = "\(disk.folder.path)/store"
        let store = try Store(root: root)
        let error = #expect(throws: StoreError.self) { try store.publish(bytes: noise(1_000_000)) }
        let text = try #require(error).description
        #expect(text.hasPrefix("no space left for ") && text.contains("REPRISE_HOME") && !text.contains("\n"))
        #expect(error?.exitClass == .environment)
        #expect(files(under: root).isEmpty)
        #expect(try store.publish(bytes: noise(1000)).size == 1000)
    }

    @Test func `a fetch onto a full disk is one clear line too`() throws {
        let disk = try #require(TinyDisk())
        let content = noise(1_000_000)
        let mirror = TemporaryFolder()
        _ = try mirror.file("data.bin", content)
        let store = try Store(root: "\(disk.folder.path)/store")
        let file = try RemoteFile(name: "data.bin", size: .exactly(content.count), sha256: .of(content), urls: [], mirrorPath: "data.bin")
        let error = #expect(throws: FetchError.self) { try Fetcher(store: store, mirrors: [.folder(mirror.path)]).fetch(file) }
        #expect(try #require(error).description.hasPrefix("no space left for "))
        #expect(files(under: store.root).isEmpty)
    }

    @Test func `a read-only store can be read, and writing to it is one clear line`() throws {
        let disk = try #require(TinyDisk())
        let root = "\(disk.folder.path)/store"
        let object = try Store(root: root).publish(bytes: noise(1000))
        try #require(disk.makeReadOnly())
        let store = try Store(root: root)
        #expect(try store.verify(object.digest) == object)
        let error = #expect(throws: StoreError.self) { try store.publish(bytes: noise(1001)) }
        let text = try #require(error).description
        #expect(text.contains("read-only") && text.contains(root) && text.contains("REPRISE_HOME") && !text.contains("\n"))
        #expect(error?.exitClass == .environment)
        #expect(throws: StoreError.self) { try store.record(.of([1]), true) }
        #expect(throws: StoreError.self) { try Store(root: "\(disk.folder.path)/another") }
    }
}
