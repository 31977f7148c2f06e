import Integrity

/// Something that failed its check. Nothing that it says of itself is believed.
public struct RefusedEntry: Sendable {
    /// The file's or the folder's name.
    public let name: String
    /// Who it says submits it, and for what; nil where it does not say.
    public let submitter: String?
    public let benchmark: String?
    public let findings: [SubmissionFinding]

    var json: JSONValue {
        ["name": .string(name), "findings": .array(findings.map(\.json))]
    }
}
