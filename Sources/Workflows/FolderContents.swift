import Foundation

/// What lies below a folder. Anything that is neither a file nor a folder (links, devices, sockets) is refused, since a record must not
/// depend on what lies outside it; so are names that are not UTF-8 and paths that are too long to be looked at.
struct FolderContents {
    /// Regular files, as paths relative to the folder, in byte order.
    private(set) var files: [String] = []
    /// Folders with nothing in them.
    private(set) var emptyFolders: [String] = []

    init(of folder: String, limit: Int = 1_000_000) throws(WorkflowError) {
        var pending = [""]
        while let relative = pending.popLast() {
            let absolute = relative.isEmpty ? folder : folder + "/" + relative
            let names: [String]
            do { names = try FileManager.default.contentsOfDirectory(atPath: absolute) } catch {
                throw .unsupportedFile(
                    path: relative.isEmpty ? folder : relative, reason: "cannot be listed: \(WorkflowError.reason(of: error))")
            }
            if names.isEmpty, !relative.isEmpty { emptyFolders.append(relative) }
            for name in names {
                let path = relative.isEmpty ? name : relative + "/" + name
                var status = stat()
                guard lstat(folder + "/" + path, &status) == 0 else {
                    throw .unsupportedFile(
                        path: path,
                        reason: "cannot be looked at (\(String(cString: strerror(errno)))): its name is not UTF-8, or its path too long")
                }
                switch status.st_mode & S_IFMT {
                case S_IFDIR: pending.append(path)
                case S_IFREG: files.append(path)
                default: throw .unsupportedFile(path: path, reason: "only files and folders belong in a record: remove it")
                }
                guard files.count + pending.count <= limit else {
                    throw .unsupportedFile(path: folder, reason: "more than \(limit) files")
                }
            }
        }
        files.sort { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        emptyFolders.sort()
    }
}
