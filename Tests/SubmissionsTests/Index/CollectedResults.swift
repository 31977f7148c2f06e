import Foundation
import Integrity
import Submissions

/// A folder of results, as whoever runs a benchmark collects them, and the site made of it.
struct CollectedResults {
    let project: TinyProject
    let folder: String

    init(_ project: TinyProject) throws {
        self.project = project
        folder = project.folder + "/results-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// A copy of a run's or a submission's folder.
    @discardableResult
    func add(_ path: String, as name: String) throws -> String {
        try FileManager.default.copyItem(atPath: path, toPath: folder + "/" + name)
        return folder + "/" + name
    }

    func addArchive(_ staged: SubmissionBuilder.Staged, as name: String) throws {
        let root = (staged.folder as NSString).deletingLastPathComponent
        try ArchiveWriter.write(
            staged.files.map { ArchiveEntry(path: $0.path, source: .file(root + "/" + $0.path, bytes: $0.bytes)) }, to: folder + "/" + name)
    }

    func index(known: [PublicKey]? = nil) throws -> ResultsIndex {
        try ResultsIndex(try ResultsFolder(folder), known: known ?? [project.key.publicKey], catalogue: try project.catalogue())
    }

    /// Writes the site into a folder of its own.
    func site(of index: ResultsIndex, withFiles: Bool = false, to name: String = "site-\(UUID().uuidString)") throws -> String {
        let site = project.folder + "/" + name
        try ResultsSite(index, of: try ResultsFolder(folder), withFiles: withFiles).write(to: site)
        return site
    }
}

/// Every page of a site, by path.
func pages(of site: String) -> [String: String] {
    Dictionary(
        uniqueKeysWithValues: files(under: site).filter { $0.hasSuffix(".html") }.map {
            ($0, String(decoding: bytes(at: site + "/" + $0) ?? [], as: UTF8.self))
        })
}
