/// Where what lies in a site, relative to it. All names are made of letters that are safe in any address.
enum SitePath {
    static let front = "index.html"
    static let refused = "refused.html"
    /// Marks a folder as a site of ours, names all its files, and tells programs what the pages tell people.
    static let marker = "reprise-site.json"

    static func benchmark(_ benchmark: IndexedBenchmark) -> String { "benchmarks/\(benchmark.slug).html" }
    static func entry(_ entry: IndexedEntry) -> String { "submissions/\(entry.slug).html" }
    static func archive(_ entry: IndexedEntry) -> String { "files/\(entry.slug).tar.zst" }
}
