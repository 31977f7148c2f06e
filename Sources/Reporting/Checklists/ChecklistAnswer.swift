import Integrity

/// The answer to a checklist's item. “Yes” cannot be written down without evidence: there is no ``Proof`` without any.
public enum ChecklistAnswer: Hashable, Sendable {
    /// The record proves it.
    case yes(Proof)
    /// The record proves a part.
    case partly([Evidence], missing: String)
    /// The record does not prove it, or shows the contrary.
    case no([Evidence], reason: String)
    /// A person must say; what the record has to say about it stands beside.
    case open([Evidence])
    /// A person has said. Nobody has checked it.
    case answered(PersonAnswer, [Evidence])
    /// The item is about something that no computation has.
    case notApplicable(reason: String)

    /// The word for it, in records and on pages.
    public var status: String {
        switch self {
        case .yes: "yes"
        case .partly: "partly"
        case .no: "no"
        case .open: "to be answered"
        case .answered(let answer, _): "answered by \(answer.person)"
        case .notApplicable: "not applicable"
        }
    }

    public var evidence: [Evidence] {
        switch self {
        case .yes(let proof): proof.evidence
        case .partly(let evidence, _), .no(let evidence, _), .open(let evidence), .answered(_, let evidence): evidence
        case .notApplicable: []
        }
    }

    /// Why it is not “yes”, or what a person said.
    public var remark: String? {
        switch self {
        case .yes, .open: nil
        case .partly(_, let missing): missing
        case .no(_, let reason), .notApplicable(let reason): reason
        case .answered(let answer, _): answer.text
        }
    }

    /// A shape beside the word, so that it does not hang on colour.
    var symbol: String {
        switch self {
        case .yes: "✓"
        case .partly: "◐"
        case .no: "✗"
        case .open: "?"
        case .answered: "✎"
        case .notApplicable: "–"
        }
    }

    /// A kind of answer without what it carries, for counting.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case yes, partly, no
        case open = "to be answered"
        case answered
        case notApplicable = "not applicable"
    }

    public var kind: Kind {
        switch self {
        case .yes: .yes
        case .partly: .partly
        case .no: .no
        case .open: .open
        case .answered: .answered
        case .notApplicable: .notApplicable
        }
    }
}

/// What a person says about an item.
public struct PersonAnswer: Hashable, Sendable {
    /// What the person answers.
    public enum Word: String, Hashable, Sendable, CaseIterable {
        case yes, no
        case notApplicable = "not applicable"
    }

    public var word: Word
    public var person: String
    /// In the person's own words: where it can be looked up, or why.
    public var text: String

    public init(word: Word, person: String, text: String) {
        self.word = word
        self.person = person
        self.text = text
    }
}
