/// What a record says when it is asked.
package enum Testimony: Hashable, Sendable {
    case proved(Proof)
    /// There is something, and something is missing.
    case partly([Evidence], missing: String)
    /// There is nothing, or the contrary; evidence shows it where there is any.
    case denied([Evidence], reason: String)

    /// - Parameters:
    ///   - missing: each thing that is not there.
    ///   - nothing: the reason where there is no evidence at all.
    package init(_ evidence: [Evidence], missing: [String] = [], nothing: String) {
        if let proof = Proof(evidence), missing.isEmpty {
            self = .proved(proof)
        } else if evidence.isEmpty {
            self = .denied([], reason: missing.isEmpty ? nothing : missing.joined(separator: "; "))
        } else {
            self = .partly(evidence, missing: missing.joined(separator: "; "))
        }
    }

    package var evidence: [Evidence] {
        switch self {
        case .proved(let proof): proof.evidence
        case .partly(let evidence, _), .denied(let evidence, _): evidence
        }
    }

    /// What is not proved; nil where all is.
    package var shortfall: String? {
        switch self {
        case .proved: nil
        case .partly(_, let missing): missing
        case .denied(_, let reason): reason
        }
    }
}
