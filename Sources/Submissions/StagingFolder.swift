import Foundation

/// A folder of one's own, readable by nobody else, that is removed afterwards.
public struct StagingFolder: Sendable {
    public let path: String

    /// Beside a file that will be made of it, so that both lie on one disk.
    public init(beside file: String) throws(SubmissionError) {
        let folder = (file as NSString).deletingLastPathComponent
        try self.init(in: folder.isEmpty ? "." : folder)
    }

    /// Among the temporary files.
    public init() throws(SubmissionError) { try self.init(in: NSTemporaryDirectory()) }

    private init(in folder: String) throws(SubmissionError) {
        let folder = folder.hasSuffix("/") ? folder : folder + "/"
        StagingFolder.sweep(folder)
        let path = folder + StagingFolder.prefix + "\(getpid())-\(UUID().uuidString)"
        guard mkdir(path, 0o700) == 0 else {
            throw .failed(action: "make a folder in", path: folder, reason: String(cString: strerror(errno)))
        }
        self.path = path
    }

    /// Gives a finished file of the folder its name outside, on the disk when this returns. What is there already is not replaced.
    public func publish(_ name: String, as file: String) throws(SubmissionError) {
        guard link(path + "/" + name, file) == 0 else {
            if errno == EEXIST { throw .exists(path: file) }
            throw .failed(action: "write", path: file, reason: String(cString: strerror(errno)))
        }
        let folder = (file as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static let prefix = ".reprise-submission-"
    private static let oldest = 86_400

    /// Removes what killed commands of this user left: folders a day old, of processes that are no more. Both, since a folder that machines share may hold
    /// one of a process elsewhere.
    private static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(prefix) {
            var status = stat()
            guard lstat(folder + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(),
                time(nil) - status.st_mtim.tv_sec > oldest
            else { continue }
            let process = name.dropFirst(prefix.count).split(separator: "-").first.flatMap { pid_t($0) } ?? 0
            if process > 0, kill(process, 0) == 0 || errno != ESRCH { continue }
            try? FileManager.default.removeItem(atPath: folder + name)
        }
    }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }
}
