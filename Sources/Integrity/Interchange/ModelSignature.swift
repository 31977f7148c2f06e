/// A signature over the files of a trained model that OpenSSF's `model_signing verify key` checks: a statement of its predicate v1.0 in a
/// Sigstore bundle v0.3, signed with a key and without a transparency log.
public struct ModelSignature: Hashable, Sendable {
    public static let predicateType = "https://model_signing/signature/v1.0"
    public static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"

    /// What the model is called.
    public var model: String
    /// Every file of the model's folder, by its path relative to it.
    public var files: [String: SHA256Digest]
    /// What else is vouched for, under names other than `serialization` and `resources`; the client lets it be.
    public var extraFields: [String: JSONValue]

    public init(model: String, files: [String: SHA256Digest], extraFields: [String: JSONValue] = [:]) {
        self.model = model
        self.files = files
        self.extraFields = extraFields
    }

    /// The one subject's digest is that of all files' digests, one after the other in the order of names.
    public var statement: Statement {
        let ordered = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        var hasher = SHA256Hasher()
        for file in ordered { hasher.update(file.value.bytes) }
        var predicate = extraFields
        predicate["serialization"] = [
            "method": "files", "hash_type": "sha256", "allow_symlinks": false, "ignore_paths": .array([]),
        ]
        predicate["resources"] = .array(
            ordered.map { ["name": .string($0.key), "algorithm": "sha256", "digest": .string($0.value.hex)] })
        return Statement(
            subject: [ResourceDescriptor(name: model, digest: hasher.finalize())], predicateType: ModelSignature.predicateType,
            predicate: .object(predicate))
    }

    /// The bundle's file. Any key signs it; the client takes ECDSA P-256 and no Ed25519.
    public func bundle(signedWith key: SigningKey) throws(KeyError) -> [UInt8] {
        let envelope = try statement.signed(with: key)
        let bundle: JSONValue = [
            "mediaType": .string(ModelSignature.mediaType),
            "verificationMaterial": [
                // The client recognises a key by the digest of its PEM text.
                "publicKey": ["hint": .string(SHA256Digest.of(key.publicKey.pem.utf8).hex)], "tlogEntries": .array([]),
            ],
            "dsseEnvelope": envelope.json,
        ]
        return bundle.canonicalBytes() + [0x0A]
    }
}
