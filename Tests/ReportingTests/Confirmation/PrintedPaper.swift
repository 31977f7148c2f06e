import Reporting

/// Pages of a paper as pdftotext sets them, with two tables: methods as rows, and methods as columns under a heading of two lines.
enum PrintedPaper {
    static let methodsAsRows = """
        Table 1: Log-likelihood and equivariance error on the test set. Mean ± standard
        deviation over 3 seeds.

             Model                     log p(x)          E_eq ↓

             TVAE: L = 1/2 S         −186.8 ± 0.1       574 ± 2
             TVAE: L = 5/36 S        −186.0±0.7       3,247 ± 3
             BubbleVAE: L = 5/36 S   -191.40 ± .4     3369 ±12
             Another method 3        −150.0 ± 0.1       999 ± 9
             VAE                     – 189.0 ± 0.8   13\u{2009}274 ± 1

        """
    static let methodsAsColumns = """
                       TVAE      TVAE       BubbleVAE    VAE
                      L = 1/2   L = 1/6      L = 1/6      –
        CapCorr  X      1.0       .67          .13       0.18
                 Y      1.00      .66          .12       0.16
        Eeq              344     2549         2951       6934

        Table 2: Roll against factor on the second data set.

        """
    static let prose = """
        We compare with a VAE 3 times. In Table 1 we see that a TVAE with L = 1/2 reaches 574
        Table 2. As it happens this sentence begins a line. BubbleVAE 12 and so on.

        """
    static let abstract = "We show that such a mo-\n   del learns, in its own way, sets of “equi-\nvariant” features directly.\n\n"

    static let aliases = [
        "TVAE L=1/6": ["L=1/6"], "BubbleVAE": ["BubbleVAE L=1/6", "BubbleVAE L=5/36 S"], "CapCorr x": ["X", "CapCorr X"],
        "CapCorr y": ["Y"],
    ]

    static func claim(_ table: String, _ row: String, _ column: String, _ value: Double, _ uncertainty: Double? = nil) -> Claim {
        Claim(
            id: "\(table) \(row) \(column)", statement: "It is so.", source: "Table \(table)", kind: .table, table: table, row: row,
            column: column, reported: .init(value: value, uncertainty: uncertainty), mark: .recalled)
    }

    static let rowsClaims = [
        claim("1", "TVAE L=1/2 S", "log p(x)", -186.8, 0.1), claim("1", "TVAE L=1/2 S", "E_eq", 574, 2),
        claim("1", "TVAE L=5/36 S", "log p(x)", -186, 0.7), claim("1", "TVAE L=5/36 S", "E_eq", 3247, 3),
        claim("1", "BubbleVAE", "log p(x)", -191.4, 0.4), claim("1", "BubbleVAE", "E_eq", 3369, 12),
        claim("1", "VAE", "log p(x)", -189, 0.8), claim("1", "VAE", "E_eq", 13274, 1),
    ]
    static let columnsClaims = [
        claim("Table 2", "TVAE L=1/2", "CapCorr x", 1), claim("Table 2", "TVAE L=1/6", "CapCorr x", 0.67),
        claim("Table 2", "BubbleVAE", "CapCorr x", 0.13), claim("Table 2", "VAE", "CapCorr x", 0.18),
        claim("Table 2", "TVAE L=1/2", "CapCorr y", 1), claim("Table 2", "TVAE L=1/6", "CapCorr y", 0.66),
        claim("Table 2", "BubbleVAE", "CapCorr y", 0.12), claim("Table 2", "VAE", "CapCorr y", 0.16),
        claim("Table 2", "TVAE L=1/2", "E_eq", 344), claim("Table 2", "TVAE L=1/6", "E_eq", 2549),
        claim("Table 2", "BubbleVAE", "E_eq", 2951), claim("Table 2", "VAE", "E_eq", 6934),
    ]

    static func outcomes(_ text: String, _ claims: [Claim], aliases: [String: [String]] = aliases) -> [ClaimConfirmation.Outcome] {
        let pages = PaperPages(text: text.utf8)
        return ClaimConfirmation(claims: claims, aliases: aliases, layout: pages, reading: pages).findings.map(\.outcome)
    }
}

extension ClaimConfirmation.Outcome {
    var page: Int? { if case .confirmed(let page, _) = self { page } else { nil } }
}
