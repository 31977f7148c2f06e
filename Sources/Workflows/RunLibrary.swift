import Foundation

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
