import Foundation
import Integrity

/// The digest of an artifact's folder: two folders have the same one if they have the same files with the same bytes.
///
/// It is the SHA-256 of a manifest, a text with one line for each regular file at any depth,
///
///     <SHA-256 of the file, 64 hexadecimal digits><two spaces><size in bytes, decimal><two spaces><path><line feed>
///
/// in the order of the paths' bytes; a path is relative to the folder, with `/` between names. Left out are names that begin with a dot,
/// folders named `__pycache__` (MLCommons' tools make them beside a module), `_cm.json` where it is a symbolic link (to the meta.json beside it, for those tools),
/// and the artifact's ``Artifact/companions(of:)``, which no step reads.
/// Modes and times do not count. Any other symbolic link, device, pipe or socket is refused, as are names that are not UTF-8 or hold control
/// characters, more than ``fileLimit`` files and more than ``byteLimit`` bytes.
public enum ContentDigest {
    /// At most this many files.
    public static let fileLimit = 4096
    /// At most this many bytes altogether: artifacts describe data, they do not hold it.
    public static let byteLimit = 256 << 20

    /// The digest of a folder.
    ///
    /// - Parameter companions: names of files, directly in the folder, that are left out.
    public static func of(folder: String, leavingOut companions: Set<String> = []) throws(CatalogueError) -> SHA256Digest {
        .of(Array(try manifest(of: folder, leavingOut: companions).utf8))
    }

    /// The text that is hashed.
    public static func manifest(of folder: String, leavingOut companions: Set<String> = []) throws(CatalogueError) -> String {
        var paths: [String] = []
        try collect(folder, "", depth: 0, &paths)
        paths.removeAll(where: companions.contains)
        paths.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var text = ""
        var total = 0
        for path in paths {
            let object: StoredObject
            do throws(StoreError) {
                let file = try OpenFile.reading("\(folder)/\(path)")
                total += file.size
                guard total <= byteLimit else { throw .unreadable(path: folder, reason: "more than \(byteLimit) bytes") }
                object = try Store.hash(file)
            } catch {
                throw .malformedFolder(path: "\(folder)/\(path)", reason: "\(error)")
            }
            text += "\(object.digest)  \(object.size)  \(path)\n"
        }
        return text
    }

    private static func collect(_ folder: String, _ prefix: String, depth: Int, _ paths: inout [String]) throws(CatalogueError) {
        guard depth < 16 else { throw .malformedFolder(path: "\(folder)/\(prefix)", reason: "folders nested deeper than 16") }
        for name in Folders.names(in: "\(folder)/\(prefix)") where !name.hasPrefix(".") && name != "__pycache__" {
            let path = prefix + name
            let shown = "\(folder)/\(path)"
            // A name that is not UTF-8 was repaired while it was read: the replacement character tells.
            guard !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0xFFFD }) else {
                throw .malformedFolder(path: shown, reason: "the name is not UTF-8 or holds control characters: rename it")
            }
            var status = stat()
            guard lstat(shown, &status) == 0 else { throw .malformedFolder(path: shown, reason: String(cString: strerror(errno))) }
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                paths.append(path)
                guard paths.count <= fileLimit else { throw .malformedFolder(path: folder, reason: "more than \(fileLimit) files") }
            case S_IFDIR: try collect(folder, path + "/", depth: depth + 1, &paths)
            case S_IFLNK where name == "_cm.json": break
            case S_IFLNK: throw .malformedFolder(path: shown, reason: "a symbolic link: an artifact holds its files itself")
            default: throw .malformedFolder(path: shown, reason: "not a regular file")
            }
        }
    }
}
