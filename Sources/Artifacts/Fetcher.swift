import Foundation
import Integrity

/// How a fetch stands, for a progress bar.
public struct FetchProgress: Hashable, Sendable {
    /// The file's name.
    public let name: String
    /// Bytes that are there, those of an earlier, broken-off transfer included.
    public let received: Int
    /// Bytes of the whole file.
    public let total: Int
    /// The URL or path that they come from.
    public let source: String
}

/// A file that is in the store now.
public struct FetchedFile: Hashable, Sendable {
    public let object: StoredObject
    /// The URL or path it came from; nil where the store had it already.
    public let source: String?
    /// What failed before.
    public let failures: [MirrorFailure]
}

/// Brings remote files into a ``Store``: from the mirrors that the user names, in their order, then from the file's own URLs.
///
/// Size and SHA-256 are checked while the bytes stream in, so that nothing wrong is ever published, a stream without end stops at the
/// expected size, and plain http is as safe as https. What may pass (a broken connection, a busy server) is tried again at the same mirror, from where
/// it broke off if the server can; what will not pass (a missing file, wrong content) leads to the next one.
public struct Fetcher: Sendable {
    public let store: Store
    public let mirrors: [Mirror]
    public let policy: FetchPolicy

    public init(store: Store, mirrors: [Mirror] = [], policy: FetchPolicy = FetchPolicy()) {
        self.store = store
        self.mirrors = mirrors
        self.policy = policy
    }

    /// Fetches one file.
    ///
    /// - Parameter progress: called on this thread, often; keep it quick.
    public func fetch(_ file: RemoteFile, progress: (FetchProgress) -> Void = { _ in }) throws(FetchError) -> FetchedFile {
        do throws(StoreError) {
            let digest = try file.sha256 ?? store.pinnedDigest(of: file)
            if let digest, let object = try present(digest, bytes: file.bytes) { return FetchedFile(object: object, source: nil, failures: []) }
            var failures: [MirrorFailure] = []
            for place in places(of: file) {
                switch try fetch(file, expecting: digest, from: place, progress: progress) {
                case .success(let object):
                    if digest == nil { try store.pin(object.digest, of: file) }
                    return FetchedFile(object: object, source: place.description, failures: failures)
                case .failure(let reason):
                    failures.append(MirrorFailure(source: place.description, reason: reason))
                }
            }
            throw FetchOutcome.exhausted(failures)
        } catch {
            throw .store(error)
        }
    }
}
