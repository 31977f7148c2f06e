import Foundation
import Integrity

/// Small facts found by a key: which outputs a step with given inputs had, which digest a file had when it was first fetched.
extension Store {
    /// Where the record of a key lies.
    func recordPath(_ key: SHA256Digest) -> String {
        let hex = key.hex
        return "\(root)/records/\(hex.prefix(2))/\(hex.dropFirst(2)).json"
    }

    /// Notes a value under a key, in place of any earlier one.
    ///
    /// The file names the key and carries the digest of the value, so that ``recorded(_:)`` can tell a damaged record.
    public func record(_ key: SHA256Digest, _ value: JSONValue) throws(StoreError) {
        let content: JSONValue = [
            "key": .string(key.hex), "value": value, "value_sha256": .string(SHA256Digest.of(value.canonicalBytes()).hex),
        ]
        let temporary = try OpenFile.creating(temporaryPath())
        do throws(StoreError) {
            var failure: StoreError?
            Array(content.prettyText().utf8).withUnsafeBytes {
                failure = OpenFile.write($0, to: temporary.descriptor, named: temporary.path)
            }
            if let failure { throw failure }
            try temporary.synchronize()
            try place(temporary.path, at: recordPath(key))
        } catch {
            unlink(temporary.path)
            throw error
        }
    }

    /// What was noted under a key; nil where nothing was, or where the record is damaged: a lost record costs time, a wrong one would cost trust.
    public func recorded(_ key: SHA256Digest) -> JSONValue? {
        guard let file = try? OpenFile.reading(recordPath(key)), file.size <= Store.recordLimit else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? file.read(into: &buffer), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
            if bytes.count > Store.recordLimit { return nil }
        }
        guard let content = try? JSONValue.parse(bytes), content["key"]?.stringValue == key.hex, let value = content["value"],
            content["value_sha256"]?.stringValue == SHA256Digest.of(value.canonicalBytes()).hex
        else { return nil }
        return value
    }

    /// The largest record that is read, in bytes.
    private static let recordLimit = 16 << 20

    // MARK: - Files whose digest nobody could say

    /// The digest that a file had when it was first fetched; nil before that.
    func pinnedDigest(of file: RemoteFile) -> SHA256Digest? {
        recorded(Store.pinKey(file))?["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
    }

    /// Notes the digest of a file fetched for the first time: from now on it must stay the same.
    func pin(_ digest: SHA256Digest, of file: RemoteFile) throws(StoreError) {
        try record(Store.pinKey(file), ["name": .string(file.name), "sha256": .string(digest.hex)])
    }

    private static func pinKey(_ file: RemoteFile) -> SHA256Digest {
        // A bound is no part of what the file is.
        let bytes: JSONValue =
            if case .exactly(let bytes) = file.size { .number(Double(bytes)) } else { .null }
        let identity: JSONValue = [
            "bytes": bytes, "name": .string(file.name), "pinned": "first fetch",
            "urls": .array(file.urls.map { .string($0) }),
        ]
        return SHA256Digest.of(identity.canonicalBytes())
    }
}
