import Foundation
import Integrity

/// A folder that is to be made of a run for another's client: small files, and copies of the run's.
public struct Export: Hashable, Sendable {
    /// Name of the public key's file in every export.
    public static let keyFile = "key.pub.pem"
    static let readmeFile = "README.md"

    /// What to type in the exported folder.
    public var commands: [String]
    /// Content by path relative to the exported folder.
    public var files: [String: [UInt8]]
    /// Path relative to the exported folder → path relative to the run's.
    public var copies: [String: String] = [:]

    /// - Parameter about: what the client proves and what it does not, as Markdown.
    init(title: String, about: String, commands: [String], files: [String: [UInt8]], key: PublicKey) {
        self.commands = commands
        self.files = files
        let listing = commands.map { "    \($0)\n" }.joined()
        self.files[Export.readmeFile] = Array("# \(title)\n\n\(about)\n\nIn this folder:\n\n\(listing)".utf8)
        self.files[Export.keyFile] = Array(key.pem.utf8)
    }

    /// Makes the folder, whole or not at all; what is at `path` already is never replaced. A copy that is not what was verified is refused.
    public func write(_ run: VerifiedRun, to path: String) throws {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw ExportError.exists(path: path) }
        let final = URL(fileURLWithPath: path).standardizedFileURL.path
        let parent = (final as NSString).deletingLastPathComponent
        guard !Export.lies(parent, within: run.folder) else { throw ExportError.inside(path: path, run: run.record.id) }
        let partial = parent + "/.reprise-export-\(UUID().uuidString)"
        try Folders.create(partial)
        do {
            for (name, bytes) in files {
                try Folders.create(((partial + "/" + name) as NSString).deletingLastPathComponent)
                try AtomicFile.write(bytes, to: partial + "/" + name)
            }
            for (name, source) in copies { try Export.copy(source, of: run, to: partial + "/" + name) }
            try Folders.publish(partial, as: final)
        } catch {
            try? Folders.remove(partial)
            throw error
        }
    }

    /// Whether a folder, there already or not, is the run's own or below it, by whatever way it is named.
    private static func lies(_ folder: String, within run: RunFolder) -> Bool {
        var nearest = folder
        while RunFolder(existing: nearest) == nil, nearest != "/", !nearest.isEmpty {
            nearest = (nearest as NSString).deletingLastPathComponent
        }
        guard let place = RunFolder(existing: nearest), let own = RunFolder(existing: run.path) else { return false }
        return (place.path + "/").hasPrefix(own.path + "/")
    }

    private static func copy(_ source: String, of run: VerifiedRun, to path: String) throws {
        try Folders.create((path as NSString).deletingLastPathComponent)
        do { try FileManager.default.copyItem(atPath: run.folder.path + "/" + source, toPath: path) } catch {
            throw WorkflowError.system(action: "copy to", path: path, reason: WorkflowError.reason(of: error))
        }
        guard try SHA256Digest.ofFile(at: path).digest == run.digests[source] else { throw ExportError.changed(path: source) }
    }
}
