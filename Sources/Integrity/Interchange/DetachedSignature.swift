/// An envelope's signature taken apart into three files that OpenSSL's command line verifies by itself.
public struct DetachedSignature: Hashable, Sendable {
    /// What was signed: DSSE's pre-authentication encoding, which ends with the payload as it is.
    public let message: [UInt8]
    public let signature: [UInt8]
    public let publicKey: PublicKey

    /// The key's signature in the envelope; refused where it has none, or a bad one.
    public init(of envelope: Envelope, by key: PublicKey) throws(EnvelopeError) {
        // Verifying finds the signature too: no trusted key but this one is named.
        publicKey = try envelope.verify(against: [key])
        message = envelope.preAuthenticationEncoding
        guard let signature = envelope.signatures.first(where: { $0.keyID == key.keyID }) else {
            throw .untrustedKey(keyIDs: envelope.signatures.map(\.keyID))
        }
        self.signature = signature.bytes
    }

    /// The command that verifies the three files; names are taken as they are, so they must need no quoting. It prints `Verified OK` or
    /// `Signature Verified Successfully` and exits 0, or 1 where the signature does not hold.
    public static func command(algorithm: KeyAlgorithm, message: String, signature: String, publicKey: String) -> String {
        switch algorithm {
        case .ecdsaP256: "openssl dgst -sha256 -verify \(publicKey) -signature \(signature) \(message)"
        case .ed25519: "openssl pkeyutl -verify -pubin -inkey \(publicKey) -rawin -in \(message) -sigfile \(signature)"
        }
    }
}
