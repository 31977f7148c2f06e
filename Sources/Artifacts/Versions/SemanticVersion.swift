/// A version `MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]` (semver.org, 2.0.0). Ordered, and equal, by precedence: build metadata does not count.
public struct SemanticVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int
    public let patch: Int
    /// The dot-separated identifiers after the hyphen; empty for a release.
    public let prerelease: [String]
    /// What follows the plus sign; empty where nothing does.
    public let build: String

    public init(_ major: Int, _ minor: Int, _ patch: Int) {
        (self.major, self.minor, self.patch, prerelease, build) = (major, minor, patch, [], "")
    }

    /// Reads a version written out in full; nil where the text is anything else.
    public init?(_ text: String) {
        guard text.utf8.count <= 128 else { return nil }
        let plus = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let hyphen = plus[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = hyphen[0].split(separator: ".", omittingEmptySubsequences: false).map(SemanticVersion.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else { return nil }
        (self.major, self.minor, self.patch) = (major, minor, patch)
        prerelease = hyphen.count == 2 ? hyphen[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init) : []
        build = plus.count == 2 ? String(plus[1]) : ""
        guard
            prerelease.allSatisfy({
                SemanticVersion.isIdentifier($0) && (!SemanticVersion.isNumeric($0) || SemanticVersion.hasNoLeadingZero($0))
            }),
            plus.count == 1
                || build.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ SemanticVersion.isIdentifier(String($0)) })
        else { return nil }
    }

    /// The same numbers without what follows them.
    var release: SemanticVersion { SemanticVersion(major, minor, patch) }

    public var description: String {
        "\(major).\(minor).\(patch)" + (prerelease.isEmpty ? "" : "-" + prerelease.joined(separator: "."))
            + (build.isEmpty ? "" : "+" + build)
    }

    public static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        (left.major, left.minor, left.patch) == (right.major, right.minor, right.patch) && left.prerelease == right.prerelease
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(major)
        hasher.combine(minor)
        hasher.combine(patch)
        hasher.combine(prerelease)
    }

    /// Precedence: numbers first; a pre-release comes before its release; identifiers compare as numbers where they are numbers (and then come
    /// first), else by their ASCII; of two with a common beginning the shorter comes first (semver 2.0.0, §11).
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let numbers = ((left.major, left.minor, left.patch), (right.major, right.minor, right.patch))
        if numbers.0 != numbers.1 { return numbers.0 < numbers.1 }
        if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
        for (one, other) in zip(left.prerelease, right.prerelease) where one != other {
            switch (isNumeric(one), isNumeric(other)) {
            // Without leading zeros the longer number is the larger one: no overflow at any length.
            case (true, true): return one.utf8.count != other.utf8.count ? one.utf8.count < other.utf8.count : one < other
            case (true, false): return true
            case (false, true): return false
            case (false, false): return one.utf8.lexicographicallyPrecedes(other.utf8)
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    /// A number without sign and leading zero, of at most nine digits.
    static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), isNumeric(text), hasNoLeadingZero(text) else { return nil }
        return Int(text)
    }

    private static func isNumeric(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    private static func hasNoLeadingZero(_ text: some StringProtocol) -> Bool { text.utf8.count == 1 || text.utf8.first != 0x30 }
    private static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-")
            }
    }
}
