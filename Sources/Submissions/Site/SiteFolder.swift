import CSystem
import Foundation
import Integrity
import Workflows

/// The folder that a site is written to.
struct SiteFolder {
    let path: String
    private let exists: Bool

    /// Refuses a folder that holds anything but a site of ours.
    init(_ given: String) throws(IndexError) {
        var trimmed = given
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        var status = stat()
        guard lstat(trimmed, &status) == 0 else {
            path = trimmed
            exists = false
            return
        }
        guard let resolved = realpath(trimmed, nil) else {
            throw .failed(action: "follow", path: trimmed, reason: String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        path = String(cString: resolved)
        exists = true
        if let reason = SiteFolder.obstacle(path) { throw .notOurs(path: given, reason: reason) }
    }

    /// Why a folder may not be replaced; nil where it may.
    private static func obstacle(_ path: String) -> String? {
        let files: [String]
        do { files = try RunFolder.files(below: path) } catch { return "\(error)" }
        guard let first = files.first else { return nil }
        let marker = path + "/" + SitePath.marker
        guard let bytes = try? BoundedFile.read(marker, limit: 256 << 20),
            let json = try? JSONValue.parse(bytes, limits: JSONLimits(bytes: 256 << 20)),
            json["format"]?.stringValue == ResultsSite.format
        else { return "it holds \(first) and no \(SitePath.marker)" }
        let own = Set((json["files"]?.arrayValue ?? []).compactMap(\.stringValue) + [SitePath.marker])
        return files.first { !own.contains($0) }.map { "it also holds \($0)" }
    }

    /// Fills a folder beside the final one, then gives it its name.
    func publish(_ fill: (String) throws -> Void) throws {
        let parent = (path as NSString).deletingLastPathComponent
        let staging = (parent.isEmpty ? "" : parent == "/" ? "/" : parent + "/") + ".reprise-site-\(UUID().uuidString)"
        guard mkdir(staging, 0o755) == 0 else {
            throw IndexError.failed(
                action: "make a folder in", path: parent.isEmpty ? "." : parent, reason: String(cString: strerror(errno)))
        }
        // After an exchange this is the site that was there before.
        defer { try? FileManager.default.removeItem(atPath: staging) }
        try fill(staging)
        guard exists else {
            guard rename(staging, path) == 0 else { throw failure() }
            return
        }
        if system_exchange(staging, path) == 0 { return }
        guard errno == EINVAL || errno == ENOSYS else { throw failure() }
        // A file system that cannot exchange: for an instant there is no site.
        let old = staging + "-old"
        guard rename(path, old) == 0, rename(staging, path) == 0 else {
            let reason = failure()
            rename(old, path)
            throw reason
        }
        try? FileManager.default.removeItem(atPath: old)
    }

    private func failure() -> IndexError { .failed(action: "publish", path: path, reason: String(cString: strerror(errno))) }

    static func write(_ bytes: [UInt8], to file: String) throws {
        try makeFolder(of: file)
        try AtomicFile.write(bytes, to: file)
    }

    static func copy(_ source: String, to file: String) throws {
        try makeFolder(of: file)
        do { try FileManager.default.copyItem(atPath: source, toPath: file) } catch {
            throw IndexError.failed(action: "copy to", path: file, reason: error.localizedDescription)
        }
    }

    private static func makeFolder(of file: String) throws {
        let folder = (file as NSString).deletingLastPathComponent
        do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw IndexError.failed(action: "make the folder", path: folder, reason: error.localizedDescription)
        }
    }
}
