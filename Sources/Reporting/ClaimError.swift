/// What can be wrong with a paper's claims or with the way a workflow binds them to its measures.
public enum ClaimError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A field is missing or has the wrong form. `location` names the claim, or the binding by its position.
    case malformed(location: String, field: String, expected: String)
    /// A field that nothing reads, most often a typing error.
    case unknownField(location: String, field: String, known: [String])
    /// Two claims share an id.
    case duplicate(claim: String)
    /// A binding names a claim that the paper does not have.
    case unknownClaim(location: String, claim: String)

    public var description: String {
        switch self {
        case .malformed(let location, let field, let expected):
            "\(location): field “\(field)” must be \(expected)"
        case .unknownField(let location, let field, let known):
            "\(location): unknown field “\(field)”; known are \(known.joined(separator: ", "))"
        case .duplicate(let claim):
            "claim “\(claim)” is listed twice: give each claim an id of its own"
        case .unknownClaim(let location, let claim):
            "\(location): the paper has no claim “\(claim)”; add it to the paper's claims or correct the id"
        }
    }
}
