import Integrity
import Workflows

/// A file of a record from which private data were removed: the published bytes differ from those that the record signs, and that is declared.
public struct Redaction: Hashable, Sendable {
    /// Relative to the record.
    public var path: String
    /// What was removed; never the thing itself.
    public var kinds: [PrivateData.Kind]
    /// Of the file as the record signs it.
    public var original: SHA256Digest
    /// Of the file as it is published.
    public var published: SHA256Digest

    public init(path: String, kinds: [PrivateData.Kind], original: SHA256Digest, published: SHA256Digest) {
        self.path = path
        self.kinds = kinds
        self.original = original
        self.published = published
    }

    /// Whether a file of a record may be redacted at all: a step's log, which is read by people and by no computation. Everything else is evidence, or,
    /// like the report, follows from it: whoever could redact a report could write another one under the recorder's name.
    public static func isAllowed(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "steps" && parts[2] == StepContract.logFile
    }

    public var json: JSONValue {
        [
            "path": .string(path), "kinds": .array(kinds.map { .string($0.rawValue) }), "original_sha256": .string(original.hex),
            "sha256": .string(published.hex),
        ]
    }

    init(_ json: JSONValue, at place: String) throws(StatementError) {
        var fields = try FieldReader(json, at: place)
        path = try fields.string("path")
        kinds = []
        for text in try fields.optionalStrings("kinds") {
            guard let kind = PrivateData.Kind(rawValue: text), !kinds.contains(kind) else {
                throw fields.failure("kinds", "\"\(text)\" is no kind of private data, or stands twice")
            }
            kinds.append(kind)
        }
        guard !kinds.isEmpty else { throw fields.failure("kinds", "at least one is expected") }
        original = try fields.digest("original_sha256")
        published = try fields.digest("sha256")
        try fields.finish()
    }
}

extension FieldReader {
    mutating func digest(_ key: String) throws(StatementError) -> SHA256Digest {
        guard let digest = SHA256Digest(hex: try string(key)) else { throw failure(key, "64 lower-case hexadecimal digits are expected") }
        return digest
    }
}
