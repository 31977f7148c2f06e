import Artifacts
import Integrity

/// A reference to an artifact as it was when the plan was made: identity, version and content digest.
public struct ArtifactReference: Hashable, Sendable {
    public var kind: String
    public var alias: String
    public var uid: String
    public var version: String
    public var digest: SHA256Digest

    public init(kind: String, alias: String, uid: String, version: String, digest: SHA256Digest) {
        self.kind = kind
        self.alias = alias
        self.uid = uid
        self.version = version
        self.digest = digest
    }

    /// `kind/alias@version`.
    public var name: String { "\(kind)/\(alias)@\(version)" }

    public var json: JSONValue {
        [
            "kind": .string(kind), "alias": .string(alias), "uid": .string(uid), "version": .string(version),
            "sha256": .string(digest.hex),
        ]
    }

    init(_ reader: RecordReader) throws(WorkflowError) {
        kind = try reader.name("kind")
        alias = try reader.name("alias")
        uid = try reader.line("uid")
        version = try reader.line("version")
        digest = try reader.digest("sha256")
    }
}

extension ArtifactReference {
    public init(_ artifact: Artifact) {
        self.init(
            kind: artifact.meta.kind.rawValue, alias: artifact.meta.alias, uid: artifact.meta.uid,
            version: artifact.meta.version.description, digest: artifact.digest)
    }
}
