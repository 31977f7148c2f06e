/// Everything that is required, found in versions that fit.
enum ReferenceRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        let catalogue = Catalogue(root: contents.root, sound: contents.places.compactMap(\.artifact))
        return catalogue.artifacts.compactMap { artifact in
            do throws(CatalogueError) {
                _ = try catalogue.resolve(artifact)
                return nil
            } catch {
                return RepositoryFinding(
                    .reference, RepositoryContents.place(artifact.meta.kind.rawValue, artifact.meta.alias) + "/meta.json", "\(error)",
                    remedy: "Add what is required, or change the requirement.")
            }
        }
    }
}
