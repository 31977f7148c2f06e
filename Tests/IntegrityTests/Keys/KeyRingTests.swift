import Foundation
import Integrity
import Testing

@Suite("Key ring")
struct KeyRingTests {
    @Test("a new key is written in two halves, the private one and the folder closed to others", arguments: KeyAlgorithm.allCases)
    func generate(algorithm: KeyAlgorithm) throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder + "/a/keys")
            let key = try ring.generate(name: "default", algorithm: algorithm)
            #expect(try fileNames(ring.folder) == ["default.pem", "default.pub.pem"])
            #expect(permissions(ring.folder) == 0o700)
            #expect(permissions(ring.folder + "/default.pem") == 0o600)
            #expect(try ring.signingKey(name: "default").publicKey == key.publicKey)
            #expect(try ring.publicKeys() == [key.publicKey])
        }
    }

    @Test("a key is never replaced, whichever half is there")
    func noOverwriting() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            let key = try ring.generate(name: "a")
            #expect(throws: KeyError.exists(name: "a", path: folder + "/a.pem")) { try ring.generate(name: "a") }
            #expect(try ring.signingKey(name: "a").publicKey == key.publicKey)
            try FileManager.default.removeItem(atPath: folder + "/a.pem")
            #expect(throws: KeyError.exists(name: "a", path: folder + "/a.pub.pem")) { try ring.generate(name: "a") }
            #expect(try fileNames(folder) == ["a.pub.pem"])
        }
    }

    @Test(
        "a private key that others can read is refused, with the command that mends it",
        arguments: [0o640, 0o604, 0o644, 0o620, 0o601] as [mode_t])
    func exposed(mode: mode_t) throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            try ring.generate(name: "a")
            chmod(folder + "/a.pem", mode)
            let error = #expect(throws: KeyError.self) { _ = try ring.signingKey(name: "a") }
            #expect(error == .exposed(path: folder + "/a.pem", mode: UInt32(mode)))
            #expect(error?.description.contains("chmod 600 \(folder)/a.pem") == true)
        }
    }

    @Test(
        "names that could leave the folder, hide or collide are refused everywhere",
        arguments: [
            "", ".", "..", ".a", "a/b", "../a", "a b", "a\n", "é", "a\0", "a.pub", String(repeating: "a", count: 65),
        ])
    func badNames(name: String) throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder + "/keys")
            #expect(throws: KeyError.invalidName(name)) { try ring.generate(name: name) }
            #expect(throws: KeyError.invalidName(name)) { _ = try ring.signingKey(name: name) }
            #expect(throws: KeyError.invalidName(name)) { try ring.trust(pem: KeyExamples.ecdsaPEM, name: name) }
            #expect(try fileNames(folder) == [])
        }
    }

    @Test("names with every allowed character are taken", arguments: ["a", "Lab-2_key.2026", String(repeating: "a", count: 64)])
    func goodNames(name: String) throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            try ring.generate(name: name, algorithm: .ed25519)
            #expect(try ring.list().map(\.name) == [name])
        }
    }

    @Test("a trusted key joins the own ones, each key once")
    func trust() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            let own = try ring.generate(name: "own").publicKey
            let friend = try ring.trust(pem: KeyExamples.ecdsaPEM, name: "friend")
            try ring.trust(pem: KeyExamples.ecdsaPEM, name: "friend")
            try ring.trust(pem: own.pem, name: "myself")
            #expect(try ring.publicKeys() == [own, friend])
            #expect(
                try ring.list() == [
                    .init(name: "own", origin: .own, publicKey: own), .init(name: "friend", origin: .trusted, publicKey: friend),
                    .init(name: "myself", origin: .trusted, publicKey: own),
                ])
            #expect(throws: KeyError.exists(name: "friend", path: folder + "/trusted/friend.pub.pem")) {
                try ring.trust(pem: KeyExamples.ed25519PEM, name: "friend")
            }
        }
    }

    @Test("a private key is not taken as a trusted one, and nothing is written")
    func trustPrivate() throws {
        try withTemporaryFolder { folder throws in
            #expect(throws: KeyError.self) { try KeyRing(folder: folder).trust(pem: KeyExamples.ecdsaPrivatePEM, name: "x") }
            #expect(try fileNames(folder) == [])
        }
    }

    @Test("a ring without a folder is empty, and says how a key is made")
    func noFolder() throws {
        let ring = KeyRing(folder: "/nonexistent/keys")
        #expect(try ring.list() == [])
        #expect(try ring.publicKeys() == [])
        let error = #expect(throws: KeyError.self) { _ = try ring.signingKey(name: "default") }
        #expect(error?.description.contains("reprise keys generate") == true)
    }

    @Test("a damaged public key is refused by its file's name")
    func damagedFile() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            try ring.trust(pem: KeyExamples.ecdsaPEM, name: "friend")
            let path = folder + "/trusted/friend.pub.pem"
            try AtomicFile.write(Array("rubbish".utf8), to: path)
            let error = #expect(throws: KeyError.self) { try ring.publicKeys() }
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test("a public file that belongs to another private key is found out before anything is signed")
    func swappedPublicFile() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            try ring.generate(name: "a")
            try AtomicFile.write(Array(KeyExamples.ecdsaPEM.utf8), to: folder + "/a.pub.pem")
            let error = #expect(throws: KeyError.self) { _ = try ring.signingKey(name: "a") }
            #expect(error?.description.contains("does not belong") == true)
        }
    }

    @Test("a key whose public file was never written still counts")
    func publicHalfMissing() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            let key = try ring.generate(name: "a")
            try FileManager.default.removeItem(atPath: folder + "/a.pub.pem")
            #expect(try ring.publicKeys() == [key.publicKey])
        }
    }

    @Test("of many threads that make the same key at once, one succeeds")
    func concurrentGeneration() throws {
        try withTemporaryFolder { folder throws in
            let ring = KeyRing(folder: folder)
            let queue = OperationQueue()
            for _ in 0..<8 { queue.addOperation { _ = try? ring.generate(name: "a") } }
            queue.waitUntilAllOperationsAreFinished()
            #expect(try fileNames(folder) == ["a.pem", "a.pub.pem"])
            #expect(try ring.publicKeys() == [ring.signingKey(name: "a").publicKey])
        }
    }
}
