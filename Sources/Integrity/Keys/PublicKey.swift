/// The half of a key pair that verifies. It holds the one canonical encoding of its key, so equal keys are equal values.
public struct PublicKey: Hashable, Sendable {
    public let algorithm: KeyAlgorithm
    /// SubjectPublicKeyInfo (RFC 5280) in DER.
    public let encoded: [UInt8]
    /// in-toto's key id, 64 hexadecimal digits: SHA-256 of the key's description in the canonical JSON that in-toto uses.
    ///
    /// That canonical form (OLPC's) leaves line ends in strings as they are, so the digest is not that of RFC 8785's form.
    public let keyID: String

    /// Takes a SubjectPublicKeyInfo in DER. `source` names it in errors.
    init(encoded: [UInt8], source: String) throws(KeyError) {
        let algorithm = KeyAlgorithm.allCases.first { algorithm in
            encoded.count == algorithm.publicKeyPrefix.count + algorithm.publicKeyLength && encoded.starts(with: algorithm.publicKeyPrefix)
        }
        guard let algorithm else { throw .unsupported(source: source) }
        guard OpenSSLKey.fromPublic(encoded) != nil else { throw .malformed(source: source, reason: "its point is not on the curve") }
        self.algorithm = algorithm
        self.encoded = encoded
        let value = PublicKey.inTotoValue(encoded, algorithm)
        let description = "{\"keytype\":\"\(algorithm.keyType)\",\"keyval\":{\"public\":\"\(value)\"},\"scheme\":\"\(algorithm.scheme)\"}"
        keyID = SHA256Digest.of(description.utf8).hex
    }

    /// Reads a PEM text with one SubjectPublicKeyInfo and nothing else. `source` names it in errors: a path, say.
    public init(pem: String, source: String = "the public key") throws(KeyError) {
        try self.init(encoded: PEM.decode(pem, label: "PUBLIC KEY", source: source), source: source)
    }

    /// The key as a PEM text, with its final newline.
    public var pem: String { PEM.encode(encoded, label: "PUBLIC KEY") }

    /// Whether `signature` is this key's over `message`. An ECDSA signature counts only in its one DER encoding.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        OpenSSLKey.fromPublic(encoded)?.verify(signature, of: message, algorithm) ?? false
    }

    /// The key as in-toto's layouts hold it, with its id.
    public var inTotoDescription: JSONValue {
        [
            "keyid": .string(keyID), "keytype": .string(algorithm.keyType), "scheme": .string(algorithm.scheme),
            "keyval": ["public": .string(PublicKey.inTotoValue(encoded, algorithm))],
        ]
    }

    private static func inTotoValue(_ encoded: [UInt8], _ algorithm: KeyAlgorithm) -> String {
        switch algorithm {
        case .ecdsaP256: PEM.encode(encoded, label: "PUBLIC KEY")
        case .ed25519: encoded.suffix(algorithm.publicKeyLength).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }
}
