import Artifacts
import Foundation
import Integrity
import Testing

@Suite struct StoreTests {
    let folder = TemporaryFolder()
    var root: String { "\(folder.path)/store" }

    @Test func `published bytes lie under their digest and cannot be written`() throws {
        let store = try Store(root: root)
        let content = noise(3_000_000)
        let object = try store.publish(bytes: content)
        #expect(object.digest == SHA256Digest.of(content))
        #expect(object.size == content.count)
        #expect(files(under: root) == ["objects/\(object.digest.hex.prefix(2))/\(object.digest.hex.dropFirst(2))"])
        #expect(mode(of: store.path(of: object.digest)) == 0o444)
        #expect(bytes(at: store.path(of: object.digest)) == content)
    }

    @Test func `a file is published and copied out again, byte for byte`() throws {
        let store = try Store(root: root)
        let content = noise(2_500_001)
        let object = try store.publish(fileAt: folder.file("input", content))
        let copy = "\(folder.path)/copy"
        try store.copy(object.digest, to: copy)
        #expect(bytes(at: copy) == content)
        #expect(mode(of: copy) == 0o644)
    }

    @Test func `an empty file is an object like any other`() throws {
        let store = try Store(root: root)
        let object = try store.publish(bytes: [])
        #expect(object.size == 0)
        #expect(try store.verify(object.digest) == object)
    }

    @Test func `only a regular file can be published, and a pipe does not hang`() throws {
        let store = try Store(root: root)
        let pipe = "\(folder.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, folder.path, "/dev/zero", "\(folder.path)/nothing"] {
            #expect(throws: StoreError.self) { try store.publish(fileAt: path) }
        }
        #expect(files(under: root).isEmpty)
    }

    @Test func `a writer that is not committed leaves nothing`() throws {
        let store = try Store(root: root)
        do {
            var writer = try store.beginWrite()
            try writer.write(noise(1000))
            #expect(files(under: root).count == 1)
        }
        #expect(files(under: root).isEmpty)
    }

    @Test func `a commit with another digest or size than promised keeps nothing and says both`() throws {
        let store = try Store(root: root)
        let promised = SHA256Digest.of(noise(10))
        #expect(throws: StoreError.digestMismatch(expected: promised, found: .of(noise(11)))) {
            var writer = try store.beginWrite()
            try writer.write(noise(11))
            _ = try writer.commit(expecting: promised)
        }
        #expect(throws: StoreError.sizeMismatch(expected: 12, found: 11)) {
            var writer = try store.beginWrite()
            try writer.write(noise(11))
            _ = try writer.commit(size: 12)
        }
        #expect(files(under: root).isEmpty)
    }

    @Test func `many writers of the same content at once leave one sound object`() throws {
        let store = try Store(root: root)
        let content = noise(200_000)
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            #expect(throws: Never.self) { try store.publish(bytes: content) }
        }
        #expect(files(under: root).count == 1)
        #expect(try store.verifyAll().objects == 1)
    }

    @Test func `a corrupted object is found while it is copied, put into quarantine, and no copy appears`() throws {
        let store = try Store(root: root)
        let object = try store.publish(bytes: noise(5000))
        try damage(store.path(of: object.digest))
        let quarantine = "\(root)/corrupt/\(object.digest.hex)"
        #expect(throws: StoreError.corrupted(object.digest, quarantine: quarantine)) {
            try store.copy(object.digest, to: "\(folder.path)/copy")
        }
        #expect(files(under: folder.path) == ["store/corrupt/\(object.digest.hex)"])
        #expect(!store.contains(object.digest))
    }

    @Test func `publishing again heals an object that went bad`() throws {
        let store = try Store(root: root)
        let object = try store.publish(bytes: noise(5000))
        try damage(store.path(of: object.digest))
        try store.publish(bytes: noise(5000))
        #expect(try store.verify(object.digest) == object)
    }

    @Test func `verifying all names corrupted objects and strangers, and counts the sound ones`() throws {
        let store = try Store(root: root)
        let sound = try store.publish(bytes: noise(100))
        let bad = try store.publish(bytes: noise(200))
        try damage(store.path(of: bad.digest))
        _ = try folder.file("store/objects/zz/readme", "hello")
        let result = try store.verifyAll()
        #expect(result.objects == 1)
        #expect(result.bytes == 100)
        #expect(result.corrupted == [bad.digest])
        #expect(result.unexpected == ["objects/zz/readme"])
        #expect(store.contains(sound.digest))
    }

    @Test func `asking for an object that is not there says so`() throws {
        let store = try Store(root: root)
        let digest = SHA256Digest.of([1])
        #expect(throws: StoreError.missing(digest, store: root)) { try store.copy(digest, to: "\(folder.path)/copy") }
        #expect(throws: StoreError.missing(digest, store: root)) { try store.verify(digest) }
    }

    @Test func `opening sweeps old temporary files of dead processes, and no others`() throws {
        _ = try Store(root: root)
        let old = Date(timeIntervalSinceNow: -2 * 86_400)
        let dead = try folder.file("store/tmp/4194300-a", "x")
        let recent = try folder.file("store/tmp/4194300-b", "x")
        let alive = try folder.file("store/tmp/\(getpid())-c", "x")
        let partial = try folder.file("store/partial/\(SHA256Digest.of([1]))", "x")
        for path in [dead, alive, partial] { try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path) }
        _ = try Store(root: root)
        #expect(bytes(at: dead) == nil)
        #expect([recent, alive, partial].allSatisfy { bytes(at: $0) != nil })
    }

    @Test func `a record is found under its key until it is replaced`() throws {
        let store = try Store(root: root)
        let key = SHA256Digest.of([1])
        #expect(store.recorded(key) == nil)
        try store.record(key, ["outputs": ["weights": "abc"]])
        #expect(store.recorded(key) == ["outputs": ["weights": "abc"]])
        try store.record(key, [1, 2])
        #expect(store.recorded(key) == [1, 2])
        #expect(store.recorded(.of([2])) == nil)
    }

    @Test func `a record with any one byte changed is either the same value or no record`() throws {
        let store = try Store(root: root)
        let key = SHA256Digest.of([1])
        let value: JSONValue = ["outputs": ["weights": "abc"], "seconds": 12.5]
        try store.record(key, value)
        let path = try #require(files(under: root).first.map { "\(root)/\($0)" })
        let content = try #require(bytes(at: path))
        for index in content.indices {
            var changed = content
            changed[index] ^= 1
            try Data(changed).write(to: URL(fileURLWithPath: path))
            let found = store.recorded(key)
            #expect(found == nil || found == value, "byte \(index)")
        }
    }

    @Test func `a name taken by something that is no folder is named`() throws {
        let path = try folder.file("taken", "x")
        #expect(throws: StoreError.self) { try Store(root: "\(path)/store") }
    }

    private func damage(_ path: String) throws {
        var content = try #require(bytes(at: path))
        content[content.count / 2] ^= 1
        chmod(path, 0o644)
        try Data(content).write(to: URL(fileURLWithPath: path))
    }
}
