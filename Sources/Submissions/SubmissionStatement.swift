import Integrity
import Workflows

/// What a submitter signs: an in-toto statement that names every other file of the submission with its SHA-256.
enum SubmissionStatement {
    static let predicateType = "urn:reprise:submission:v1"

    static func statement(of files: [FileRecord], document: SubmissionDocument) -> Statement {
        Statement(
            subject: files.filter { $0.path != SubmissionLayout.signature }.map { ResourceDescriptor(name: $0.path, digest: $0.digest) },
            predicateType: predicateType, predicate: predicate(document))
    }

    static func predicate(_ document: SubmissionDocument) -> JSONValue {
        ["submitter": .string(document.submitter), "run": .string(document.run), "division": .string(document.division.rawValue)]
    }
}
