/// Names and uids: each artifact has its own, its folder is named for it, and its kind is the one that it says.
enum IdentityRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        names(contents) + uids(contents) + kinds(contents)
    }

    private static func names(_ contents: RepositoryContents) -> [RepositoryFinding] {
        contents.artifacts.flatMap { place, meta in
            var findings: [RepositoryFinding] = []
            if meta.alias != place.alias {
                findings.append(
                    RepositoryFinding(
                        .alias, "\(place.path)/meta.json", "alias is \"\(meta.alias)\", its folder is \(place.alias)",
                        remedy: "Rename one of them: clients find an artifact by either."))
            }
            if meta.kind.rawValue != place.kind {
                findings.append(
                    RepositoryFinding(
                        .alias, "\(place.path)/meta.json", "automation_alias is \"\(meta.kind)\", the folder is one of kind \(place.kind)",
                        remedy: "Move the folder or correct automation_alias."))
            }
            return findings
        }
    }

    private static func uids(_ contents: RepositoryContents) -> [RepositoryFinding] {
        var owners: [String: String] = [:]
        if let uid = RepositoryDescriptionRules.project(contents)?["uid"]?.stringValue { owners[uid] = "meta.json" }
        var findings: [RepositoryFinding] = []
        for (place, meta) in contents.artifacts {
            let file = "\(place.path)/meta.json"
            if let other = owners[meta.uid] {
                findings.append(
                    RepositoryFinding(
                        .uidAgain, file, "uid \(meta.uid) is that of \(other) too",
                        remedy: "Give the newer one a uid of its own: openssl rand -hex 8."))
            }
            owners[meta.uid] = owners[meta.uid] ?? file
            if let what = MLCommonsUIDs.names[meta.uid] {
                findings.append(
                    RepositoryFinding(
                        .uidOfMLCommons, file, "uid \(meta.uid) is that of MLCommons' own \(what)",
                        remedy: "Give it a uid of its own: openssl rand -hex 8."))
            }
        }
        return findings
    }

    private static func kinds(_ contents: RepositoryContents) -> [RepositoryFinding] {
        var expected = [ArtifactKind.automation: MLCommonsUIDs.automation, .script: MLCommonsUIDs.script]
        for (_, meta) in contents.artifacts where meta.kind == .automation {
            if let kind = ArtifactKind(rawValue: meta.alias), expected[kind] == nil { expected[kind] = meta.uid }
        }
        return contents.artifacts.compactMap { place, meta in
            guard meta.automationUID != expected[meta.kind] else { return nil }
            let remedy =
                expected[meta.kind].map { "Write \($0)." }
                ?? "Add artifacts/automation/\(meta.kind)/meta.json, which gives the kind its uid."
            return RepositoryFinding(
                .kindUID, "\(place.path)/meta.json", "automation_uid \(meta.automationUID) is not the uid of the kind \(meta.kind)",
                remedy: remedy)
        }
    }
}
