/// What is asked of the catalogue: everything given must agree.
public struct ArtifactQuery: Hashable, Sendable, CustomStringConvertible {
    public var kind: ArtifactKind?
    public var alias: String?
    public var uid: String?
    public var tags: [String]
    public var versions: VersionRange

    public init(kind: ArtifactKind? = nil, alias: String? = nil, uid: String? = nil, tags: [String] = [], versions: VersionRange = .any) {
        (self.kind, self.alias, self.uid, self.tags, self.versions) = (kind, alias, uid, tags, versions)
    }

    /// Reads a query as people type it: `dataset/mnist`, `mnist`, `dataset/mnist@^1.0`, a uid of 16 hexadecimal digits, `tags:mnist,digits`,
    /// `dataset/tags:mnist`; each may end in `@` and a ``VersionRange``.
    public init(_ text: String) throws(CatalogueError) {
        self.init()
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard let range = VersionRange(String(parts[1])) else {
                throw .malformedQuery(text, reason: "\"\(parts[1])\" is not a version range such as 1.2.3, ^1.2, ~1.2 or \">=1.0 <2.0\"")
            }
            versions = range
        }
        var rest = parts[0]
        if let slash = rest.firstIndex(of: "/") {
            guard let kind = ArtifactKind(rawValue: String(rest[..<slash])) else {
                throw .malformedQuery(
                    text,
                    reason: "no kind \"\(rest[..<slash])\"; kinds are \(ArtifactKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.kind = kind
            rest = rest[rest.index(after: slash)...]
        }
        if rest.hasPrefix("tags:") {
            tags = rest.dropFirst("tags:".count).split(separator: ",").map(String.init)
            guard !tags.isEmpty, tags.allSatisfy(ArtifactMeta.isTag) else { throw .malformedQuery(text, reason: "expected tags:one,two") }
        } else if ArtifactMeta.isUID(String(rest)) {
            uid = String(rest)
        } else if ArtifactMeta.isAlias(String(rest)) {
            alias = String(rest)
        } else {
            throw .malformedQuery(text, reason: "expected an alias such as dataset/mnist, a uid of 16 hexadecimal digits, or tags:one,two")
        }
    }

    public var description: String {
        var text = kind.map { "\($0)/" } ?? ""
        text += alias ?? uid ?? "tags:\(tags.joined(separator: ","))"
        return versions == .any ? text : "\(text)@\(versions)"
    }

    /// Whether an artifact is meant, its version left aside.
    func matches(_ meta: ArtifactMeta) -> Bool {
        (kind == nil || kind == meta.kind) && (alias == nil || alias == meta.alias) && (uid == nil || uid == meta.uid)
            && tags.allSatisfy(meta.tags.contains)
    }
}
