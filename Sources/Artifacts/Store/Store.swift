import Foundation
import Integrity

/// What ``Store`` says of an object that it holds: its SHA-256 and its size in bytes.
public struct StoredObject: Hashable, Sendable {
    public let digest: SHA256Digest
    public let size: Int
}

/// A content-addressed store: a folder in which a file's name is the SHA-256 of its bytes.
///
///     objects/ab/<62 hex>   the objects, mode 0444
///     records/ab/<62 hex>.json   what a cache key led to (see ``record(key:_:)``)
///     tmp/       files being written, in the same file system so that a rename publishes them
///     partial/   downloads that broke off, to be resumed
///     corrupt/   objects whose bytes changed under their name
///
/// Every file is written under `tmp/`, brought to the medium and then renamed, so a reader sees all of it or none, and a killed
/// writer leaves nothing under a final name. Many processes may write at once without locks: the same content has the same name, so the
/// last rename replaces equal bytes by equal bytes (and heals an object that had gone bad).
public struct Store: Sendable {
    /// The folder that holds it all.
    public let root: String

    /// Temporary files older than this whose process is gone are swept away on opening, in seconds.
    static let staleAfter: TimeInterval = 86_400
    /// Broken-off downloads that nobody resumed for this long are given up, in seconds.
    static let partialStaleAfter: TimeInterval = 7 * 86_400

    /// Opens the store in a folder, made if missing. A store that cannot be written opens too, for reading.
    public init(root: String) throws(StoreError) {
        self.root = root
        do throws(StoreError) {
            for folder in ["objects", "records", "tmp", "partial", "corrupt"] { try Folders.create("\(root)/\(folder)") }
        } catch {
            guard Folders.isFolder("\(root)/objects") else { throw error }
        }
        sweep()
    }

    // MARK: - Reading

    /// Where an object lies, whether it is there or not.
    public func path(of digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(root)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    public func contains(_ digest: SHA256Digest) -> Bool { size(of: digest) != nil }

    /// An object's size in bytes; nil where the store does not have it.
    public func size(of digest: SHA256Digest) -> Int? {
        var status = stat()
        guard lstat(path(of: digest), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Reads an object through and compares its digest; one that changed is moved to `corrupt/` and reported.
    @discardableResult
    public func verify(_ digest: SHA256Digest) throws(StoreError) -> StoredObject {
        guard contains(digest) else { throw .missing(digest, store: root) }
        let found = try Store.hash(OpenFile.reading(path(of: digest)))
        guard found.digest == digest else { throw quarantine(digest) }
        return found
    }

    /// Verifies every object. Corrupted ones are moved to `corrupt/`, others that do not belong are named and left.
    public func verifyAll() throws(StoreError) -> StoreVerification {
        var result = StoreVerification()
        for prefix in Folders.names(in: "\(root)/objects") {
            for rest in Folders.names(in: "\(root)/objects/\(prefix)") {
                guard prefix.utf8.count == 2, let digest = SHA256Digest(hex: prefix + rest), contains(digest) else {
                    result.unexpected.append("objects/\(prefix)/\(rest)")
                    continue
                }
                do throws(StoreError) {
                    let object = try verify(digest)
                    result.objects += 1
                    result.bytes += object.size
                } catch .corrupted {
                    result.corrupted.append(digest)
                } catch {
                    throw error
                }
            }
        }
        return result
    }

    /// Copies an object to a file outside the store, checking its digest on the way; the destination appears whole or not at all.
    ///
    /// Where the file system can share blocks (btrfs, XFS) the copy costs no space; the bytes are then read once, to check them. Elsewhere
    /// they must be read to be checked anyway, so that the kernel's own copying would save nothing.
    public func copy(_ digest: SHA256Digest, to destination: String, mode: mode_t = 0o644) throws(StoreError) {
        guard contains(digest) else { throw .missing(digest, store: root) }
        let source = try OpenFile.reading(path(of: digest))
        let folder = (destination as NSString).deletingLastPathComponent
        let temporary = (folder.isEmpty ? "" : folder + "/") + ".reprise-" + Store.uniqueName()
        let target = try OpenFile.creating(temporary)
        var keep = false
        defer { if !keep { unlink(temporary) } }
        let found: StoredObject
        if ioctl(target.descriptor, Store.shareBlocks, source.descriptor) == 0 {
            found = try Store.hash(target)
        } else {
            found = try Store.hash(source, copyingTo: target.descriptor, named: destination)
        }
        guard found.digest == digest else { throw quarantine(digest) }
        try target.setMode(mode)
        try target.synchronize()
        guard rename(temporary, destination) == 0 else { throw .writing("write", destination) }
        keep = true
        Folders.synchronize(folder.isEmpty ? "." : folder)
    }

    // MARK: - Writing

    /// Throws where nothing can be written.
    public func checkWritable() throws(StoreError) { _ = try beginWrite() }

    /// Starts to stream bytes into the store.
    public func beginWrite() throws(StoreError) -> StoreWriter { try StoreWriter(store: self) }

    /// Stores bytes from memory.
    @discardableResult
    public func publish(bytes: [UInt8]) throws(StoreError) -> StoredObject {
        var writer = try beginWrite()
        try writer.write(bytes)
        return try writer.commit()
    }

    /// Stores a copy of a regular file; the digest is that of the bytes that were copied, even if the file changes meanwhile.
    @discardableResult
    public func publish(fileAt path: String) throws(StoreError) -> StoredObject {
        let source = try OpenFile.reading(path)
        var writer = try beginWrite()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = try source.read(into: &buffer)
            if count == 0 { break }
            if count == buffer.count { try writer.write(buffer) } else { try writer.write(Array(buffer[..<count])) }
        }
        return try writer.commit()
    }

    /// Gives a finished temporary file its final name.
    func adopt(_ file: borrowing OpenFile, as digest: SHA256Digest) throws(StoreError) {
        try file.setMode(0o444)
        try file.synchronize()
        try place(file.path, at: path(of: digest))
    }

    /// Renames a temporary file to its final path and makes the rename last.
    func place(_ temporary: String, at path: String) throws(StoreError) {
        let folder = (path as NSString).deletingLastPathComponent
        try Folders.create(folder)
        guard rename(temporary, path) == 0 else { throw .writing("write", path) }
        Folders.synchronize(folder)
    }

    /// A path under `tmp/` that no other writer uses. It begins with this process's number, so that a later process can tell that it is stale.
    func temporaryPath() -> String { "\(root)/tmp/\(Store.uniqueName())" }

    static func uniqueName() -> String { "\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))" }

    // MARK: - Upkeep

    /// Moves an object whose bytes changed out of the way and returns the error that says so.
    func quarantine(_ digest: SHA256Digest) -> StoreError {
        let destination = "\(root)/corrupt/\(digest.hex)"
        return .corrupted(digest, quarantine: rename(path(of: digest), destination) == 0 ? destination : nil)
    }

    /// Removes what killed processes left behind. Failing to is no reason to stop.
    private func sweep() {
        let now = Date().timeIntervalSince1970
        func age(_ path: String) -> TimeInterval? {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return now - TimeInterval(status.st_mtim.tv_sec)
        }
        for name in Folders.names(in: "\(root)/tmp") {
            guard let age = age("\(root)/tmp/\(name)"), age > Store.staleAfter else { continue }
            let process = name.split(separator: "-").first.flatMap { pid_t($0) }
            if let process, process > 0, kill(process, 0) == 0 || errno == EPERM { continue }
            unlink("\(root)/tmp/\(name)")
        }
        for name in Folders.names(in: "\(root)/partial") {
            guard let age = age("\(root)/partial/\(name)"), age > Store.partialStaleAfter else { continue }
            unlink("\(root)/partial/\(name)")
        }
    }

    /// The number of the FICLONE request (linux/fs.h), a macro that Swift does not import: _IOW(0x94, 9, int).
    private static let shareBlocks: UInt = 0x4004_9409

    /// Digest and size of an open file from its beginning, copied to a descriptor on the way where one is given.
    static func hash(_ file: borrowing OpenFile, copyingTo target: Int32? = nil, named destination: String = "") throws(StoreError)
        -> StoredObject
    {
        file.rewind()
        var hasher = SHA256Hasher()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var size = 0
        while true {
            let count = try file.read(into: &buffer)
            if count == 0 { break }
            var failure: StoreError?
            buffer.withUnsafeBytes { all in
                let bytes = UnsafeRawBufferPointer(rebasing: all[..<count])
                hasher.update(bytes)
                if let target { failure = OpenFile.write(bytes, to: target, named: destination) }
            }
            if let failure { throw failure }
            size += count
        }
        return StoredObject(digest: hasher.finalize(), size: size)
    }
}

/// What ``Store/verifyAll()`` found.
public struct StoreVerification: Hashable, Sendable {
    /// Sound objects.
    public internal(set) var objects = 0
    /// Their bytes together.
    public internal(set) var bytes = 0
    /// Objects whose bytes had changed; they are in `corrupt/` now.
    public internal(set) var corrupted: [SHA256Digest] = []
    /// Paths under the store's root that are no objects and were left alone.
    public internal(set) var unexpected: [String] = []
}
