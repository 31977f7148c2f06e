/// The little of YAML that a repository's description needs: one `key: value` on a line.
enum FlatYAML {
    /// The values by their keys; nil for any text that says more.
    static func read(_ text: String) -> [String: String]? {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let match = line.wholeMatch(of: /([A-Za-z_]+): +([^#'"\[\]{}&*!|>%@`\t ][^#\t]*)/) else { return nil }
            guard values.updateValue(String(match.output.2).trimmingSuffix(" "), forKey: String(match.output.1)) == nil else { return nil }
        }
        return values
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
