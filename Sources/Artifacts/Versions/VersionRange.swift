/// A set of versions, written as npm writes them.
///
/// | text | means |
/// |---|---|
/// | `1.2.3`, `=1.2.3` | that version |
/// | `1.2`, `1` | `>=1.2.0 <1.3.0`, `>=1.0.0 <2.0.0` |
/// | `^1.2` | up to the next change of the leftmost number that is not zero: `>=1.2.0 <2.0.0`; `^0.2` is `>=0.2.0 <0.3.0` |
/// | `~1.2` | up to the next minor version: `>=1.2.0 <1.3.0`; `~1` is `>=1.0.0 <2.0.0` |
/// | `>=1.0 <2.0` | all of them hold |
/// | `^1.0 \|\| ^3.0` | one of them holds |
/// | `*` | every version, pre-releases too |
///
/// A pre-release is in a range other than `*` only where the range itself names a pre-release of the same three numbers: who asks for `^1.0`
/// does not mean `1.5.0-beta`.
public struct VersionRange: Hashable, Sendable, CustomStringConvertible {
    private let text: String
    /// One of these holds if all of its comparators do.
    private let alternatives: [[Comparator]]

    private enum Relation: Hashable { case less, lessOrEqual, equal, greaterOrEqual, greater }
    private struct Comparator: Hashable {
        let relation: Relation
        let version: SemanticVersion
    }

    public static let any = VersionRange(text: "*", alternatives: [[]])

    private init(text: String, alternatives: [[Comparator]]) {
        (self.text, self.alternatives) = (text, alternatives)
    }

    /// Reads a range; nil where the text is none.
    public init?(_ text: String) {
        guard text.utf8.count <= 256 else { return nil }
        var alternatives: [[Comparator]] = []
        for alternative in text.replacing("||", with: "|").split(separator: "|", omittingEmptySubsequences: false) {
            let words = alternative.split(separator: " ")
            guard !words.isEmpty else { return nil }
            if words == ["*"] {
                alternatives.append([])
                continue
            }
            var comparators: [Comparator] = []
            for word in words {
                guard let part = VersionRange.comparators(word) else { return nil }
                comparators += part
            }
            alternatives.append(comparators)
        }
        self.init(text: text, alternatives: alternatives)
    }

    public var description: String { text }

    public func contains(_ version: SemanticVersion) -> Bool {
        alternatives.contains { comparators in
            if comparators.isEmpty { return true }
            let namesPrerelease = comparators.contains { !$0.version.prerelease.isEmpty && $0.version.release == version.release }
            guard version.prerelease.isEmpty || namesPrerelease else { return false }
            return comparators.allSatisfy { comparator in
                switch comparator.relation {
                case .less: version < comparator.version
                case .lessOrEqual: version <= comparator.version
                case .equal: version == comparator.version
                case .greaterOrEqual: version >= comparator.version
                case .greater: version > comparator.version
                }
            }
        }
    }

    /// What one word such as `^1.2` or `<2` asks for.
    private static func comparators(_ word: Substring) -> [Comparator]? {
        let signs = [">=", "<=", ">", "<", "=", "^", "~"]
        let sign = signs.first { word.hasPrefix($0) } ?? ""
        let rest = word.dropFirst(sign.count)
        if let version = SemanticVersion(String(rest)) {
            return comparators(sign, from: version, numbers: [version.major, version.minor, version.patch])
        }
        let numbers = rest.split(separator: ".", omittingEmptySubsequences: false).map(SemanticVersion.number)
        guard (1...2).contains(numbers.count), !numbers.contains(nil) else { return nil }
        let given = numbers.compactMap { $0 }
        return comparators(sign, from: SemanticVersion(given[0], given.count > 1 ? given[1] : 0, 0), numbers: given)
    }

    private static func comparators(_ sign: String, from version: SemanticVersion, numbers: [Int]) -> [Comparator] {
        /// The first version after all that agree with the given numbers.
        let next =
            switch numbers.count {
            case 1: SemanticVersion(version.major + 1, 0, 0)
            case 2: SemanticVersion(version.major, version.minor + 1, 0)
            default: SemanticVersion(version.major, version.minor, version.patch + 1)
            }
        let isWhole = numbers.count == 3
        func from(below limit: SemanticVersion) -> [Comparator] {
            [Comparator(relation: .greaterOrEqual, version: version), Comparator(relation: .less, version: limit)]
        }
        switch sign {
        case ">=": return [Comparator(relation: .greaterOrEqual, version: version)]
        case "<": return [Comparator(relation: .less, version: version)]
        case ">": return [isWhole ? Comparator(relation: .greater, version: version) : Comparator(relation: .greaterOrEqual, version: next)]
        case "<=": return [isWhole ? Comparator(relation: .lessOrEqual, version: version) : Comparator(relation: .less, version: next)]
        case "~": return from(below: numbers.count == 1 ? next : SemanticVersion(version.major, version.minor + 1, 0))
        case "^":
            if version.major > 0 || numbers.count == 1 { return from(below: SemanticVersion(version.major + 1, 0, 0)) }
            if version.minor > 0 || numbers.count == 2 { return from(below: SemanticVersion(0, version.minor + 1, 0)) }
            return from(below: SemanticVersion(0, 0, version.patch + 1))
        default: return isWhole ? [Comparator(relation: .equal, version: version)] : from(below: next)
        }
    }
}
