import Foundation

/// Folder operations with errors that name the folder and the system's reason.
enum Folders {
    static func create(_ path: String) throws(WorkflowError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .system(action: "create the folder", path: path, reason: WorkflowError.reason(of: error))
        }
    }

    /// Removes a file or a folder with all that is in it; nothing there is no error.
    static func remove(_ path: String) throws(WorkflowError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            throw .system(action: "remove", path: path, reason: WorkflowError.reason(of: error))
        }
    }

    /// Flushes a complete folder to the disk and gives it its final name.
    static func publish(_ partial: String, as final: String) throws(WorkflowError) {
        for path in try RunFolder.files(below: partial) { try flush(partial + "/" + path) }
        try flush(partial)
        guard rename(partial, final) == 0 else {
            throw WorkflowError.system(action: "publish", path: final, reason: String(cString: strerror(errno)))
        }
        try flush((final as NSString).deletingLastPathComponent)
    }

    private static func flush(_ path: String) throws(WorkflowError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(action: "open", path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(action: "flush", path: path, reason: String(cString: strerror(errno)))
        }
    }
}
