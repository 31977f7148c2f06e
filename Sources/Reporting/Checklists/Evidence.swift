import Integrity

/// A place in a verified record that shows something: a file, its digest, a field of it and what stands there.
///
/// There is no evidence without a ``VerifiedRecord``: only one whose every byte and signature held can be quoted.
public struct Evidence: Hashable, Sendable {
    /// Relative to the run's folder. For an artifact, which the record pins as a whole, its folder in the project.
    public let file: String
    /// Of the file or, for an artifact, of its folder's content (`reprise show` tells it), as the record has it.
    public let sha256: SHA256Digest
    /// Where in the file, such as `environment.git.commit`.
    public let field: String
    /// What stands there; never empty.
    public private(set) var value: String

    /// Quotes a file of the record. Nil where the record holds no such file, or nothing is quoted.
    init?(in record: VerifiedRecord, file: String, field: String, value: String) {
        guard let digest = record.digest(ofFile: file), !value.isEmpty else { return nil }
        self.file = file
        sha256 = digest
        self.field = field
        self.value = value
    }

    /// The same place, with words for all that stands there.
    func summarized(_ words: String) -> Evidence {
        var copy = self
        copy.value = words
        return copy
    }

    /// `run.json: environment.git.commit = 1fb2f81…`
    public var text: String { "\(file): \(field) = \(value)" }

    var json: JSONValue {
        ["file": .string(file), "sha256": .string(sha256.hex), "field": .string(field), "value": .string(value)]
    }
}

/// Evidence of which there is at least one piece: what “yes” takes.
public struct Proof: Hashable, Sendable {
    public let evidence: [Evidence]

    /// Nil where there is no evidence.
    public init?(_ evidence: [Evidence]) {
        guard !evidence.isEmpty else { return nil }
        self.evidence = evidence
    }
}
