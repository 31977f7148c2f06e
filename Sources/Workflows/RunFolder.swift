import Artifacts
import Foundation
import Integrity

/// A run's folder, `runs/<id>/`. It holds nothing but the record: locks and checkpoints of unfinished steps apart, every file in it is
/// named by the manifest.
public struct RunFolder: Hashable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    public var id: String { (path as NSString).lastPathComponent }
    public var record: String { path + "/run.json" }
    public var manifest: String { path + "/" + RunFolder.manifestName }
    public var report: String { path + "/report.html" }
    public var crate: String { path + "/ro-crate-metadata.json" }

    public static let manifestName = "manifest.dsse.json"

    /// A finished step's folder.
    public func step(_ name: String) -> String { path + "/steps/" + name }
    /// The folder of a step that is being worked on; renamed to ``step(_:)`` when everything in it is complete.
    public func unfinishedStep(_ name: String) -> String { path + "/steps/" + name + ".partial" }

    /// Relative to the run's folder.
    public static func outputs(ofStep name: String) -> String { "steps/\(name)/\(StepContract.outputsFolder)" }

    /// A run is finished when its manifest stands: it is written last.
    public var isFinished: Bool { FileManager.default.fileExists(atPath: manifest) }

    /// Every regular file below `folder`, as paths relative to it in byte order. Anything that is neither a file nor a
    /// folder (links, devices, sockets) is refused, since a record must not depend on what lies outside it.
    public static func files(below folder: String, limit: Int = 100_000) throws(WorkflowError) -> [String] {
        var found: [String] = []
        var pending = [""]
        while let relative = pending.popLast() {
            let absolute = relative.isEmpty ? folder : folder + "/" + relative
            let names: [String]
            do { names = try FileManager.default.contentsOfDirectory(atPath: absolute) } catch {
                throw .system(action: "list", path: absolute, reason: String(cString: strerror(errno)))
            }
            for name in names {
                let path = relative.isEmpty ? name : relative + "/" + name
                var status = stat()
                guard lstat(folder + "/" + path, &status) == 0 else {
                    throw .system(action: "look at", path: folder + "/" + path, reason: String(cString: strerror(errno)))
                }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: pending.append(path)
                case S_IFREG: found.append(path)
                default: throw .unsupportedFile(path: path, reason: "only files and folders belong in a record: remove it")
                }
                guard found.count + pending.count <= limit else {
                    throw .unsupportedFile(path: folder, reason: "more than \(limit) files")
                }
            }
        }
        return found.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    /// Removes temporary files that an atomic write left in a folder when it was killed.
    package static func sweep(_ folder: String) throws(WorkflowError) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(".reprise-") && name.hasSuffix(".tmp") {
            guard unlink(folder + "/" + name) == 0 || errno == ENOENT else {
                throw .system(action: "remove", path: folder + "/" + name, reason: String(cString: strerror(errno)))
            }
        }
    }

    /// ``files(below:limit:)`` with digests and sizes.
    public static func records(below folder: String) throws -> [FileRecord] {
        try files(below: folder).map { path in
            let (digest, size) = try SHA256Digest.ofFile(at: folder + "/" + path)
            return FileRecord(path: path, digest: digest, bytes: size)
        }
    }
}

/// The runs of a home.
public struct RunLibrary: Sendable {
    public let home: Home

    public init(home: Home) { self.home = home }

    /// All runs, newest first (ids end in their time of creation).
    public func all() -> [RunFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.runs)) ?? []
        return names.filter { !$0.hasPrefix(".") }
            .map { RunFolder(path: home.runs + "/" + $0) }
            .filter { FileManager.default.fileExists(atPath: $0.record) }
            .sorted { RunLibrary.time(of: $0.id) > RunLibrary.time(of: $1.id) }
    }

    private static func time(of id: String) -> String {
        let parts = id.split(separator: "-")
        return parts.count >= 3 ? parts.suffix(3).joined(separator: "-") : id
    }

    /// A run by id, by folder path, or `latest`.
    public func find(_ name: String) throws(WorkflowError) -> RunFolder {
        if name == "latest", let latest = all().first { return latest }
        if name.contains("/"), FileManager.default.fileExists(atPath: name) {
            return RunFolder(path: name.hasSuffix("/") ? String(name.dropLast()) : name)
        }
        let folder = RunFolder(path: home.runs + "/" + name)
        if FileRecord.isSafe(name), !name.contains("/"), FileManager.default.fileExists(atPath: folder.path) { return folder }
        throw .unknownRun(name: name, known: all().prefix(5).map(\.id))
    }
}

/// Excludes two processes from working on one run. Held until released or until the process ends; lies outside the run's folder.
public struct RunLock: ~Copyable {
    private let descriptor: Int32

    public init(run: String, home: Home) throws(WorkflowError) {
        descriptor = try RunLock.lock(run: run, home: home)
    }

    private static func lock(run: String, home: Home) throws(WorkflowError) -> Int32 {
        do { try FileManager.default.createDirectory(atPath: home.locks, withIntermediateDirectories: true) } catch {
            throw .system(action: "create", path: home.locks, reason: WorkflowError.reason(of: error))
        }
        let path = home.locks + "/" + run
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(action: "open", path: path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .runBusy(run: run)
        }
        return descriptor
    }

    deinit { close(descriptor) }

    /// Lets others in; until then the lock lives, whatever else is done.
    public consuming func release() {}
}
