import COpenSSL

/// Owner of one OpenSSL key, which is never changed after it is made; OpenSSL allows reading it from several threads.
final class OpenSSLKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    static func generate(_ algorithm: KeyAlgorithm) throws(KeyError) -> OpenSSLKey {
        let name =
            switch algorithm {
            case .ecdsaP256: "EC"
            case .ed25519: "ED25519"
            }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, name, nil) else { throw .openSSL("make a key") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { throw .openSSL("make a key") }
        if algorithm == .ecdsaP256 {
            guard EVP_PKEY_CTX_set_group_name(context, "P-256") == 1 else { throw .openSSL("choose the curve P-256") }
        }
        var pointer: OpaquePointer?
        guard EVP_PKEY_generate(context, &pointer) == 1, let pointer else { throw .openSSL("make a key") }
        return OpenSSLKey(owning: pointer)
    }

    /// From a SubjectPublicKeyInfo in DER; nil when OpenSSL refuses it, for example because the point is not on the curve.
    static func fromPublic(_ der: [UInt8]) -> OpenSSLKey? {
        let pointer = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return d2i_PUBKEY(nil, &cursor, buffer.count)
        }
        guard let pointer else {
            ERR_clear_error()
            return nil
        }
        return OpenSSLKey(owning: pointer)
    }

    /// From an unencrypted PKCS#8 PrivateKeyInfo in DER (RFC 5208); nil when OpenSSL refuses it or bytes are left over.
    static func fromPrivate(_ der: [UInt8]) -> OpenSSLKey? {
        let pointer: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, buffer.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            guard let start = buffer.baseAddress, cursor == start + buffer.count else { return nil }
            return EVP_PKCS82PKEY(info)
        }
        guard let pointer else {
            ERR_clear_error()
            return nil
        }
        return OpenSSLKey(owning: pointer)
    }

    func publicBytes() throws(KeyError) -> [UInt8] {
        let size = i2d_PUBKEY(pointer, nil)
        guard size > 0 else { throw .openSSL("encode the public key") }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return i2d_PUBKEY(pointer, &cursor)
        }
        guard written == size else { throw .openSSL("encode the public key") }
        return bytes
    }

    func privateBytes() throws(KeyError) -> [UInt8] {
        guard let info = EVP_PKEY2PKCS8(pointer) else { throw .openSSL("encode the private key") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        let size = i2d_PKCS8_PRIV_KEY_INFO(info, nil)
        guard size > 0 else { throw .openSSL("encode the private key") }
        var bytes = [UInt8](repeating: 0, count: Int(size))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return i2d_PKCS8_PRIV_KEY_INFO(info, &cursor)
        }
        guard written == size else { throw .openSSL("encode the private key") }
        return bytes
    }

    func sign(_ message: [UInt8], _ algorithm: KeyAlgorithm) throws(KeyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .openSSL("sign") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, algorithm.digest, nil, pointer) == 1 else { throw .openSSL("sign") }
        var size = 0
        guard EVP_DigestSign(context, nil, &size, message, message.count) == 1 else { throw .openSSL("sign") }
        var signature = [UInt8](repeating: 0, count: size)
        guard EVP_DigestSign(context, &signature, &size, message, message.count) == 1 else { throw .openSSL("sign") }
        return Array(signature[..<size])
    }

    func verify(_ signature: [UInt8], of message: [UInt8], _ algorithm: KeyAlgorithm) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_DigestVerifyInit(context, nil, algorithm.digest, nil, pointer) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

extension KeyAlgorithm {
    /// The digest that is signed; Ed25519 hashes by itself.
    fileprivate var digest: OpaquePointer? {
        switch self {
        case .ecdsaP256: EVP_sha256()
        case .ed25519: nil
        }
    }
}

extension KeyError {
    /// Takes the oldest entry from OpenSSL's queue of errors, where the cause is, and empties the queue.
    fileprivate static func openSSL(_ operation: String) -> KeyError {
        let code = ERR_get_error()
        ERR_clear_error()
        let reason = code == 0 ? nil : ERR_reason_error_string(code).map { String(cString: $0) }
        return .cryptography(operation: operation, reason: reason ?? "no reason given")
    }
}
