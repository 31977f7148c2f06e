import Foundation

/// A folder of keys: own pairs as `NAME.pem` and `NAME.pub.pem`, the public keys of people one trusts as `trusted/NAME.pub.pem`.
public struct KeyRing: Hashable, Sendable {
    public let folder: String

    /// Names the folder; it is made when the first key is.
    public init(folder: String) { self.folder = folder }

    /// A key in the ring.
    public struct Entry: Hashable, Sendable {
        public enum Origin: String, Hashable, Sendable {
            case own, trusted
        }

        public let name: String
        public let origin: Origin
        public let publicKey: PublicKey

        public init(name: String, origin: Origin, publicKey: PublicKey) {
            self.name = name
            self.origin = origin
            self.publicKey = publicKey
        }
    }

    // MARK: Own keys

    /// Makes a key pair and writes both halves, the private one readable by its owner only. Never replaces a key.
    @discardableResult
    public func generate(name: String, algorithm: KeyAlgorithm = .ecdsaP256) throws(KeyError) -> SigningKey {
        try KeyRing.check(name)
        try makeFolder(folder)
        for path in [privatePath(name), publicPath(name)] where exists(path) { throw .exists(name: name, path: path) }
        let key = try SigningKey.generate(algorithm)
        // The private half first: the public one follows from it, should writing stop in between.
        try write(key.privatePEM(), to: privatePath(name), mode: 0o600, name: name)
        try write(key.publicKey.pem, to: publicPath(name), mode: 0o644, name: name)
        return key
    }

    /// The own key of that name. A private key that others can read is refused, as is one whose public file is another key's.
    public func signingKey(name: String) throws(KeyError) -> SigningKey {
        try KeyRing.check(name)
        let path = privatePath(name)
        guard exists(path) else { throw .unknown(name: name, folder: folder) }
        let text: (bytes: [UInt8], mode: mode_t)
        do { text = try BoundedFile.readWithMode(path, limit: KeyRing.sizeLimit) } catch { throw .file(error) }
        guard text.mode & 0o077 == 0 else { throw .exposed(path: path, mode: UInt32(text.mode)) }
        let key = try SigningKey(pem: String(decoding: text.bytes, as: UTF8.self), source: path)
        if exists(publicPath(name)) {
            guard try read(publicPath(name)) == key.publicKey else {
                throw .malformed(source: publicPath(name), reason: "it does not belong to the private key \(path)")
            }
        }
        return key
    }

    // MARK: Public keys

    /// Keeps another's public key under `name`, from now on trusted. Keeping the same key again is no error; replacing one is.
    @discardableResult
    public func trust(pem: String, name: String) throws(KeyError) -> PublicKey {
        try KeyRing.check(name)
        let key = try PublicKey(pem: pem)
        try makeFolder(folder)
        try makeFolder(trustedFolder)
        let path = trustedPath(name)
        if exists(path) {
            guard try read(path) == key else { throw .exists(name: name, path: path) }
            return key
        }
        try write(key.pem, to: path, mode: 0o644, name: name)
        return key
    }

    /// Every key whose signatures count: the own ones and the trusted ones, each once, own ones first.
    public func publicKeys() throws(KeyError) -> [PublicKey] {
        var keys: [PublicKey] = []
        for entry in try list() where !keys.contains(entry.publicKey) { keys.append(entry.publicKey) }
        return keys
    }

    /// What the ring holds, own keys first, each part in the order of names. A folder not there yet holds nothing.
    public func list() throws(KeyError) -> [Entry] {
        var entries: [Entry] = []
        let own = try fileNames(in: folder)
        let names = Set(own.compactMap { KeyRing.name($0, suffix: ".pub.pem") ?? KeyRing.name($0, suffix: ".pem") })
        for name in names.sorted() {
            let key = own.contains(name + ".pub.pem") ? try read(publicPath(name)) : try signingKey(name: name).publicKey
            entries.append(Entry(name: name, origin: .own, publicKey: key))
        }
        for name in try fileNames(in: trustedFolder).compactMap({ KeyRing.name($0, suffix: ".pub.pem") }).sorted() {
            entries.append(Entry(name: name, origin: .trusted, publicKey: try read(trustedPath(name))))
        }
        return entries
    }

    // MARK: Names and paths

    /// No key in PEM comes near this size.
    private static let sizeLimit = 16 << 10

    private var trustedFolder: String { folder + "/trusted" }
    private func privatePath(_ name: String) -> String { "\(folder)/\(name).pem" }
    private func publicPath(_ name: String) -> String { "\(folder)/\(name).pub.pem" }
    private func trustedPath(_ name: String) -> String { "\(trustedFolder)/\(name).pub.pem" }

    /// Names become file names, so they stay within what is harmless there. `a.pub` would give its private key the name of `a`'s public one.
    private static func check(_ name: String) throws(KeyError) {
        let letters = name.utf8
        let isAllowed = letters.allSatisfy { letter in
            switch letter {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isAllowed, (1...64).contains(letters.count), !name.hasPrefix("."), !name.hasSuffix(".pub") else { throw .invalidName(name) }
    }

    /// The key's name in a file's name; nil for files that are no keys of ours.
    private static func name(_ fileName: String, suffix: String) -> String? {
        guard fileName.hasSuffix(suffix) else { return nil }
        let name = String(fileName.dropLast(suffix.count))
        do { try check(name) } catch { return nil }
        return name
    }

    // MARK: Files

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private func fileNames(in folder: String) throws(KeyError) -> Set<String> {
        guard exists(folder) else { return [] }
        do { return Set(try FileManager.default.contentsOfDirectory(atPath: folder)) } catch {
            throw .file(.unreadable(path: folder, reason: "it cannot be listed: is it a folder, and readable?"))
        }
    }

    private func read(_ path: String) throws(KeyError) -> PublicKey {
        let bytes: [UInt8]
        do { bytes = try BoundedFile.read(path, limit: KeyRing.sizeLimit) } catch { throw .file(error) }
        return try PublicKey(pem: String(decoding: bytes, as: UTF8.self), source: path)
    }

    private func write(_ text: String, to path: String, mode: mode_t, name: String) throws(KeyError) {
        do { try AtomicFile.write(Array(text.utf8), to: path, mode: mode, replacing: false) } catch {
            if case .exists = error { throw .exists(name: name, path: path) }
            throw .file(error)
        }
    }

    /// Makes the folder, closed to others, and what leads to it, as open as the umask allows.
    private func makeFolder(_ path: String) throws(KeyError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        var current = path.hasPrefix("/") ? "" : "."
        for (index, part) in parts.enumerated() {
            current += "/" + part
            if mkdir(current, index == parts.count - 1 ? 0o700 : 0o777) != 0 && errno != EEXIST {
                throw .file(.writing(current, errno: errno))
            }
        }
    }
}
