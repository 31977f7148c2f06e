import Integrity
import Testing

@Suite("Signed envelopes")
struct EnvelopeTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func envelope(payload: String = "{\"a\":1}", with key: SigningKey) throws -> Envelope {
        try .signing(payload: Array(payload.utf8), payloadType: Statement.payloadType, with: key)
    }

    @Test("what is signed is DSSE's pre-authentication encoding: the specification's example")
    func preAuthenticationEncoding() {
        let envelope = Envelope(payloadType: "http://example.com/HelloWorld", payload: Array("hello world".utf8), signatures: [])
        #expect(text(envelope.preAuthenticationEncoding) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
        let empty = Envelope(payloadType: "é", payload: [], signatures: [])
        #expect(text(empty.preAuthenticationEncoding) == "DSSEv1 2 é 0 ", "lengths count bytes")
    }

    @Test("an envelope is read back from its file form and verifies under its key", arguments: KeyAlgorithm.allCases)
    func roundTrip(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        for payload in ["", "a", "ab", "abc", String(repeating: "long ", count: 10_000)] {
            let envelope = try envelope(payload: payload, with: key)
            let readBack = try Envelope.parse(envelope.bytes)
            #expect(readBack == envelope)
            #expect(try readBack.verify(against: [SigningKey.generate().publicKey, key.publicKey]) == key.publicKey)
        }
    }

    @Test("every single flipped bit of the file is found", arguments: KeyAlgorithm.allCases)
    func flippedBits(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let bytes = try envelope(with: key).bytes
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: EnvelopeError.self, "bit \(bit % 8) of byte \(bit / 8)") {
                try Envelope.parse(damaged).verify(against: [key.publicKey])
            }
        }
    }

    @Test("a file cut short or lengthened is refused")
    func truncated() throws {
        let bytes = try envelope(with: .generate()).bytes
        for length in 0..<bytes.count { #expect(throws: EnvelopeError.self) { try Envelope.parse(Array(bytes[..<length])) } }
        #expect(throws: EnvelopeError.notCanonical) { try Envelope.parse(bytes + [0x0A]) }
        #expect(throws: EnvelopeError.self) { try Envelope.parse(bytes + bytes) }
    }

    @Test("another's signature and a bad signature are told apart, with the key's id")
    func untrustedOrBad() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        let signed = try envelope(with: key)
        #expect(throws: EnvelopeError.untrustedKey(keyIDs: [key.publicKey.keyID])) { try signed.verify(against: [other.publicKey]) }
        #expect(throws: EnvelopeError.untrustedKey(keyIDs: [key.publicKey.keyID])) { try signed.verify(against: []) }
        let changed = Envelope(payloadType: signed.payloadType, payload: [1], signatures: signed.signatures)
        #expect(throws: EnvelopeError.badSignature(keyID: key.publicKey.keyID)) { try changed.verify(against: [key.publicKey]) }
        let retyped = Envelope(payloadType: "text/plain", payload: signed.payload, signatures: signed.signatures)
        #expect(throws: EnvelopeError.badSignature(keyID: key.publicKey.keyID)) { try retyped.verify(against: [key.publicKey]) }
    }

    @Test("a signature counts only under the key that its id names")
    func keyIDMustMatch() throws {
        let key = try SigningKey.generate()
        let other = try SigningKey.generate()
        let signed = try envelope(with: key)
        let renamed = Envelope(
            payloadType: signed.payloadType, payload: signed.payload,
            signatures: [.init(keyID: other.publicKey.keyID, bytes: signed.signatures[0].bytes)])
        #expect(throws: EnvelopeError.badSignature(keyID: other.publicKey.keyID)) {
            try renamed.verify(against: [key.publicKey, other.publicKey])
        }
        #expect(throws: EnvelopeError.untrustedKey(keyIDs: [other.publicKey.keyID])) { try renamed.verify(against: [key.publicKey]) }
    }

    @Test("of several signatures one trusted key is enough, but a bad one under a trusted key spoils all")
    func severalSignatures() throws {
        let first = try SigningKey.generate(.ecdsaP256)
        let second = try SigningKey.generate(.ed25519)
        let one = try envelope(with: first)
        let two = try envelope(with: second)
        let both = Envelope(payloadType: one.payloadType, payload: one.payload, signatures: one.signatures + two.signatures)
        #expect(try Envelope.parse(both.bytes).verify(against: [second.publicKey]) == second.publicKey)
        let spoiled = Envelope(
            payloadType: one.payloadType, payload: one.payload,
            signatures: one.signatures + [.init(keyID: second.publicKey.keyID, bytes: one.signatures[0].bytes)])
        #expect(throws: EnvelopeError.badSignature(keyID: second.publicKey.keyID)) {
            try spoiled.verify(against: [first.publicKey, second.publicKey])
        }
    }

    @Test(
        "what is not exactly an envelope is refused",
        arguments: [
            "null", "[]", "{}", #"{"payload":"","payloadType":"t","signatures":[]}"#, #"{"payload":"","payloadType":"t"}"#,
            #"{"payload":"","signatures":[{"keyid":"k","sig":""}]}"#, #"{"payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"","payloadType":"","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"","payloadType":"t","signatures":{"keyid":"k","sig":""}}"#,
            #"{"payload":"","payloadType":"t","signatures":[{"sig":""}]}"#,
            #"{"payload":"","payloadType":"t","signatures":[{"keyid":"","sig":""}]}"#,
            #"{"payload":"","payloadType":"t","signatures":[{"keyid":"k"}]}"#, #"{"payload":"","payloadType":"t","signatures":["k"]}"#,
            #"{"payload":"","payloadType":"t","signatures":[{"extra":1,"keyid":"k","sig":""}]}"#,
            #"{"extra":1,"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"","payloadType":"t","signatures":[{"keyid":"k","sig":""},{"keyid":"k","sig":""}]}"#,
            #"{"payload":"YR==","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"YQ","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"YQ=","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"YQ==\n","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"Y===","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"====","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"YQ==YQ==","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":"_-8=","payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
            #"{"payload":1,"payloadType":"t","signatures":[{"keyid":"k","sig":""}]}"#,
        ])
    func malformed(text: String) {
        let error = #expect(throws: EnvelopeError.self) { try Envelope.parse(Array((text + "\n").utf8)) }
        guard case .malformed = error else {
            Issue.record("\(text): \(String(describing: error))")
            return
        }
    }

    @Test("the same content in other bytes is refused: order, white space, escapes, no newline")
    func notCanonical() throws {
        let canonical = #"{"payload":"YQ==","payloadType":"t/x","signatures":[{"keyid":"k","sig":"YQ=="}]}"#
        #expect(throws: Never.self) { try Envelope.parse(Array((canonical + "\n").utf8)) }
        for text in [
            canonical, " " + canonical + "\n", canonical + "\r\n", canonical + "\n\n",
            #"{"payloadType":"t/x","payload":"YQ==","signatures":[{"keyid":"k","sig":"YQ=="}]}"# + "\n",
            #"{"payload":"YQ==","payloadType":"t\/x","signatures":[{"keyid":"k","sig":"YQ=="}]}"# + "\n",
        ] {
            #expect(throws: EnvelopeError.notCanonical, "\(text)") { try Envelope.parse(Array(text.utf8)) }
        }
    }

    @Test("a flood of signatures is refused, not compared one with another")
    func manySignatures() {
        let signatures = (0..<100_000).map { "{\"keyid\":\"\($0)\",\"sig\":\"\"}" }.joined(separator: ",")
        let text = "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[\(signatures)]}\n"
        #expect(throws: EnvelopeError.self) { try Envelope.parse(Array(text.utf8)) }
    }
}
