/// The walk through what artifacts require, deepest first.
struct DependencyResolution {
    let catalogue: Catalogue
    private(set) var ordered: [Artifact] = []
    /// Titles of the artifacts being visited, from the first.
    private var path: [String] = []
    private var done: Set<String> = []
    /// Who asks for which versions of an artifact, by its title, in the order found.
    private var requirements: [String: [CatalogueError.Requirement]] = [:]

    init(catalogue: Catalogue) { self.catalogue = catalogue }

    mutating func visit(_ artifact: Artifact) throws(CatalogueError) {
        let title = artifact.title
        if let start = path.firstIndex(of: title) { throw .cycle(path[start...] + [title]) }
        guard !done.contains(title) else { return }
        path.append(title)
        for query in artifact.requirements {
            let needed = try catalogue.find(query, requirer: title)
            let requirement = CatalogueError.Requirement(requirer: title, versions: query.versions)
            if requirements[needed.title]?.contains(requirement) != true { requirements[needed.title, default: []].append(requirement) }
            try visit(needed)
        }
        path.removeLast()
        done.insert(title)
        ordered.append(artifact)
    }

    /// Throws where an artifact's version is not in all the ranges asked for, naming everybody who asks.
    func checkVersions() throws(CatalogueError) {
        for artifact in ordered {
            guard let asked = requirements[artifact.title], asked.contains(where: { !$0.versions.contains(artifact.meta.version) }) else {
                continue
            }
            let unmet = asked.filter { !$0.versions.contains(artifact.meta.version) }
            let met = asked.filter { $0.versions.contains(artifact.meta.version) && $0.versions != .any }
            throw .versionConflict(artifact: artifact.title, found: artifact.meta.version, requirements: unmet + met)
        }
    }
}
