/// Which steps lead to a product, who may vouch for them and which files each may take and leave: an in-toto layout (specification 1.0, section 4.3).
public struct SupplyChainLayout: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var name: String
        public var command: [String]
        public var expectedMaterials: [ArtifactRule]
        public var expectedProducts: [ArtifactRule]

        public init(name: String, command: [String], expectedMaterials: [ArtifactRule], expectedProducts: [ArtifactRule]) {
            self.name = name
            self.command = command
            self.expectedMaterials = expectedMaterials
            self.expectedProducts = expectedProducts
        }
    }

    /// A command that the verifier runs, and what must hold of the files in its folder when it does.
    public struct Inspection: Hashable, Sendable {
        /// Different from every step's.
        public var name: String
        public var command: [String]
        public var expectedMaterials: [ArtifactRule]

        public init(name: String, command: [String], expectedMaterials: [ArtifactRule]) {
            self.name = name
            self.command = command
            self.expectedMaterials = expectedMaterials
        }
    }

    public var steps: [Step]
    public var inspections: [Inspection]
    /// Verifiers refuse the layout from then on.
    public var expires: Timestamp
    /// For people.
    public var readme: String

    public init(steps: [Step], inspections: [Inspection], expires: Timestamp, readme: String) {
        self.steps = steps
        self.inspections = inspections
        self.expires = expires
        self.readme = readme
    }

    /// The layout under which one key alone vouches for every step.
    public func json(authorizing key: PublicKey) -> JSONValue {
        func rules(_ rules: [ArtifactRule]) -> JSONValue { .array(rules.map(\.json)) }
        func words(_ command: [String]) -> JSONValue { .array(command.map(JSONValue.string)) }
        return [
            "_type": "layout", "readme": .string(readme), "expires": .string(expires.description),
            "keys": .object([key.keyID: key.inTotoDescription]),
            "steps": .array(
                steps.map { step in
                    [
                        "_type": "step", "name": .string(step.name), "threshold": 1, "pubkeys": [.string(key.keyID)],
                        "expected_command": words(step.command), "expected_materials": rules(step.expectedMaterials),
                        "expected_products": rules(step.expectedProducts),
                    ]
                }),
            "inspect": .array(
                inspections.map { inspection in
                    [
                        "_type": "inspection", "name": .string(inspection.name), "run": words(inspection.command),
                        "expected_materials": rules(inspection.expectedMaterials), "expected_products": .array([]),
                    ]
                }),
        ]
    }

    /// The layout that names the key which signs it as the only one that vouches for steps.
    public func signed(with key: SigningKey) throws(KeyError) -> Envelope {
        try Envelope.signing(
            payload: json(authorizing: key.publicKey).canonicalBytes(), payloadType: Statement.payloadType, with: key)
    }
}
