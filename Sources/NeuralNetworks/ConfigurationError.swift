/// A model, a training or an evaluation that cannot be built as described.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A parameter outside what is possible: which, its value, what is expected.
    case invalid(parameter: String, value: String, expected: String)
    /// A model and a data set that do not fit each other.
    case mismatch(what: String, model: String, dataset: String)

    public var description: String {
        switch self {
        case .invalid(let parameter, let value, let expected): "\(parameter) is \(value), expected \(expected)"
        case .mismatch(let what, let model, let dataset): "the model's \(what) is \(model), the data set's is \(dataset)"
        }
    }

    /// Refuses a parameter for which the condition does not hold.
    public static func require(_ condition: Bool, _ parameter: String, _ value: some CustomStringConvertible, _ expected: String)
        throws(ConfigurationError)
    {
        guard condition else { throw .invalid(parameter: parameter, value: value.description, expected: expected) }
    }
}
