import Foundation
import Integrity

/// Streams bytes of unknown digest into a ``Store``. Until ``commit(expecting:size:)`` nothing is visible; a writer that goes away unfinished leaves nothing.
public struct StoreWriter: ~Copyable {
    private let store: Store
    private let file: OpenFile
    private var hasher = SHA256Hasher()
    private var finished = false

    /// Bytes written so far.
    public private(set) var size = 0

    init(store: Store) throws(StoreError) {
        self.store = store
        self.file = try OpenFile.creating(store.temporaryPath())
    }

    deinit { if !finished { unlink(file.path) } }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        try file.write(bytes)
        hasher.update(bytes)
        size += bytes.count
    }

    public mutating func write(_ bytes: [UInt8]) throws(StoreError) {
        // A typed throw cannot leave `withUnsafeBytes` of every supported library, so the outcome is carried out as a value.
        var failure: StoreError?
        bytes.withUnsafeBytes { buffer in
            do throws(StoreError) { try write(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// Publishes what was written under its digest.
    ///
    /// - Parameters:
    ///   - digest: what the digest must be; a difference throws ``StoreError/digestMismatch(expected:found:)`` and keeps nothing.
    ///   - size: what the size in bytes must be; likewise.
    public consuming func commit(expecting digest: SHA256Digest? = nil, size expectedSize: Int? = nil) throws(StoreError) -> StoredObject {
        var spent = SHA256Hasher()
        swap(&spent, &hasher)
        let found = spent.finalize()
        if let expectedSize, expectedSize != size { throw .sizeMismatch(expected: expectedSize, found: size) }
        if let digest, digest != found { throw .digestMismatch(expected: digest, found: found) }
        try store.adopt(file, as: found)
        finished = true
        return StoredObject(digest: found, size: size)
    }
}
