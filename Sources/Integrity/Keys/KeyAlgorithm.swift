/// The signature algorithms of this project. ECDSA is the default because every client of signed records takes it.
public enum KeyAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// ECDSA over NIST P-256 and SHA-256 (FIPS 186-5), signatures in DER.
    case ecdsaP256 = "ecdsa-p256"
    /// Ed25519 (RFC 8032), signatures of 64 bytes.
    case ed25519

    /// in-toto's name for the kind of key.
    var keyType: String {
        switch self {
        case .ecdsaP256: "ecdsa"
        case .ed25519: "ed25519"
        }
    }

    /// in-toto's name for the way of signing.
    var scheme: String {
        switch self {
        case .ecdsaP256: "ecdsa-sha2-nistp256"
        case .ed25519: "ed25519"
        }
    }

    /// What a SubjectPublicKeyInfo (RFC 5280) of this algorithm starts with. The key itself follows: for P-256 the point's two coordinates
    /// (the prefix ends with 4, "uncompressed"), for Ed25519 the 32 bytes of RFC 8410.
    var publicKeyPrefix: [UInt8] {
        switch self {
        case .ecdsaP256:
            [
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
                0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
            ]
        case .ed25519: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        }
    }

    /// Bytes after ``publicKeyPrefix``.
    var publicKeyLength: Int {
        switch self {
        case .ecdsaP256: 64
        case .ed25519: 32
        }
    }
}
