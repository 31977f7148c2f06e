import Foundation
import Integrity

/// Where a transfer's bytes go: a file of the store that is hashed as it grows and can never grow beyond the expected size, or its bound.
///
/// A resumable receiver works on `partial/<sha256>`, so that a later process goes on where this one stopped, even if it was killed. Two
/// processes must not append to one file: the second to come (the file is locked) takes a temporary file of its own and does not
/// resume. Should locks not work on some file system, the worst outcome is a wrong digest at the end, which is discarded like any other.
final class Receiver {
    let file: OpenFile
    let size: FileSize
    /// The size that the source announces, for a progress bar; nil where it does not.
    var announced: Int?
    /// Whether the file stays for a later resume.
    let isResumable: Bool
    private(set) var received = 0
    /// Bytes of `received` that an earlier transfer brought.
    private(set) var resumedFrom = 0
    private var hasher = SHA256Hasher()
    /// The first bytes, enough to recognise a web page.
    private var head: [UInt8] = []
    private var isPublished = false
    /// Whether the source said that this was all.
    private var isEnded = false

    init(store: Store, size: FileSize, resuming digest: SHA256Digest?) throws(StoreError) {
        self.size = size
        if let digest, let partial = try Receiver.claim("\(store.root)/partial/\(digest.hex)") {
            file = partial
            isResumable = true
            try takeUp()
        } else {
            file = try OpenFile.creating(store.temporaryPath())
            isResumable = false
        }
    }

    deinit { if !isPublished, !isResumable || received == 0 { unlink(file.path) } }

    /// Whether all is there: known by the size, or else only by the source's word.
    var isComplete: Bool {
        switch size {
        case .exactly(let bytes): received == bytes
        case .atMost: isEnded && received > 0
        }
    }

    /// Notes that the source has ended as it should.
    func end() { isEnded = true }

    /// Whether the content so far, or these bytes at its beginning, begin like a web page.
    func looksLikeHTML(_ bytes: [UInt8]? = nil) -> Bool {
        var start = (bytes ?? head)[...]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
        let text = String(decoding: start.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(16), as: UTF8.self).lowercased()
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    /// Appends bytes; false, with nothing appended, where they would exceed the expected size.
    func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
        if head.count < 512 { head.append(contentsOf: bytes.prefix(512 - head.count)) }
        guard bytes.count <= size.limit - received else { return false }
        try file.write(bytes)
        hasher.update(bytes)
        received += bytes.count
        return true
    }

    /// Forgets everything received.
    func restart() throws(StoreError) {
        try file.truncate(to: 0)
        hasher = SHA256Hasher()
        (received, resumedFrom, head, isEnded) = (0, 0, [], false)
    }

    /// The digest of all that was received, asked once, at the end.
    func digest() -> SHA256Digest {
        var spent = SHA256Hasher()
        swap(&spent, &hasher)
        return spent.finalize()
    }

    func publish(in store: Store, as digest: SHA256Digest) throws(StoreError) {
        try store.adopt(file, as: digest)
        isPublished = true
    }

    /// Reads what an earlier transfer left behind, as the beginning of this one.
    private func takeUp() throws(StoreError) {
        guard file.size <= size.limit else { return try restart() }
        file.rewind()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            if head.count < 512 { head.append(contentsOf: buffer[..<count].prefix(512 - head.count)) }
            buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            received += count
        }
        resumedFrom = received
    }

    /// Opens and locks a partial file; nil where another process has it.
    private static func claim(_ path: String) throws(StoreError) -> OpenFile? {
        for _ in 0..<8 {
            let file: OpenFile
            do throws(StoreError) {
                file = try OpenFile.updating(path)
            } catch .notWritable where unlink(path) == 0 {
                // A process that was killed just before publishing had made its file read-only.
                continue
            } catch {
                throw error
            }
            guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
            // Between opening and locking, its former owner may have published the file: then this is an object of the store, not a partial file.
            var named = stat()
            let opened = file.status
            if lstat(path, &named) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev, opened.st_mode & S_IFMT == S_IFREG {
                return file
            }
        }
        return nil
    }
}
