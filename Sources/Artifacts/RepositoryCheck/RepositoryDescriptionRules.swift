import Integrity

/// The three files that say what the repository is, each for another reader, must say the same: meta.json for us, cmr.yaml for CM,
/// artifacts/meta.yaml for MLCFlow, which writes one with a uid of its own where there is none.
enum RepositoryDescriptionRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        guard let project = project(contents) else {
            return [
                RepositoryFinding(
                    .schema, "meta.json", "no JSON object in a regular file",
                    remedy: "Write alias, uid, name, version, artifacts and workflows.")
            ]
        }
        var findings: [RepositoryFinding] = []
        let uid = project["uid"]?.stringValue
        if uid.map(ArtifactMeta.isUID) != true {
            findings.append(
                RepositoryFinding(.schema, "meta.json", "uid: expected \(ArtifactMeta.uidForm)", remedy: "Make one: openssl rand -hex 8."))
        }
        if project["alias"]?.stringValue.map(ArtifactMeta.isAlias) != true {
            findings.append(RepositoryFinding(.schema, "meta.json", "alias: expected \(ArtifactMeta.aliasForm)", remedy: "Correct it."))
        }
        for (member, folder) in [("artifacts", "artifacts"), ("workflows", "workflows")] where project[member]?.stringValue != folder {
            findings.append(RepositoryFinding(.schema, "meta.json", "\(member): expected \"\(folder)\"", remedy: "Correct it."))
        }
        let identity = ["alias": project["alias"]?.stringValue, "uid": uid, "git": "false"]
        findings += compare("cmr.yaml", identity.merging(["prefix": "artifacts"]) { $1 }, contents)
        findings += compare("artifacts/meta.yaml", identity, contents)
        return findings
    }

    /// The repository's own meta.json.
    static func project(_ contents: RepositoryContents) -> JSONValue? {
        guard let bytes = contents.bytes("meta.json"), let json = try? JSONValue.parse(bytes), json.objectValue != nil else { return nil }
        return json
    }

    private static func compare(_ file: String, _ expected: [String: String?], _ contents: RepositoryContents) -> [RepositoryFinding] {
        guard let bytes = contents.bytes(file) else {
            return [
                RepositoryFinding(
                    .description, file, "absent, or no regular file",
                    remedy: "Write it: "
                        + expected.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value ?? "…")" }.joined(separator: ", "))
            ]
        }
        guard let values = FlatYAML.read(String(decoding: bytes, as: UTF8.self)) else {
            return [
                RepositoryFinding(
                    .description, file, "not a plain list of \"key: value\" lines, each key once",
                    remedy: "Write it so that no YAML reader can differ.")
            ]
        }
        return expected.sorted { $0.key < $1.key }.compactMap { key, value in
            guard let value, values[key] != value else { return nil }
            return RepositoryFinding(
                .description, file, "\(key) is \(values[key].map { "\"\($0)\"" } ?? "absent"), meta.json gives \"\(value)\"",
                remedy: "Write \(key): \(value).")
        }
    }
}
