import Integrity
import Testing

@Suite("Signatures in files of their own")
struct DetachedSignatureTests {
    private func envelope(_ key: SigningKey) throws -> Envelope {
        try .signing(payload: Array("{}".utf8), payloadType: Statement.payloadType, with: key)
    }

    @Test("hold what was signed, and verify", arguments: KeyAlgorithm.allCases)
    func parts(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let detached = try DetachedSignature(of: envelope(key), by: key.publicKey)
        #expect(String(decoding: detached.message, as: UTF8.self) == "DSSEv1 28 application/vnd.in-toto+json 2 {}")
        #expect(key.publicKey.verify(detached.signature, of: detached.message))
    }

    @Test("are not taken from an envelope that another signed, or whose signature is bad")
    func refused() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        #expect(throws: EnvelopeError.untrustedKey(keyIDs: [key.publicKey.keyID])) {
            try DetachedSignature(of: envelope(key), by: other.publicKey)
        }
        let signed = try envelope(key)
        let changed = Envelope(payloadType: signed.payloadType, payload: [1], signatures: signed.signatures)
        #expect(throws: EnvelopeError.badSignature(keyID: key.publicKey.keyID)) { try DetachedSignature(of: changed, by: key.publicKey) }
    }

    @Test("are verified by OpenSSL with one command for each kind of key")
    func commands() {
        #expect(
            DetachedSignature.command(algorithm: .ecdsaP256, message: "m", signature: "s", publicKey: "k")
                == "openssl dgst -sha256 -verify k -signature s m")
        #expect(
            DetachedSignature.command(algorithm: .ed25519, message: "m", signature: "s", publicKey: "k")
                == "openssl pkeyutl -verify -pubin -inkey k -rawin -in m -sigfile s")
    }
}
