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
    /// Of a run with a matrix: what was measured for each claim over all seeds.
    public var resultLog: String { path + "/" + StepContract.resultLogFile }

    public static let manifestName = "manifest.dsse.json"

    /// A finished step's folder.
    public func step(_ name: String) -> String { path + "/steps/" + name }
    /// The folder of a step that is being worked on; renamed to ``step(_:)`` when everything in it is complete.
    public func unfinishedStep(_ name: String) -> String { path + "/steps/" + name + ".partial" }

    /// Relative to the run's folder.
    public static func outputs(ofStep name: String) -> String { "steps/\(name)/\(StepContract.outputsFolder)" }

    /// Whether a path, relative to the run's folder, is that of a file that a step produced.
    package static func isOutput(_ path: String) -> Bool {
        let parts = path.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "steps" && parts[2] == StepContract.outputsFolder
    }

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

    /// Removes what attempts at finished steps left behind; only when no process works on the run any more.
    public func removeLeftovers() throws(WorkflowError) { try StepWorkspace.removeLeftovers(in: self) }

    /// ``files(below:limit:)`` with digests and sizes.
    public static func records(below folder: String) throws -> [FileRecord] {
        try files(below: folder).map { try FileRecord($0, in: folder) }
    }
}
