import Integrity
import Testing

@Suite("Keys and signatures")
struct KeyTests {
    @Test("a signature is good for its message and key, and for no other", arguments: KeyAlgorithm.allCases)
    func signAndVerify(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let other = try SigningKey.generate(algorithm)
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        #expect(key.algorithm == algorithm)
        #expect(key.publicKey.verify(signature, of: message))
        #expect(!key.publicKey.verify(signature, of: message + [0]))
        #expect(!key.publicKey.verify(signature, of: []))
        #expect(!other.publicKey.verify(signature, of: message))
        #expect(!key.publicKey.verify([], of: message))
        #expect(key.publicKey.verify(try key.sign([]), of: []))
    }

    @Test("no flipped bit of a signature passes, nor a shorter or longer one", arguments: KeyAlgorithm.allCases)
    func damagedSignature(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let signature = try key.sign([1, 2, 3])
        for bit in 0..<signature.count * 8 {
            var damaged = signature
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(!key.publicKey.verify(damaged, of: [1, 2, 3]), "bit \(bit)")
        }
        for length in 0..<signature.count { #expect(!key.publicKey.verify(Array(signature[..<length]), of: [1, 2, 3])) }
        #expect(!key.publicKey.verify(signature + [0], of: [1, 2, 3]))
    }

    @Test("an ECDSA signature in another encoding than DER's own is refused")
    func canonicalDER() throws {
        let key = try SigningKey.generate(.ecdsaP256)
        let signature = try key.sign([1])
        let body = Array(signature.dropFirst(2))
        #expect(key.publicKey.verify([0x30, UInt8(body.count)] + body, of: [1]), "taking the signature apart keeps it")
        // BER's long length, BER's indefinite length, a zero too many before r, bytes inside the sequence after s.
        #expect(!key.publicKey.verify([0x30, 0x81, UInt8(body.count)] + body, of: [1]))
        #expect(!key.publicKey.verify([0x30, 0x80] + body + [0, 0], of: [1]))
        let padded = [0x02, body[1] + 1, 0x00] + body.dropFirst(2)
        #expect(!key.publicKey.verify([0x30, UInt8(padded.count)] + padded, of: [1]))
        #expect(!key.publicKey.verify([0x30, UInt8(body.count + 2)] + body + [0x05, 0x00], of: [1]))
    }

    @Test("both halves come back from their PEM texts", arguments: KeyAlgorithm.allCases)
    func pem(algorithm: KeyAlgorithm) throws {
        let key = try SigningKey.generate(algorithm)
        let readBack = try SigningKey(pem: key.privatePEM())
        #expect(readBack.publicKey == key.publicKey)
        #expect(try PublicKey(pem: key.publicKey.pem) == key.publicKey)
        #expect(key.publicKey.verify(try readBack.sign([5]), of: [5]))
    }

    @Test("key ids are in-toto's: these two were computed by securesystemslib 1.6.0")
    func keyID() throws {
        #expect(try PublicKey(pem: KeyExamples.ecdsaPEM).keyID == "933eed4f3b7ef6e3fcd7d99ca869c2e3b7bd7559d66d88b5f757f2f9cf97a543")
        #expect(try PublicKey(pem: KeyExamples.ed25519PEM).keyID == "38e52b50bd79b8ce145eb3b547e23aafe5c94c9e46bb3705dcb3c6f374694637")
    }

    @Test("a key and a signature made by the openssl program are taken")
    func madeElsewhere() throws {
        let key = try SigningKey(pem: KeyExamples.ecdsaPrivatePEM)
        #expect(key.publicKey.pem == KeyExamples.ecdsaPEM + "\n")
        let signature = try #require(bytes(hex: KeyExamples.ecdsaSignature))
        #expect(key.publicKey.verify(signature, of: Array("made elsewhere".utf8)))
    }

    @Test("white space and other systems' line ends around a key are let pass")
    func lineEnds() throws {
        let key = try PublicKey(pem: KeyExamples.ecdsaPEM)
        #expect(try PublicKey(pem: "\r\n" + KeyExamples.ecdsaPEM.split(separator: "\n").joined(separator: "\r\n") + "\r\n\r\n") == key)
    }

    @Test("keys of other kinds are refused", arguments: KeyExamples.otherKinds)
    func otherKinds(name: String, pem: String) {
        #expect(throws: KeyError.unsupported(source: name)) { try PublicKey(pem: pem, source: name) }
    }

    @Test("private keys of other kinds, forms and under a passphrase are refused with advice", arguments: KeyExamples.unusablePrivateKeys)
    func otherPrivateKeys(name: String, pem: String, advice: String) {
        let error = #expect(throws: KeyError.self) { _ = try SigningKey(pem: pem, source: name) }
        #expect(error?.description.contains(advice) == true && error?.description.contains(name) == true, "\(String(describing: error))")
    }

    @Test("a point off the curve is refused")
    func offCurve() throws {
        let lines = KeyExamples.ecdsaPEM.split(separator: "\n")
        let damaged = [lines[0], lines[1], "A" + lines[2].dropFirst(), lines[3]].joined(separator: "\n")
        #expect(throws: KeyError.malformed(source: "the public key", reason: "its point is not on the curve")) {
            try PublicKey(pem: damaged)
        }
    }

    @Test("text that is not one PEM block is refused, whatever its first or last line says")
    func notPEM() throws {
        let pem = KeyExamples.ecdsaPEM
        for text in [
            "", "\n", "hello", "-----BEGIN PUBLIC KEY-----", pem + "\n" + pem, "x\n" + pem, pem + "\nx", KeyExamples.ecdsaPrivatePEM,
        ] {
            #expect(throws: KeyError.self, "\(text)") { try PublicKey(pem: text) }
        }
        for length in 0..<pem.utf8.count - 1 {
            #expect(throws: KeyError.self) { try PublicKey(pem: String(pem.prefix(length))) }
        }
    }

    @Test("a public key handed over as private, or the reverse, is told apart")
    func wrongHalf() {
        let error = #expect(throws: KeyError.self) { try PublicKey(pem: KeyExamples.ecdsaPrivatePEM) }
        #expect(error?.description.contains("secret half") == true)
        #expect(throws: KeyError.self) { _ = try SigningKey(pem: KeyExamples.ecdsaPEM) }
    }

    @Test("no damage to a private key's text crashes, and what still loads is the same key or another whole one")
    func damagedPrivateKey() throws {
        let pem = Array(KeyExamples.ecdsaPrivatePEM.utf8)
        for index in pem.indices {
            var damaged = pem
            damaged[index] ^= 1
            if let key = try? SigningKey(pem: String(decoding: damaged, as: UTF8.self)) {
                #expect(key.publicKey.verify(try key.sign([1]), of: [1]))
            }
        }
    }

    private func bytes(hex: String) -> [UInt8]? {
        let digits = Array(hex)
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count - 1, by: 2) {
            guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
