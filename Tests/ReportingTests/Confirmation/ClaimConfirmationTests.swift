import Reporting
import Testing

@Suite("Confirming claims in a paper's text")
struct ClaimConfirmationTests {
    @Test("finds every number of a table whose rows are methods, however it is spaced and signed")
    func rows() {
        let outcomes = PrintedPaper.outcomes("First page.\u{0C}" + PrintedPaper.methodsAsRows, PrintedPaper.rowsClaims)
        #expect(outcomes.map(\.page) == PrintedPaper.rowsClaims.map { _ in 2 }, "\(outcomes)")
    }

    @Test("finds every number of a table whose columns are methods, under a heading of two lines")
    func columns() {
        let aliases = PrintedPaper.aliases.merging(["TVAE L=1/6": ["L=1/6"]]) { $1 }
        let outcomes = PrintedPaper.outcomes(PrintedPaper.methodsAsColumns, PrintedPaper.columnsClaims, aliases: aliases)
        #expect(outcomes.map(\.page) == PrintedPaper.columnsClaims.map { _ in 1 }, "\(outcomes)")
    }

    @Test("finds both tables on one page, one with its caption above and prose around them, and one on the next")
    func wholePaper() {
        let text =
            PrintedPaper.abstract + PrintedPaper.methodsAsRows + PrintedPaper.prose + "\u{0C}" + PrintedPaper.prose
            + "\n\nTable 2: Roll against factor.\n\n" + PrintedPaper.methodsAsColumns.split(separator: "Table 2")[0] + "\u{0C}"
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.rowsClaims + PrintedPaper.columnsClaims)
        #expect(outcomes.prefix(8).allSatisfy { $0.page == 1 }, "\(outcomes)")
        #expect(outcomes.dropFirst(8).allSatisfy { $0.page == 2 }, "\(outcomes)")
    }

    @Test("finds tables that stand side by side, each under its own caption")
    func sideBySide() {
        let text = """
            Table 1: MNIST.                         Table 2: Sprites.

              Model    log p(x)     E_eq              Model    log p(x)     E_eq
              TVAE      −186.8       574              TVAE       −67.5       102
              VAE       −189.0     13274              VAE        −28.6      6934
            """
        let claims = [("1", "TVAE", 574.0), ("1", "VAE", 13274), ("2", "TVAE", 102), ("2", "VAE", 6934)]
            .map { PrintedPaper.claim($0.0, $0.1, "E_eq", $0.2) }
        #expect(PrintedPaper.outcomes(text, claims).allSatisfy { $0.page == 1 })
        #expect(PrintedPaper.outcomes(text, [PrintedPaper.claim("2", "VAE", "E_eq", 13274)]).allSatisfy { $0.name == "contradicted" })
    }

    @Test("a name may be broken over two lines, its numbers on either", arguments: [true, false])
    func brokenName(numbersAbove: Bool) {
        let numbers = "      −186.8 ± 0.1     574 ± 2"
        let text = """
            Table 1. MNIST.
              Model        log p(x)         E_eq
              TVAE L=\(numbersAbove ? numbers : "")
              1/2 (S)\(numbersAbove ? "" : numbers)
              VAE         −189.0 ± 0.8   13274 ± 1
            """
        let claims = PrintedPaper.rowsClaims.filter { ["TVAE L=1/2 S", "VAE"].contains($0.row) }
        let outcomes = PrintedPaper.outcomes(text, claims)
        #expect(outcomes.allSatisfy { $0.page == 1 }, "\(outcomes)")
    }

    @Test(
        "fractions are found as a character of their own, and as numerator and denominator without a bar",
        arguments: ["TVAE L=½ S", "TVAE: L = 12 S", "TVAE: L = 21 S", "TVAE L=1⁄2S"])
    func fractions(name: String) {
        let text = PrintedPaper.methodsAsRows.replacing("TVAE: L = 1/2 S ", with: name + "   ")
        #expect(PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)[1].page == 1)
    }

    @Test("another number at the claim's place contradicts it, and both are known")
    func contradiction() {
        let text = PrintedPaper.methodsAsRows.replacing("574 ± 2", with: "547 ± 2")
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)
        #expect(outcomes[1] == .contradicted(page: 1, printed: "547 ± 2"))
        #expect(outcomes.count { $0.page == 1 } == 7)
    }

    @Test("another spread, and none where the claim has one, contradict it", arguments: ["574 ± 3", "574"])
    func spread(printed: String) {
        let text = PrintedPaper.methodsAsRows.replacing("574 ± 2", with: printed)
        #expect(PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)[1] == .contradicted(page: 1, printed: printed))
    }

    @Test("a lost sign contradicts")
    func sign() {
        let text = PrintedPaper.methodsAsRows.replacing("−186.8", with: " 186.8")
        #expect(PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)[0] == .contradicted(page: 1, printed: "186.8 ± 0.1"))
    }

    @Test("a row that is not there is not found, though its number stands elsewhere")
    func missingRow() {
        let text = PrintedPaper.methodsAsRows.replacing("BubbleVAE: L", with: "BubblyVAE: L")
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)
        #expect(outcomes[4].name == "not found" && outcomes[5].name == "not found", "\(outcomes)")
        #expect(outcomes.count { $0.page == 1 } == 6)
    }

    @Test("a row that is there twice is ambiguous")
    func twice() {
        let row = "     VAE                     – 189.0 ± 0.8   13274 ± 1\n"
        let outcomes = PrintedPaper.outcomes(PrintedPaper.methodsAsRows + row, PrintedPaper.rowsClaims)
        #expect(outcomes[7].name == "ambiguous", "\(outcomes)")
        #expect(outcomes[1].page == 1)
    }

    @Test(
        "garbled cells confirm nothing",
        arguments: ["−186.8 ± O.1", "−l86.8 ± 0.1", "−186,8 ± 0.1", "−186.8.1 ± 0.1", "#REF ± 0.1", "−186.8 ±", "−13 274"])
    func garbled(cell: String) {
        let text = PrintedPaper.methodsAsRows.replacing("−186.8 ± 0.1", with: cell)
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)
        #expect(outcomes[0].name == "not found", "\(outcomes[0])")
        #expect(outcomes[2].page == 1)
    }

    @Test("a heading that is not there leaves its numbers unfound")
    func missingHeading() {
        let text = PrintedPaper.methodsAsRows.replacing("log p(x)", with: "log q(x)")
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.rowsClaims)
        #expect(outcomes.enumerated().allSatisfy { $0.offset % 2 == 0 ? $0.element.name == "not found" : $0.element.page == 1 })
    }

    @Test("two columns whose headings cannot be told apart confirm nothing")
    func sameHeadings() {
        let text = PrintedPaper.methodsAsColumns.replacing("BubbleVAE ", with: "TVAE      ")
        let outcomes = PrintedPaper.outcomes(text, PrintedPaper.columnsClaims)
        #expect(!outcomes.enumerated().contains { $0.offset % 4 == 1 && $0.element.page != nil }, "\(outcomes)")
        #expect(!outcomes.enumerated().contains { $0.offset % 4 == 2 && $0.element.page != nil }, "\(outcomes)")
    }

    @Test("without its caption a table's numbers are not found", arguments: ["", "Figure 1: ", "Table 7: "])
    func noCaption(caption: String) {
        let text = PrintedPaper.methodsAsRows.replacing("Table 1: ", with: caption)
        #expect(PrintedPaper.outcomes(text, PrintedPaper.rowsClaims).allSatisfy { $0.name == "not found" })
    }

    @Test("numbers in prose confirm nothing")
    func prose() {
        #expect(PrintedPaper.outcomes(PrintedPaper.prose, PrintedPaper.rowsClaims).allSatisfy { $0.page == nil })
    }

    @Test("a quote is found across line breaks, hyphens and quotation marks")
    func quote() {
        let claim = Claim(
            id: "q", statement: "It learns.", source: "abstract", kind: .abstract, mark: .confirmed,
            quote: "such a model learns, in its own way, sets of \"equivariant\" features")
        let text = "Title\u{0C}" + PrintedPaper.abstract
        #expect(PrintedPaper.outcomes(text, [claim])[0].page == 2)
        #expect(PrintedPaper.outcomes(text.replacing("own", with: "odd"), [claim])[0].name == "not found")
    }

    @Test("a claim in words without a quote has nothing to look for")
    func words() {
        let claim = Claim(id: "w", statement: "It learns.", source: "abstract", kind: .abstract, mark: .verbatim)
        #expect(PrintedPaper.outcomes("text", [claim]) == [.nothingToLookFor])
    }

    @Test("text made to keep us busy is done with at once")
    func busy() {
        let line = String(repeating: "Table 1:  VAE  1  TVAE L=1/2 S  2  ", count: 30)
        let text = Array(repeating: line, count: 1000).joined(separator: "\n")
        #expect(PrintedPaper.outcomes(text, PrintedPaper.rowsClaims).allSatisfy { $0.page == nil })
    }
}
