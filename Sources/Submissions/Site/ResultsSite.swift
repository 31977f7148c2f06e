import Foundation
import Integrity

/// An index as a site of static pages: each stands for itself, loads nothing and links to the others by relative paths. The same index gives the
/// same bytes.
public struct ResultsSite: Sendable {
    /// An archive that the site brings along.
    struct Copy: Hashable, Sendable {
        var source: String
        var path: String
        /// Of the archive that was checked.
        var digest: SHA256Digest
    }

    static let format = "reprise.site/v1"

    /// Pages, and the file that marks the folder, by path.
    let pages: [(path: String, text: String)]
    let copies: [Copy]

    /// The number of files.
    public var count: Int { pages.count + copies.count }

    /// - Parameters:
    ///   - folder: what the index was made of.
    ///   - withFiles: whether archives are copied into the site.
    public init(_ index: ResultsIndex, of folder: ResultsFolder, withFiles: Bool) {
        var pages = [(path: SitePath.front, text: FrontPage.html(index)), (path: SitePath.refused, text: RefusedPage.html(index))]
        var copies: [Copy] = []
        for benchmark in index.benchmarks {
            pages.append((SitePath.benchmark(benchmark), BenchmarkPage.html(benchmark)))
            for entry in benchmark.entries {
                let archive = withFiles ? entry.archive : nil
                var page = EntryPage(entry, of: benchmark, hasFile: archive != nil)
                pages.append((SitePath.entry(entry), page.html()))
                if let archive {
                    copies.append(Copy(source: folder.path + "/" + entry.name, path: SitePath.archive(entry), digest: archive.digest))
                }
            }
        }
        let files = (pages.map(\.path) + copies.map(\.path)).sorted()
        var marker = index.json
        marker["format"] = .string(ResultsSite.format)
        marker["files"] = .array(files.map { .string($0) })
        pages.append((SitePath.marker, marker.prettyText()))
        self.pages = pages
        self.copies = copies
    }

    /// Writes the site as a whole: whoever is killed half-way leaves what was there before.
    ///
    /// - Parameter path: a folder that is not there yet, or is empty, or is a site of ours with nothing else in it, which is replaced.
    public func write(to path: String) throws {
        let place = try SiteFolder(path)
        try place.publish { staging throws in
            for page in pages { try SiteFolder.write(Array(page.text.utf8), to: staging + "/" + page.path) }
            for copy in copies {
                let target = staging + "/" + copy.path
                try SiteFolder.copy(copy.source, to: target)
                guard try SHA256Digest.ofFile(at: target).digest == copy.digest else { throw IndexError.changed(path: copy.source) }
            }
        }
    }
}
