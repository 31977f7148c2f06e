/// What is said about which files: an in-toto Statement (v1), the payload of every signed record.
public struct Statement: Hashable, Sendable {
    public static let type = "https://in-toto.io/Statement/v1"
    /// The media type of a statement inside an ``Envelope``.
    public static let payloadType = "application/vnd.in-toto+json"

    /// What the statement is about; at least one, no name twice.
    public var subject: [ResourceDescriptor]
    /// Says how to read ``predicate``: ``Provenance/predicateType``, ``TestResult/predicateType`` or another's.
    public var predicateType: String
    /// An object.
    public var predicate: JSONValue

    public init(subject: [ResourceDescriptor], predicateType: String, predicate: JSONValue) {
        self.subject = subject
        self.predicateType = predicateType
        self.predicate = predicate
    }

    public init(subject: [ResourceDescriptor], provenance: Provenance) {
        self.init(subject: subject, predicateType: Provenance.predicateType, predicate: provenance.predicate)
    }

    public init(subject: [ResourceDescriptor], testResult: TestResult) {
        self.init(subject: subject, predicateType: TestResult.predicateType, predicate: testResult.predicate)
    }

    /// Reads a statement strictly: a field that in-toto does not define, a missing one, and a subject named twice are refused.
    public init(json: JSONValue) throws(StatementError) {
        var fields = try FieldReader(json, at: "")
        guard try fields.string("_type") == Statement.type else { throw fields.failure("_type", "\(Statement.type) is expected") }
        subject = try ResourceDescriptor.list(fields.array("subject"), at: "subject")
        guard !subject.isEmpty else { throw fields.failure("subject", "at least one is expected") }
        var names: Set<[UInt8]> = []
        for descriptor in subject where !names.insert(Array(descriptor.name.utf8)).inserted {
            throw fields.failure("subject", "\(descriptor.name) is named twice")
        }
        predicateType = try fields.string("predicateType")
        guard !predicateType.isEmpty else { throw fields.failure("predicateType", "it is empty") }
        predicate = .object(try fields.object("predicate"))
        try fields.finish()
    }

    /// Reads a statement from the payload of an envelope.
    public init(payload: [UInt8]) throws(StatementError) {
        let json: JSONValue
        // The manifest of ten thousand steps names a hundred thousand files.
        do { json = try JSONValue.parse(payload, limits: JSONLimits(bytes: 64 << 20)) } catch {
            throw StatementError(field: "", reason: "the payload is not JSON: \(error)")
        }
        try self.init(json: json)
    }

    public var json: JSONValue {
        [
            "_type": .string(Statement.type),
            "subject": .array(subject.map(\.json)),
            "predicateType": .string(predicateType),
            "predicate": predicate,
        ]
    }

    /// What is signed: the canonical form.
    public var payload: [UInt8] { json.canonicalBytes() }

    /// The statement in an envelope, signed with one key.
    public func signed(with key: SigningKey) throws(KeyError) -> Envelope {
        try Envelope.signing(payload: payload, payloadType: Statement.payloadType, with: key)
    }
}
