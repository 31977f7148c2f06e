/// How sure we are that the paper says what we record of it. The mark travels with the number: wherever the number is shown, the mark is shown.
public enum ConfidenceMark: String, Hashable, Sendable, CaseIterable {
    /// Quoted word for word from the paper.
    case verbatim
    /// Read in the paper and checked.
    case confirmed
    /// Restated by a third party; not seen in the paper itself.
    case secondary
    /// Recalled from memory; nobody has checked it against the paper.
    case recalled

    /// True where the record can stand on its own. An unconfirmed number is compared and shown, but never makes a run “reproduced”.
    public var isConfirmed: Bool {
        switch self {
        case .verbatim, .confirmed: true
        case .secondary, .recalled: false
        }
    }

    /// What a reader needs to know of the mark, in one line.
    public var explanation: String {
        switch self {
        case .verbatim: "quoted word for word from the paper"
        case .confirmed: "read in the paper and checked"
        case .secondary: "restated by a third party, unconfirmed"
        case .recalled: "recalled from memory, unconfirmed"
        }
    }
}
