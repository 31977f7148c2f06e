import Integrity
import Testing

@Suite("Model signatures")
struct ModelSignatureTests {
    private let first = SHA256Digest.of("first".utf8)
    private let second = SHA256Digest.of("second".utf8)

    private var signature: ModelSignature {
        ModelSignature(model: "train", files: ["b.safetensors": second, "a.json": first], extraFields: ["training": ["run": "r"]])
    }

    @Test("the one subject's digest is that of the files' digests in the order of names")
    func subject() {
        let statement = signature.statement
        #expect(statement.subject == [ResourceDescriptor(name: "train", digest: SHA256Digest.of(first.bytes + second.bytes))])
        #expect(statement.predicateType == "https://model_signing/signature/v1.0")
        #expect(statement.predicate["resources"]?.arrayValue?.map { $0["name"] } == ["a.json", "b.safetensors"])
        #expect(statement.predicate["training"]?["run"] == "r")
    }

    @Test("fields of one's own never take the place of the predicate's")
    func extraFields() {
        var forged = signature
        forged.extraFields = ["resources": .array([]), "serialization": nil]
        #expect(forged.statement.predicate["resources"]?.arrayValue?.count == 2)
        #expect(forged.statement.predicate["serialization"]?["method"] == "files")
    }

    @Test("the bundle names the key by the digest of its PEM text and holds an envelope that the key signed")
    func bundle() throws {
        let key = try SigningKey.generate()
        let bundle = try JSONValue.parse(signature.bundle(signedWith: key))
        #expect(bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json")
        let hint = bundle["verificationMaterial"]?["publicKey"]?["hint"]?.stringValue
        #expect(hint == SHA256Digest.of(key.publicKey.pem.utf8).hex)
        let envelope = try Envelope.parse(try #require(bundle["dsseEnvelope"]).canonicalBytes() + [0x0A])
        #expect(try envelope.verify(against: [key.publicKey]) == key.publicKey)
        #expect(try Statement(payload: envelope.payload) == signature.statement)
    }
}
