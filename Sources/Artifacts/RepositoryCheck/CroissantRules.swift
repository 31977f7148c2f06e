/// Each data set's croissant.json is what its meta.json gives, byte for byte, and says all that readers ask for.
enum CroissantRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        contents.artifacts.flatMap { place, meta in
            guard let json = Croissant.json(of: meta) else { return [RepositoryFinding]() }
            let path = "\(place.path)/\(Croissant.fileName)"
            var findings: [RepositoryFinding] = []
            let bytes = contents.bytes(path)
            if bytes != Array(json.prettyText().utf8) {
                findings.append(
                    RepositoryFinding(
                        .croissant, path, bytes == nil ? "absent" : "not what the meta.json gives",
                        remedy: "reprise show \(meta.title) --croissant > \(path)"))
            }
            let missing = Croissant.missingFacts(of: meta)
            if !missing.isEmpty {
                findings.append(
                    RepositoryFinding(
                        .croissantFacts, "\(place.path)/meta.json", "no \(missing.joined(separator: ", no "))",
                        remedy: "Say it: Croissant readers ask for licence, citation, date and address."))
            }
            return findings
        }
    }
}
