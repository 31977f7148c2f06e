import Integrity

/// A key that signed an entry, and why anybody should believe that it is whose it seems.
public struct IndexedSigner: Hashable, Sendable {
    public enum Standing: Hashable, Sendable {
        /// Whoever made the index knows the key.
        case known
        /// A file with the key lies beside the entries.
        case published(file: String)
        /// The submission brings the key itself.
        case brought
    }

    public let key: PublicKey
    public let standing: Standing

    init(_ key: PublicKey, known: [PublicKey], published: [ResultsFolder.PublishedKey]) {
        self.key = key
        if known.contains(key) {
            standing = .known
        } else {
            standing = published.first { $0.key == key }.map { .published(file: $0.file) } ?? .brought
        }
    }

    /// What a reader must know before believing in it.
    var explanation: String {
        switch standing {
        case .known: "a key that whoever made this site knows"
        case .published(let file): "its public key was published beside the entry (\(file)), and nobody vouches for whose it is"
        case .brought: "its public key came with the submission, and nobody vouches for whose it is"
        }
    }

    /// Enough of the id to tell keys apart by eye.
    var shortID: String { String(key.keyID.prefix(8)) }

    var json: JSONValue {
        var json: JSONValue = ["keyid": .string(key.keyID)]
        switch standing {
        case .known: json["standing"] = "known"
        case .published(let file):
            json["standing"] = "published"
            json["file"] = .string(file)
        case .brought: json["standing"] = "brought"
        }
        return json
    }
}
