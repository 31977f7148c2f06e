/// Why a signed record is not believed.
public enum EnvelopeError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(reason: String)
    /// The JSON says the same as a proper envelope, but not in the same bytes.
    case notCanonical
    /// Nobody whose key is trusted signed it.
    case untrustedKey(keyIDs: [String])
    /// A trusted key is named, but the signature is not its own over this content.
    case badSignature(keyID: String)

    public var description: String {
        switch self {
        case .malformed(let reason): "not a signed envelope: \(reason)"
        case .notCanonical: "its bytes are not those of the envelope they spell: the file was changed after it was written"
        case .untrustedKey(let keyIDs):
            "signed by \(keyIDs.count == 1 ? "the key" : "keys") \(keyIDs.map { String($0.prefix(64)) }.joined(separator: ", ")), which is not trusted here: "
                + "obtain the public key from its owner and pass it with --key, if you trust it"
        case .badSignature(let keyID): "the signature under the trusted key \(keyID) does not fit the content: one of them was changed"
        }
    }
}
