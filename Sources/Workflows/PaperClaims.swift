import Integrity

/// A paper's claims without what says nothing of the paper.
package enum PaperClaims {
    /// The parts of a claim that say what the paper says; marks and notes come and go with `reprise claims confirm`.
    private static let parts: Set = ["id", "statement", "source", "kind", "table", "row", "column", "value", "uncertainty", "unit"]

    /// Each claim's own parts, in the order of the claims; none where there is no list of them.
    package static func substance(_ claims: JSONValue) -> [JSONValue] {
        (claims.arrayValue ?? []).map { claim in
            .object((claim.objectValue ?? [:]).filter { parts.contains($0.key) && !$0.value.isNull })
        }
    }
}
