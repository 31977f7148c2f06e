import Foundation
import Integrity

/// A folder that holds submissions, packed or unpacked, and bare records, as whoever runs a benchmark collects them.
public struct ResultsFolder: Sendable {
    /// More than any benchmark has had.
    public static let limit = 10_000

    /// A public key that lies beside what it signed. Whoever could change the one could change the other, so it is shown, never trusted.
    public struct PublishedKey: Hashable, Sendable {
        public var file: String
        public var key: PublicKey
    }

    public let path: String
    /// Names of what will be checked, in byte order.
    public let entries: [String]
    /// The `*.pub.pem` files, in byte order.
    public let keys: [PublishedKey]
    /// Names of what is none of these, in byte order.
    public let ignored: [String]

    public init(_ path: String) throws(IndexError) {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch { throw .noFolder(path: path) }
        guard names.count <= ResultsFolder.limit else { throw .tooMany(path: path, limit: ResultsFolder.limit) }
        var entries: [String] = []
        var keys: [PublishedKey] = []
        var ignored: [String] = []
        for name in names.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) where !name.hasPrefix(".") {
            let file = path + "/" + name
            switch ResultsFolder.kind(of: file) {
            case .file where name.hasSuffix(ResultsFolder.archiveSuffix), .folder: entries.append(name)
            case .file where name.hasSuffix(".pub.pem"):
                if let key = ResultsFolder.key(file) { keys.append(PublishedKey(file: name, key: key)) } else { ignored.append(name) }
            default: ignored.append(name)
            }
        }
        guard !entries.isEmpty else { throw .empty(path: path) }
        self.path = path
        self.entries = entries
        self.keys = keys
        self.ignored = ignored
    }

    static let archiveSuffix = ".tar.zst"

    private enum Kind { case file, folder, other }

    /// A link may lead anywhere; only what lies here counts. A folder that holds nothing of a run or a submission is somebody's own.
    private static func kind(of path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR:
            let isOurs =
                SubmissionFolder.locate(in: path) != nil
                || ["run.json", "manifest.dsse.json"].contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
            return isOurs ? .folder : .other
        default: return .other
        }
    }

    private static func key(_ file: String) -> PublicKey? {
        guard let bytes = try? BoundedFile.read(file, limit: 1 << 16) else { return nil }
        return try? PublicKey(pem: String(decoding: bytes, as: UTF8.self), source: file)
    }
}
