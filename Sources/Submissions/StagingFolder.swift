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
        let path = (folder.hasSuffix("/") ? folder : folder + "/") + ".reprise-submission-\(UUID().uuidString)"
        guard mkdir(path, 0o700) == 0 else {
            throw .failed(action: "make a folder in", path: folder, reason: String(cString: strerror(errno)))
        }
        self.path = path
    }

    public func remove() { try? FileManager.default.removeItem(atPath: path) }
}
