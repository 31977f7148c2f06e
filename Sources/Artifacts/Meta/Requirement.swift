import Integrity

/// Reads what an artifact requires: `{"kind": …, "alias" | "uid" | "tags": …, "version": RANGE}`.
enum Requirement {
    /// - Parameters:
    ///   - kind: the only kind that can stand here, which then need not be written.
    ///   - placeholders: what `${…}` in the alias may stand for; nil where none may stand there.
    static func read(_ node: MetaNode, kind onlyKind: ArtifactKind?, placeholders: Placeholders? = nil) -> ArtifactQuery? {
        guard node.refuseUnknown(["kind", "alias", "uid", "tags", "version"]) else { return nil }
        var query = ArtifactQuery(kind: onlyKind)
        if onlyKind == nil || !node["kind"].isAbsent {
            query.kind = node["kind"].choice(ArtifactKind.self)
            if let onlyKind, let kind = query.kind, kind != onlyKind { node["kind"].problem("\"\(onlyKind)\"") }
        }
        let given = ["alias", "uid", "tags"].filter { !node[$0].isAbsent }
        if given.count != 1 {
            node.problem("exactly one of alias, uid and tags", found: given.isEmpty ? "none" : given.joined(separator: " and "))
        }
        if let placeholders, node["alias"].value?.stringValue?.contains("${") == true {
            query.alias = placeholders.candidates(node["alias"]).flatMap { candidates in
                node["alias"].text(ArtifactMeta.aliasForm) { _ in candidates.allSatisfy(ArtifactMeta.isAlias) }
            }
        } else {
            query.alias = node["alias"].optionalText(ArtifactMeta.aliasForm, where: ArtifactMeta.isAlias)
        }
        query.uid = node["uid"].optionalText(ArtifactMeta.uidForm, where: ArtifactMeta.isUID)
        query.tags = node["tags"].optionalElements("an array of tags").compactMap {
            $0.text(ArtifactMeta.tagForm, where: ArtifactMeta.isTag)
        }
        if !node["tags"].isAbsent, query.tags.isEmpty { node["tags"].problem("at least one tag") }
        if let text = node["version"].optionalText(
            "a version range such as 1.2.3, ^1.2, ~1.2 or \">=1.0 <2.0\"", where: { VersionRange($0) != nil })
        {
            query.versions = VersionRange(text) ?? .any
        }
        return query.kind != nil && (query.alias != nil || query.uid != nil || !query.tags.isEmpty) ? query : nil
    }
}
