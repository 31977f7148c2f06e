import Foundation
import Integrity

/// One thing that a check found: what, where, and what to do.
public struct SubmissionFinding: Hashable, Sendable, CustomStringConvertible {
    public var code: SubmissionCode
    /// A path in the submission, with a field behind a colon where there is one: `submission.json:division`.
    public var place: String
    public var problem: String

    public init(_ code: SubmissionCode, at place: String, _ problem: String) {
        self.code = code
        self.place = place
        self.problem = problem
    }

    public var severity: SubmissionCode.Severity { code.severity }
    public var remedy: String { code.remedy }

    /// One line, whatever a path holds.
    public var description: String { "\(code.rawValue) at \(place): \(problem)".replacingOccurrences(of: "\n", with: "\\n") }

    public var json: JSONValue {
        [
            "code": .string(code.rawValue), "severity": .string(severity.rawValue), "place": .string(place), "problem": .string(problem),
            "remedy": .string(remedy),
        ]
    }
}
