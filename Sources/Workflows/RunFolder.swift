import Artifacts
import Foundation
import Integrity

/// A run's folder, `runs/<id>/`. It holds nothing but the record: locks and checkpoints of unfinished steps apart, every file in it is
/// named by the manifest.
public struct RunFolder: Hashable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// The folder that a path leads to, by whatever way; nil where there is none.
    public init?(existing path: String) {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        self.path = String(cString: resolved)
    }

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

    /// Every regular file below `folder`, as paths relative to it in byte order.
    public static func files(below folder: String) throws(WorkflowError) -> [String] { try FolderContents(of: folder).files }

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
        try files(below: folder).map { try FileRecord($0, in: folder) }
    }
}

/// The runs of a home.
public struct RunLibrary: Sendable {
    public let home: Home

    public init(home: Home) { self.home = home }

    /// All runs, newest first.
    public func all() -> [RunFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.runs)) ?? []
        return names.filter { !$0.hasPrefix(".") }
            .compactMap { name -> (folder: RunFolder, created: timespec)? in
                let folder = RunFolder(path: home.runs + "/" + name)
                // run.json is written once, when the run is created; ids alone tell seconds apart, no less.
                var status = stat()
                return stat(folder.record, &status) == 0 ? (folder, status.st_mtim) : nil
            }
            .sorted { ($0.created.tv_sec, $0.created.tv_nsec) > ($1.created.tv_sec, $1.created.tv_nsec) }
            .map(\.folder)
    }

    /// A run by id, by folder path, or `latest`.
    public func find(_ name: String) throws(WorkflowError) -> RunFolder {
        if name == "latest", let latest = all().first { return latest }
        if name.contains("/") || name == "." || name == "..", let folder = RunFolder(existing: name) { return folder }
        let folder = RunFolder(path: home.runs + "/" + name)
        if FileRecord.isSafe(name), !name.contains("/"), FileManager.default.fileExists(atPath: folder.path) { return folder }
        throw .unknownRun(name: String(name.prefix(200)), known: all().prefix(5).map(\.id))
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
