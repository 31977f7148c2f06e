import Reporting
import Testing

@Suite("The table on the terminal")
struct TerminalTableTests {
    private let table = TerminalTable(
        columns: [.init("Claim"), .init("Measured", alignment: .right), .init("Verdict")],
        rows: [
            .init([.init("Rolls"), .init("0.015"), .init("✓ reproduced", tone: .good)]),
            .init([.init("Learns"), .init("13,274"), .init("✗ not reproduced", tone: .bad)]),
        ])

    @Test("aligns columns and is no wider than its content")
    func layout() {
        #expect(
            table.text(width: 80) == """
                Claim   Measured  Verdict
                ──────  ────────  ────────────────
                Rolls      0.015  ✓ reproduced
                Learns    13,274  ✗ not reproduced

                """)
    }

    @Test("never exceeds the width, whatever the texts", arguments: [0, 60, 61, 72, 80, 100, 120, 200])
    func width(width: Int) throws {
        var results = try Sample.results()
        results[0].claim.statement = String(repeating: "unbreakable", count: 30)
        results[1].reason = String(repeating: "much to say ", count: 30) + "漢字" + String(repeating: "字", count: 90)
        for line in VerdictTable.text(results, width: width).split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= max(60, width), "\(line)")
        }
    }

    @Test("wraps between words and loses none")
    func wrapping() {
        let text = "Learns approximately equivariant capsules from sequences"
        let lines = TerminalText.wrapped(text, width: 20)
        #expect(lines.joined(separator: " ") == text)
        #expect(lines.allSatisfy { $0.count <= 20 })
        #expect(TerminalText.wrapped("", width: 5) == [""])
        #expect(TerminalText.wrapped("abcdefgh ij", width: 3) == ["abc", "def", "gh", "ij"])
    }

    @Test("counts columns as a terminal does")
    func widths() {
        #expect(TerminalText.width("e\u{301}") == 1)
        #expect(TerminalText.width("漢字") == 4)
        #expect(TerminalText.width("−186.8 ± 0.1") == 12)
    }

    @Test("has colour only when asked, and the same shape with it")
    func colour() {
        let plain = table.text(width: 80)
        let coloured = table.text(width: 80, isColoured: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[32m✓ reproduced\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == plain)
    }

    @Test("lets no text drive the terminal")
    func hostileTexts() {
        let table = TerminalTable(
            columns: [.init("a\u{1B}]0;x\u{7}")], rows: [.init([.init("b\u{1B}[2Jc\rd\ne\u{202E}")], note: "f\u{9B}2J")])
        let text = table.text(width: 80)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0 != "\u{202E}" && $0 != "\u{7F}" })
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test("takes rows that are too short or too long")
    func raggedRows() {
        let table = TerminalTable(columns: [.init("a"), .init("b")], rows: [.init([]), .init([.init("1"), .init("2"), .init("3")])])
        #expect(!table.text(width: 60).contains("3"))
        #expect(TerminalTable(columns: [], rows: [.init([])]).text(width: 60).isEmpty)
    }

    @Test("ends with the verdicts, marks beside reported numbers, and a count of what was not measured")
    func verdicts() throws {
        let text = VerdictTable.text(try Sample.results(), width: 200)
        #expect(text.contains("574 ± 2 (recalled)"))
        #expect(text.contains("◐ reduced scale (check passed)\n  0.0150 is less than 0.2; lower than the untrained control (0.900)\n"))
        #expect(text.contains("1 claim of the paper is not measured by this workflow."))
        #expect(text.hasSuffix("1 of 1 check passed · 2 reduced scale · 1 not run\n"))
        #expect(VerdictTable.text([], width: 80) == "No claim was held against this run.\n")
    }

    @Test(
        "measures of one claim are told apart by their explanations' first words, which a number does not end",
        arguments: [
            "Error with 100 labels, against 11.97 %. More words.", "Error with 100 labels, against 11.97 %: more words",
            "Error with 100 labels, against 11.97 %",
        ])
    func labels(_ explanation: String) throws {
        var first = Sample.binding
        first.explanation = explanation
        let results = try ClaimEvaluator.evaluate(
            claims: Sample.claims, bindings: [first, Sample.binding], metrics: Sample.metrics, scale: .reduced, variation: "smoke")
        let text = VerdictTable.text(results, width: 200)
        #expect(text.contains("Error with 100 labels, against 11.97 %: 0.0150 is less than 0.2"), "\(text)")
    }
}
