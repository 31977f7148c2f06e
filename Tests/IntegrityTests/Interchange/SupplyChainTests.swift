import Integrity
import Testing

@Suite("in-toto's layout and links")
struct SupplyChainTests {
    private let digest = SHA256Digest.of("content".utf8)

    private var link: SupplyChainLink {
        SupplyChainLink(step: "train", materials: ["data.npz": digest], products: ["weights": digest], command: ["reprise-step", "train"])
    }

    private var layout: SupplyChainLayout {
        SupplyChainLayout(
            steps: [
                .init(
                    name: "train", command: ["reprise-step", "train"],
                    expectedMaterials: [.require("data.npz"), .match("data.npz", in: .products, of: "data"), .disallowAll],
                    expectedProducts: [.create("weights"), .disallowAll])
            ],
            inspections: [.init(name: "exported_files", command: ["true"], expectedMaterials: [.disallowAll])],
            expires: Timestamp(secondsSince1970: 1_800_000_000), readme: "A run")
    }

    @Test("a rule's pattern fits the file of that name and no other")
    func patterns() {
        #expect(ArtifactRule.create("a/b.txt").json == ["CREATE", "a/b.txt"])
        #expect(ArtifactRule.create("a*b?[c].txt").json == ["CREATE", "a[*]b[?][[]c].txt"])
        #expect(ArtifactRule.require("a*b").json == ["REQUIRE", "a*b"], "in-toto takes the word of this rule literally")
        #expect(ArtifactRule.match("x[1]", in: .materials, of: "data").json == ["MATCH", "x[[]1]", "WITH", "MATERIALS", "FROM", "data"])
        #expect(ArtifactRule.disallowAll.json == ["DISALLOW", "*"])
    }

    @Test("a link has in-toto's fields and the file name that a verifier looks for")
    func linkForm() throws {
        let key = try SigningKey.generate()
        let json = link.json
        #expect(json["_type"] == "link" && json["name"] == "train")
        #expect(json["materials"]?["data.npz"]?["sha256"] == .string(digest.hex))
        #expect(json["products"]?["weights"]?["sha256"] == .string(digest.hex))
        #expect(Set((json.objectValue ?? [:]).keys) == ["_type", "name", "materials", "products", "command", "byproducts", "environment"])
        #expect(link.fileName(signedBy: key.publicKey) == "train.\(key.publicKey.keyID.prefix(8)).link")
    }

    @Test("the layout authorizes the key that signs it, and no other, for every step", arguments: KeyAlgorithm.allCases)
    func authorizedKey(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let envelope = try layout.signed(with: key)
        #expect(try envelope.verify(against: [key.publicKey]) == key.publicKey)
        let json = try JSONValue.parse(envelope.payload)
        #expect(json["expires"] == "2027-01-15T08:00:00Z")
        #expect(json["keys"]?.objectValue?.count == 1)
        let described = json["keys"]?[key.publicKey.keyID]
        #expect(described?["keyid"] == .string(key.publicKey.keyID))
        #expect(described?["keytype"] == .string(algorithm == .ecdsaP256 ? "ecdsa" : "ed25519"))
        #expect(json["steps"]?.arrayValue?.first?["pubkeys"] == [.string(key.publicKey.keyID)])
        #expect(json["steps"]?.arrayValue?.first?["threshold"] == 1)
    }

    @Test("before they are signed, the same chain gives the same bytes")
    func deterministic() throws {
        let key = try SigningKey.generate()
        #expect(try layout.signed(with: key).payload == layout.signed(with: key).payload)
        #expect(try link.signed(with: key).payload == link.json.canonicalBytes())
    }
}
