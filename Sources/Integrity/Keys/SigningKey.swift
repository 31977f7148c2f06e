/// The half of a key pair that signs.
public struct SigningKey: Sendable {
    public let publicKey: PublicKey
    private let key: OpenSSLKey

    public var algorithm: KeyAlgorithm { publicKey.algorithm }

    private init(_ key: OpenSSLKey, source: String) throws(KeyError) {
        publicKey = try PublicKey(encoded: key.publicBytes(), source: source)
        self.key = key
    }

    /// A new key from the system's randomness.
    public static func generate(_ algorithm: KeyAlgorithm = .ecdsaP256) throws(KeyError) -> SigningKey {
        try SigningKey(.generate(algorithm), source: "the new key")
    }

    /// Reads a PEM text with one unencrypted PKCS#8 key and nothing else. `source` names it in errors: a path, say.
    public init(pem: String, source: String = "the private key") throws(KeyError) {
        guard let key = OpenSSLKey.fromPrivate(try PEM.decode(pem, label: "PRIVATE KEY", source: source)) else {
            throw .malformed(source: source, reason: "its PKCS#8 content is damaged")
        }
        try self.init(key, source: source)
        // PKCS#8 may carry a public half of its own, and one that does not belong would make signatures that nobody can verify.
        guard let trial = try? sign([]), publicKey.verify(trial, of: []) else {
            throw .malformed(source: source, reason: "its private and public halves do not belong together")
        }
    }

    /// The secret as a PEM text (PKCS#8, not encrypted).
    public func privatePEM() throws(KeyError) -> String {
        PEM.encode(try key.privateBytes(), label: "PRIVATE KEY")
    }

    /// A signature over `message`: DER for ECDSA (different each time), 64 bytes for Ed25519.
    public func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
        try key.sign(message, algorithm)
    }
}
