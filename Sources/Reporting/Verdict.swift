/// What a run says about a claim. The raw value is the text that people read, in the record as on the page.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case reproduced = "reproduced"
    case notReproduced = "not reproduced"
    /// The paper's protocol was followed, but the number it is compared with was never checked against the paper.
    case agreesUnconfirmed = "agrees with an unconfirmed number"
    case differsUnconfirmed = "differs from an unconfirmed number"
    /// Measured with less data, training or resolution than the paper's; shown beside its number, never called reproduced.
    case reducedScale = "reduced scale"
    case notRun = "not run"

    /// A shape beside the words, so that the verdict does not hang on colour.
    package var symbol: String {
        switch self {
        case .reproduced: "✓"
        case .notReproduced: "✗"
        case .agreesUnconfirmed: "≈"
        case .differsUnconfirmed: "≠"
        case .reducedScale: "◐"
        case .notRun: "–"
        }
    }
}

/// Whether the run did what its workflow demands of it at this variation. It decides the exit code; the verdict tells what that means for the paper.
public enum ClaimCheck: String, Hashable, Sendable, CaseIterable {
    case passed
    case failed
    case notApplicable = "not applicable"
}

/// How much of the paper's protocol a variation follows.
public enum RunScale: String, Hashable, Sendable, CaseIterable {
    case reduced
    case paper
}
