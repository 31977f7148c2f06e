/// A filled checklist in Markdown, for a pull request or a paper's appendix.
public enum ChecklistMarkdown {
    /// The text. Everything in it that is not ours is shown as it stands and formats nothing.
    public static func render(_ filled: FilledChecklist) -> String {
        let source = filled.checklist.source
        var lines = ["# \(plain(filled.checklist.title))", ""]
        lines.append("Run \(code(filled.run)): \(plain(filled.title)). \(plain(filled.summary)).")
        lines.append("")
        lines.append(
            "Items after \(plain(source.name)), \(plain(source.version)) (\(code(source.url))), in this project's words. *\(source.mark.rawValue)*: \(plain(source.note))"
        )
        lines.append("")
        lines.append(ChecklistWords.legend)
        if !filled.findings.isEmpty {
            lines += ["", "**The record does not hold, so it proves nothing.**", ""]
            lines += filled.findings.map { "- \(plain($0.description))" }
        }
        var section = ""
        for entry in filled.entries {
            if entry.item.section != section {
                section = entry.item.section
                lines += ["", "## \(plain(section))"]
            }
            lines.append("")
            let mark = entry.item.mark.map { " *\($0.rawValue)*" } ?? ""
            lines.append(
                "- \(entry.answer.symbol) **\(plain(entry.answer.status))**: \(plain(entry.item.text)) \(code(entry.item.id))\(mark)")
            for line in ChecklistWords.lines(of: entry) { lines.append("  - \(plain(line))") }
            for evidence in entry.answer.evidence {
                lines.append(
                    "  - \(code("\(evidence.file)")): \(code(evidence.field)) = \(code(evidence.value)) (sha256 \(code(String(evidence.sha256.hex.prefix(16)) + "…")))"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text that formats nothing and stays on its line.
    private static func plain(_ text: String) -> String {
        var escaped = ""
        for scalar in oneLine(text).unicodeScalars {
            if #"\`*_{}[]<>#|!~&"#.unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// Between backticks, of which there are more than in the text.
    private static func code(_ text: String) -> String {
        let line = oneLine(text)
        var run = 0
        var longest = 0
        for character in line {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? "`\(line)`" : "\(fence) \(line) \(fence)"
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { MarkupText.isHarmful($0) ? " " : $0 }))
    }
}
