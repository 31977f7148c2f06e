import Foundation
import Integrity

/// How a fetch stands, for a progress bar.
public struct FetchProgress: Hashable, Sendable {
    /// The file's name.
    public let name: String
    /// Bytes that are there, those of an earlier, broken-off transfer included.
    public let received: Int
    /// Bytes of the whole file; its bound where nobody says how large it is.
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

    /// Where it came from, as a record that others will read may say it.
    public var publicSource: String { source.map(Mirror.publicName(of:)) ?? "the store" }
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
    /// - Parameters:
    ///   - pinning: whether the first fetch of a file of unknown digest decides it. False leaves that to ``pin(_:of:)``, for a caller who first looks
    ///     into the file.
    ///   - progress: called on this thread, often; keep it quick.
    public func fetch(
        _ file: RemoteFile, pinning: Bool = true, progress: @escaping (FetchProgress) -> Void = { _ in }
    ) throws(FetchError) -> FetchedFile {
        let digest: SHA256Digest?
        do throws(StoreError) {
            digest = file.sha256 ?? store.pinnedDigest(of: file)
            if let digest, let object = try present(digest, size: file.size) {
                return FetchedFile(object: object, source: nil, failures: [])
            }
        } catch {
            throw .store(error)
        }
        var failures: [MirrorFailure] = []
        let places = places(of: file)
        for place in places {
            do throws(StoreError) {
                switch try fetch(file, expecting: digest, from: place, isOnly: places.count == 1, progress: progress) {
                case .success(let object):
                    if digest == nil, pinning { try store.pin(object.digest, of: file) }
                    return FetchedFile(object: object, source: place.description, failures: failures)
                case .failure(let failure):
                    failures.append(MirrorFailure(source: place.description, reason: failure.reason))
                }
            } catch {
                throw .store(error)
            }
        }
        throw .exhausted(name: file.name, size: file.size, mirrorPath: file.mirrorPath, failures: failures)
    }

    /// Notes that a file of unknown digest is what this fetch brought: from now on it must stay the same.
    public func pin(_ fetched: FetchedFile, of file: RemoteFile) throws(FetchError) {
        guard file.sha256 == nil else { return }
        do throws(StoreError) { try store.pin(fetched.object.digest, of: file) } catch { throw .store(error) }
    }

    /// The object, if the store has it sound. One that has gone bad is put away, to be fetched anew.
    private func present(_ digest: SHA256Digest, size: FileSize) throws(StoreError) -> StoredObject? {
        guard let bytes = store.size(of: digest), size.admits(bytes) else { return nil }
        do throws(StoreError) {
            return try store.verify(digest)
        } catch .corrupted(_, .some) {
            return nil
        } catch {
            throw error
        }
    }

    /// Where to look, in order.
    private func places(of file: RemoteFile) -> [Mirror] {
        let own = mirrors.map { mirror in
            switch mirror {
            case .folder(let path): Mirror.folder("\(path)/\(file.mirrorPath)")
            case .web(let base): Mirror.web("\(base)/\(file.mirrorPath)")
            }
        }
        var seen: Set<Mirror> = []
        return (own + file.urls.map(Mirror.web)).filter { seen.insert($0).inserted }
    }

    private enum Outcome {
        case success(StoredObject)
        case failure(TransferFailure)
    }

    /// Tries one place, as often as the policy allows.
    private func fetch(
        _ file: RemoteFile, expecting digest: SHA256Digest?, from place: Mirror, isOnly: Bool,
        progress: @escaping (FetchProgress) -> Void
    ) throws(StoreError) -> Outcome {
        var attempt = 1
        var mayStartOver = true
        while true {
            let receiver = try Receiver(store: store, size: file.size, resuming: mayResume(file, at: place) ? digest : nil)
            let failure: TransferFailure
            switch try receive(file, expecting: digest, from: place, into: receiver, progress: progress) {
            case .success(let object): return .success(object)
            case .failure(let found): failure = found
            }
            let wasResumed = receiver.resumedFrom > 0
            let broughtNothing = receiver.received == receiver.resumedFrom
            if !failure.keepsPartial { try receiver.restart() }
            if wasResumed, !failure.keepsPartial, mayStartOver {
                // The beginning may have been another mirror's fault: this one deserves to be judged by its own bytes.
                mayStartOver = false
                continue
            }
            guard failure.reason.isPassing, failure.keepsPartial, attempt < policy.attemptsPerMirror else { return .failure(failure) }
            // Time-outs are long: no second one for a mirror that sent nothing, where there is another.
            if failure.reason.isTimeout, broughtNothing, !isOnly { return .failure(failure) }
            Thread.sleep(forTimeInterval: policy.delay(afterAttempt: attempt, jitter: .random(in: 0...1)))
            attempt += 1
        }
    }

    /// A file of unknown size is taken whole or not at all: nothing would tell where its rest ends.
    private func mayResume(_ file: RemoteFile, at place: Mirror) -> Bool {
        guard case .exactly = file.size else { return false }
        return !place.isFolder
    }

    /// Tries one place once.
    private func receive(
        _ file: RemoteFile, expecting digest: SHA256Digest?, from place: Mirror, into receiver: Receiver,
        progress: @escaping (FetchProgress) -> Void
    ) throws(StoreError) -> Outcome {
        let report = { (received: Int) in
            progress(
                FetchProgress(
                    name: file.name, received: received, total: receiver.announced ?? file.size.limit, source: place.description))
        }
        let failure: TransferFailure?
        switch place {
        case .folder(let path): failure = try FolderTransfer.run(path: path, into: receiver, progress: report)
        // A process that was killed may have left all the bytes, unpublished.
        case .web where receiver.resumedFrom > 0 && receiver.isComplete: failure = nil
        case .web(let url): failure = try WebTransfer.run(url: url, into: receiver, policy: policy, progress: report)
        }
        if let failure { return .failure(failure) }
        let found = receiver.digest()
        func refusal(_ reason: MirrorFailure.Reason) -> Outcome {
            .failure(TransferFailure(reason: receiver.looksLikeHTML() ? .htmlPage : reason, keepsPartial: false))
        }
        if let digest, digest != found {
            return refusal(file.sha256 == nil ? .changed(found: found, pinned: digest) : .wrongDigest(found: found))
        }
        // Nothing else would tell a portal's page from a file that nobody has seen.
        if digest == nil, receiver.looksLikeHTML() { return refusal(.htmlPage) }
        try receiver.publish(in: store, as: found)
        return .success(StoredObject(digest: found, size: receiver.received))
    }
}
