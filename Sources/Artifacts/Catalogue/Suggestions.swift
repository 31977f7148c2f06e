/// Near names, for a helpful "did you mean".
package enum Suggestions {
    /// Up to three of the names that differ little from what was typed, nearest first.
    package static func near(_ typed: String, among names: some Sequence<String>) -> [String] {
        let limit = max(2, typed.count / 3)
        let ranked = Set(names).map { (distance(typed, $0, limit: limit), $0) }.filter { $0.0 <= limit && $0.1 != typed }
        return ranked.sorted { $0 < $1 }.prefix(3).map(\.1)
    }

    /// `; did you mean a or b?`, or nothing.
    package static func hint(_ typed: String, among names: some Sequence<String>) -> String {
        let near = near(typed, among: names)
        return near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    }

    /// The Levenshtein distance: how many letters must be put in, left out or replaced. Texts of more than 64 letters are not near anything.
    private static func distance(_ one: String, _ other: String, limit: Int) -> Int {
        let (left, right) = (Array(one), Array(other))
        guard left.count <= 64, right.count <= 64, abs(left.count - right.count) <= limit else { return limit + 1 }
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, candidate) in right.enumerated() {
                let replaced = diagonal + (letter == candidate ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
