/// A signed payload: a Dead Simple Signing Envelope (DSSE v1, JSON form).
public struct Envelope: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        /// ``PublicKey/keyID`` of the key that signed.
        public let keyID: String
        public let bytes: [UInt8]

        public init(keyID: String, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// A media type that says how to read the payload; it is signed too.
    public let payloadType: String
    public let payload: [UInt8]
    /// At least one, no key twice.
    public let signatures: [Signature]

    public init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// Signs `payload` with one key.
    public static func signing(payload: [UInt8], payloadType: String, with key: SigningKey) throws(KeyError) -> Envelope {
        let signature = try key.sign(preAuthenticationEncoding(payloadType: payloadType, payload: payload))
        return Envelope(
            payloadType: payloadType, payload: payload, signatures: [Signature(keyID: key.publicKey.keyID, bytes: signature)])
    }

    /// What is really signed (DSSE's PAE): both parts with their lengths in front, so that no two pairs give the same bytes.
    public var preAuthenticationEncoding: [UInt8] {
        Envelope.preAuthenticationEncoding(payloadType: payloadType, payload: payload)
    }

    private static func preAuthenticationEncoding(payloadType: String, payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }

    // MARK: File form

    /// The file form: canonical JSON and a newline.
    public var bytes: [UInt8] { json.canonicalBytes() + [0x0A] }

    var json: JSONValue {
        let signatures = self.signatures.map { signature -> JSONValue in
            ["keyid": .string(signature.keyID), "sig": .string(Base64.encode(signature.bytes))]
        }
        return ["payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType), "signatures": .array(signatures)]
    }

    /// More signatures than any record needs, and few enough to check one by one.
    private static let signatureLimit = 64

    /// The largest file form that is read: the manifest of some 200,000 files.
    public static let byteLimit = 64 << 20

    /// Reads a file. Signatures are not looked at.
    ///
    /// - Throws: ``FileError`` or ``EnvelopeError``.
    public static func read(_ path: String) throws -> Envelope { try parse(try BoundedFile.read(path, limit: byteLimit)) }

    /// Reads the file form, and only it: the bytes must be exactly those that ``bytes`` gives again. So there is one file for one envelope,
    /// and a changed byte anywhere either breaks this rule or changes what is signed, the signature or the key's id.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = .init(bytes: byteLimit)) throws(EnvelopeError) -> Envelope {
        let envelope: Envelope
        do {
            envelope = try Envelope(json: try JSONValue.parse(bytes, limits: limits))
        } catch {
            throw .malformed(reason: "\(error)")
        }
        guard envelope.bytes == bytes else { throw .notCanonical }
        return envelope
    }

    private init(json: JSONValue) throws(StatementError) {
        var fields = try FieldReader(json, at: "")
        payloadType = try fields.string("payloadType")
        guard !payloadType.isEmpty else { throw fields.failure("payloadType", "it is empty") }
        payload = try fields.base64("payload")
        var signatures: [Signature] = []
        let elements = try fields.array("signatures")
        guard elements.count <= Envelope.signatureLimit else {
            throw fields.failure("signatures", "more than \(Envelope.signatureLimit) are not read")
        }
        for (index, element) in elements.enumerated() {
            var fields = try FieldReader(element, at: "signatures[\(index)]")
            let signature = Signature(keyID: try fields.string("keyid"), bytes: try fields.base64("sig"))
            guard !signature.keyID.isEmpty else { throw fields.failure("keyid", "it is empty: signatures without a key id are not taken") }
            guard !signatures.contains(where: { $0.keyID == signature.keyID }) else {
                throw fields.failure("keyid", "this key signs twice")
            }
            try fields.finish()
            signatures.append(signature)
        }
        guard !signatures.isEmpty else { throw fields.failure("signatures", "at least one is expected") }
        try fields.finish()
        self.signatures = signatures
    }

    // MARK: Verification

    /// The first trusted key whose signature is good.
    ///
    /// A signature is tried with the key that its id names and no other. A bad signature under any trusted key refuses the whole envelope; signatures
    /// of unknown keys beside a good one are let be, since they say nothing.
    public func verify(against trusted: [PublicKey]) throws(EnvelopeError) -> PublicKey {
        let message = preAuthenticationEncoding
        var verified: PublicKey?
        for signature in signatures {
            guard let key = trusted.first(where: { $0.keyID == signature.keyID }) else { continue }
            guard key.verify(signature.bytes, of: message) else { throw .badSignature(keyID: signature.keyID) }
            verified = verified ?? key
        }
        guard let verified else { throw .untrustedKey(keyIDs: signatures.map(\.keyID)) }
        return verified
    }
}

extension FieldReader {
    fileprivate mutating func base64(_ key: String) throws(StatementError) -> [UInt8] {
        guard let bytes = Base64.decode(try string(key)) else {
            throw failure(key, "Base64 with padding and without line breaks is expected")
        }
        return bytes
    }
}
