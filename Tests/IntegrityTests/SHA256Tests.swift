import Integrity
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    @Test("agrees with FIPS 180-4's example")
    func knownAnswer() {
        #expect(SHA256Digest.of("abc".utf8).hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("hexadecimal text is taken only in its one canonical form")
    func hexForm() {
        let digest = SHA256Digest.of([])
        #expect(SHA256Digest(hex: digest.hex) == digest)
        #expect(SHA256Digest(hex: digest.hex.uppercased()) == nil)
        #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    }
}
