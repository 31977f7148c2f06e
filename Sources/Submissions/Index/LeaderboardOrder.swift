import Reporting

/// In which order a leaderboard shows what was measured.
public enum LeaderboardOrder: Hashable, Sendable {
    case lowest
    case highest
    /// To the number that the paper reports.
    case closest(to: Double)
    /// Where nothing says what is better.
    case byName

    /// What the claim asks for: to be on one side of something, or to be near the reported number.
    init(_ criterion: ClaimCriterion?, reported: Double?) {
        switch criterion {
        case .lessThan, .lessThanMeasure: self = .lowest
        case .greaterThan, .greaterThanMeasure: self = .highest
        case .within, nil: self = reported.map { .closest(to: $0) } ?? .byName
        }
    }

    var explanation: String {
        switch self {
        case .lowest: "lowest first, as the claim asks"
        case .highest: "highest first, as the claim asks"
        case .closest: "closest to the reported number first: the claim is to reach it"
        case .byName: "by name: nothing says which is better"
        }
    }

    /// What is sorted by, lowest first.
    func rank(_ value: Double) -> Double {
        switch self {
        case .lowest: value
        case .highest: -value
        case .closest(let number): (value - number).magnitude
        case .byName: 0
        }
    }
}
