/// Why a record is not the statement it should be: which field, and what was expected there.
public struct StatementError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The way to the field, such as `subject[0].digest.sha256`; empty for the whole record.
    public let field: String
    public let reason: String

    public init(field: String, reason: String) {
        self.field = field
        self.reason = reason
    }

    public var description: String { field.isEmpty ? reason : "\(field): \(reason)" }
}
