/// One thing that is wrong with a meta.json: where, what should be there, what is.
public struct MetaProblem: Hashable, Sendable, CustomStringConvertible {
    /// The field's path, such as `variations.smoke.parameters.steps` or `steps[2].name`.
    public let field: String
    public let expected: String
    public let found: String

    public init(field: String, expected: String, found: String) {
        (self.field, self.expected, self.found) = (field, expected, found)
    }

    public var description: String { "\(field): expected \(expected), found \(found)" }
}

/// A meta.json that is not as it should be, with all of its problems.
public struct MetaError: ClassifiedError, Hashable {
    public let file: String
    public let problems: [MetaProblem]

    public init(file: String, problems: [MetaProblem]) {
        (self.file, self.problems) = (file, problems)
    }

    public var exitClass: ExitClass { .badInput }

    /// One line per problem, each naming the file, the first twelve.
    public var description: String {
        let lines = problems.prefix(12).map { "\(file): \($0)" } + (problems.count > 12 ? ["\(file): and \(problems.count - 12) more"] : [])
        return lines.joined(separator: "\n")
    }
}
