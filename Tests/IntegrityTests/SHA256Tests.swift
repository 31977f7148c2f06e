import Foundation
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

    @Test("a file's digest is that of its bytes, however many reads they take")
    func files() throws {
        try withTemporaryFolder { folder throws in
            let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0) }
            try AtomicFile.write(bytes, to: folder + "/data")
            let (digest, size) = try SHA256Digest.ofFile(at: folder + "/data")
            #expect(digest == SHA256Digest.of(bytes))
            #expect(size == bytes.count)
        }
    }

    @Test("a pipe, a folder and an absent file are refused without waiting")
    func notRegular() throws {
        try withTemporaryFolder { folder throws in
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            for path in [folder, folder + "/pipe", folder + "/none"] {
                #expect(throws: IntegrityError.self, "\(path)") { try SHA256Digest.ofFile(at: path) }
            }
        }
    }
}
