/// The evidence of one step, as `in-toto-verify` reads it: an in-toto link (specification 1.0, section 4.4).
public struct SupplyChainLink: Hashable, Sendable {
    public var step: String
    /// What went in, by name.
    public var materials: [String: SHA256Digest]
    /// What came out, by name.
    public var products: [String: SHA256Digest]
    public var command: [String]

    public init(step: String, materials: [String: SHA256Digest], products: [String: SHA256Digest], command: [String]) {
        self.step = step
        self.materials = materials
        self.products = products
        self.command = command
    }

    /// The name under which a verifier looks for it.
    public func fileName(signedBy key: PublicKey) -> String { "\(step).\(key.keyID.prefix(8)).link" }

    public var json: JSONValue {
        func artifacts(_ digests: [String: SHA256Digest]) -> JSONValue { .object(digests.mapValues { ["sha256": .string($0.hex)] }) }
        return [
            "_type": "link", "name": .string(step), "materials": artifacts(materials), "products": artifacts(products),
            "command": .array(command.map(JSONValue.string)), "byproducts": .object([:]), "environment": .object([:]),
        ]
    }

    public func signed(with key: SigningKey) throws(KeyError) -> Envelope {
        try Envelope.signing(payload: json.canonicalBytes(), payloadType: Statement.payloadType, with: key)
    }
}
