/// What an in-toto layout says of a step's materials or products. Rules are applied in order; each but ``require(_:)`` and ``disallowAll`` takes the files that
/// it covers out of the queue, so that a closing ``disallowAll`` refuses whatever no rule named (in-toto specification 1.0, section 4.3.3).
public enum ArtifactRule: Hashable, Sendable {
    /// Which of a step's two lists a ``match(_:in:of:)`` looks into.
    public enum List: String, Hashable, Sendable {
        case materials = "MATERIALS"
        case products = "PRODUCTS"
    }

    /// The file must be there.
    case require(String)
    /// The file has the digest that another step's list gives it.
    case match(String, in: List, of: String)
    /// The file is a product and was no material.
    case create(String)
    /// The file may be there; its digest is its link's.
    case allow(String)
    /// Nothing may be left.
    case disallowAll

    public var json: JSONValue {
        let words =
            switch self {
            // The one rule that takes its word literally.
            case .require(let name): ["REQUIRE", name]
            case .match(let name, let list, let step): ["MATCH", ArtifactRule.pattern(for: name), "WITH", list.rawValue, "FROM", step]
            case .create(let name): ["CREATE", ArtifactRule.pattern(for: name)]
            case .allow(let name): ["ALLOW", ArtifactRule.pattern(for: name)]
            case .disallowAll: ["DISALLOW", "*"]
            }
        return .array(words.map(JSONValue.string))
    }

    /// A pattern that only `name` itself fits: what a shell's patterns give a meaning stands in brackets.
    private static func pattern(for name: String) -> String {
        var pattern = ""
        for character in name.unicodeScalars {
            switch character {
            case "*", "?", "[": pattern += "[\(character)]"
            default: pattern.unicodeScalars.append(character)
            }
        }
        return pattern
    }
}
