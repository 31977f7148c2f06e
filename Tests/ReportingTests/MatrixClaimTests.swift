import Artifacts
import Integrity
import Reporting
import Testing
import Workflows

/// A plan of two rows with two seeds each, and what its steps measured.
enum MatrixRun {
    private static let artifact = ArtifactReference(
        kind: "script", alias: "train", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of([1]))
    static let rows = [MatrixRow(name: "tvae", title: "TVAE L=1/2"), MatrixRow(name: "vae", title: "VAE")]

    static let claims: JSONValue = [
        claim("table1-tvae-error", row: "TVAE L=1/2", column: "E_eq", 574, 2),
        claim("table1-tvae-nll", row: "TVAE L=1/2", column: "log p(x)", -186.8, 0.1),
        claim("table1-vae-error", row: "VAE", column: "E_eq", 13_274, 1),
    ]

    private static func claim(_ id: String, row: String, column: String, _ value: Double, _ uncertainty: Double) -> JSONValue {
        [
            "id": .string(id), "statement": .string("\(column) of \(row)"), "source": "Table 1", "kind": "table", "table": "1",
            "row": .string(row), "column": .string(column), "value": .number(value), "uncertainty": .number(uncertainty),
            "mark": "recalled",
        ]
    }

    static let binding: JSONValue = [
        "each": ["row"], "claim": "table1-${row}-error", "measure": "evaluate/${row}:trained.error",
        "control": "evaluate/${row}:untrained.error", "chance": "evaluate/${row}:chance", "criterion": ["within": 20],
        "applies_at": ["paper"], "explanation": "Error of ${row}.",
    ]

    static func plan(
        leavingOut leftOut: Set<String> = [], bindings: JSONValue = [binding], tables: [TableReference] = [],
        rows: [MatrixRow] = MatrixRun.rows
    ) -> Plan {
        let steps = rows.filter { !leftOut.contains($0.name) }.flatMap { row in
            (1...2).map { replicate in
                PlannedStep(
                    name: "evaluate-\(row.name)-s\(replicate)", program: ["a"], artifact: artifact, seed: replicate,
                    place: .init(group: "evaluate", row: row.name, replicate: replicate))
            }
        }
        return Plan(
            workflow: artifact, title: "Table", variation: "paper", scale: .paper, parameters: [:], seed: 1, steps: steps, paper: nil,
            claims: claims, bindings: bindings, protocolNotes: [], matrix: PlannedMatrix(rows: rows, leftOut: leftOut, seeds: 2),
            tables: tables)
    }

    static func metrics(_ error: JSONValue) -> JSONValue { ["trained": ["error": error], "untrained": ["error": 492], "chance": 13_000] }

    static let measured: [String: JSONValue] = [
        "evaluate-tvae-s1": metrics(572), "evaluate-tvae-s2": metrics(576), "evaluate-vae-s1": metrics(13_270),
        "evaluate-vae-s2": metrics(13_272),
    ]

    static func results(_ plan: Plan = plan(), metrics: [String: JSONValue] = measured) throws -> [ClaimResult] {
        let matrix = MatrixSteps(plan)
        return try ClaimEvaluator.evaluate(
            claims: try Claim.list(json: plan.claims), bindings: try ClaimBinding.list(json: plan.bindings, rows: rows), metrics: metrics,
            matrix: matrix, scale: .paper, variation: "paper")
    }
}

@Suite("Claims over a matrix")
struct MatrixClaimTests {
    private func changing(_ members: [String: JSONValue?]) -> JSONValue {
        var json = MatrixRun.binding
        for (key, value) in members { json[key] = value }
        return json
    }

    @Test("a reference to a row means all of its replicates")
    func reference() throws {
        let reference = try #require(MetricReference("evaluate/tvae:trained.error"))
        #expect(reference.step == "evaluate" && reference.row == "tvae" && reference.description == "evaluate/tvae:trained.error")
        for text in ["a/b/c:x", "/b:x", "a/:x", "/:x"] { #expect(MetricReference(text) == nil, "\(text)") }
    }

    @Test("a binding for each row is written out for each, but for its exceptions")
    func each() throws {
        let bindings = try ClaimBinding.list(json: [MatrixRun.binding], rows: MatrixRun.rows)
        #expect(bindings.map(\.claim) == ["table1-tvae-error", "table1-vae-error"] && bindings.map(\.row) == ["tvae", "vae"])
        #expect(bindings[0].chance == .measure(Sample.reference("evaluate/tvae:chance")) && bindings[1].explanation == "Error of vae.")
        let excepted = try ClaimBinding.list(json: [changing(["except": ["tvae"]])], rows: MatrixRun.rows)
        #expect(excepted.map(\.row) == ["vae"])
    }

    @Test("a measure over seeds is compared by its mean, and its spread stands in the record")
    func statistics() throws {
        let result = try #require(try MatrixRun.results().first)
        #expect(result.measured == 574 && result.measuredSeeds?.values == [572, 576] && result.controlSeeds?.count == 2)
        #expect(result.chance == 13_000 && result.verdict == .agreesUnconfirmed)
        #expect(result.reason == "574 ± 2.8 (2) is within 20 of the reported 574 (recalled)")
        #expect(result.json["seeds"] == 2 && result.json["values"] == [572, 576] && result.json["measured"] == 574)
        #expect(result.json["standard_deviation"]?.numberValue == 8.0.squareRoot())
        #expect(result.json["interval"]?.arrayValue?.count == 2)
        #expect(result.json["untrained_control_seeds"]?["standard_deviation"] == 0)
    }

    @Test("measures of the same seeds differ only where the interval of their difference leaves 0 out")
    func difference() throws {
        func result(_ vae: [JSONValue]) throws -> ClaimResult {
            var metrics = MatrixRun.measured
            (metrics["evaluate-vae-s1"], metrics["evaluate-vae-s2"]) = (MatrixRun.metrics(vae[0]), MatrixRun.metrics(vae[1]))
            let binding = changing([
                "each": nil, "claim": "table1-tvae-error", "measure": "evaluate/tvae:trained.error", "control": nil, "chance": nil,
                "criterion": ["less_than_measure": "evaluate/vae:trained.error"],
            ])
            var plan = MatrixRun.plan()
            plan.bindings = [binding]
            return try #require(try MatrixRun.results(plan, metrics: metrics).first)
        }
        // 572 and 576 below by 10 each time, and by 1 and 40.
        #expect(try result([582, 586]).reason.contains("is less than 584"))
        let noisy = try result([573, 616])
        #expect(noisy.reason.contains("within what seeds do") && noisy.verdict == .differsUnconfirmed, "\(noisy.reason)")
    }

    @Test("a result without seeds is recorded as it always was")
    func withoutSeeds() throws {
        let json = try #require(try Sample.results().first).json
        for key in ["seeds", "values", "standard_deviation", "interval", "untrained_control_seeds"] { #expect(json[key] == nil, "\(key)") }
    }

    @Test("a replicate that lacks the measure leaves the claim not run, with the replicate's name")
    func missingReplicate() throws {
        var metrics = MatrixRun.measured
        metrics["evaluate-tvae-s2"] = nil
        let absent = try #require(try MatrixRun.results(metrics: metrics).first)
        #expect(absent.verdict == .notRun && absent.check == .failed && absent.reason == "step “evaluate-tvae-s2” left no metrics")
        metrics["evaluate-tvae-s2"] = MatrixRun.metrics(.null)
        #expect(try #require(try MatrixRun.results(metrics: metrics).first).reason.contains("evaluate-tvae-s2:trained.error"))
    }

    @Test("a row that was left out is not run, says so, and has failed nothing")
    func leftOut() throws {
        let results = try MatrixRun.results(MatrixRun.plan(leavingOut: ["vae"]))
        #expect(results[0].verdict == .agreesUnconfirmed)
        #expect(results[1].verdict == .notRun && results[1].check == .notApplicable)
        #expect(results[1].reason == "row “vae” was left out (--only)")
    }

    @Test("a comparison with a row that was left out is not run either")
    func comparedWithLeftOut() throws {
        let binding = changing([
            "each": nil, "claim": "table1-tvae-error", "measure": "evaluate/tvae:trained.error", "control": nil, "chance": nil,
            "explanation": "x", "criterion": ["less_than_measure": "evaluate/vae:trained.error"],
        ])
        let whole = try #require(try MatrixRun.results(MatrixRun.plan(bindings: [binding])).first)
        #expect(whole.reason == "574 ± 2.8 (2) is less than 13,271 (evaluate/vae:trained.error)")
        let part = try #require(try MatrixRun.results(MatrixRun.plan(leavingOut: ["vae"], bindings: [binding])).first)
        #expect(part.verdict == .notRun && part.reason == "row “vae” was left out (--only)")
    }

    @Test("a plan whose bindings and tables fit is sound")
    func sound() throws {
        try ClaimCheckup.check(MatrixRun.plan(tables: [TableReference(title: "Table 1", table: "1")]), variations: ["paper"])
    }

    @Test("what a matrix's bindings cannot mean is refused with its place and row")
    func refusals() {
        let form = "claims[0] for row “tvae”: field “measure” must be of the form "
        let cases: [([String: JSONValue?], String)] = [
            (["claim": "table1-${row}-nll"], "claims[0] for row “vae”: the paper has no claim “table1-vae-nll”"),
            (["each": ["seed"]], "claims[0]: field “each” must be [\"row\"]"),
            (["except": ["vea"]], "claims[0]: field “except” must be an array of rows, which are tvae, vae"),
            (["except": "vae"], "claims[0]: field “except” must be an array of rows"),
            (["each": nil, "except": ["vae"]], "claims[0]: field “except” must be absent where each is"),
            (["measure": "train/${row}:x"], form + "step/row:metric.path with a step"),
            (["measure": "evaluate/tvea:x"], form + "step/row:metric.path with a row"),
            (["measure": "evaluate:x"], form + "step:metric.path or, for all"),
            (["measure": "evaluate-tvae-s1:trained.error"], form + "step/row:metric.path, evaluate/tvae for all replicates of the row"),
        ]
        for (members, expected) in cases {
            let error = #expect(throws: ClaimError.self) {
                try ClaimCheckup.check(MatrixRun.plan(bindings: [changing(members)]), variations: ["paper"])
            }
            #expect(error?.description.hasPrefix(expected) == true, "\(expected): \(String(describing: error))")
        }
        let table = #expect(throws: ClaimError.self) {
            try ClaimCheckup.check(MatrixRun.plan(tables: [TableReference(title: "Table 9", table: "9")]), variations: ["paper"])
        }
        #expect(table?.description == "tables[0]: field “table” must be a table of the paper's claims (1), not “9”")
        let without = #expect(throws: ClaimError.self) { try ClaimBinding.list(json: [MatrixRun.binding]) }
        #expect(without?.description == "claims[0]: field “each” must be absent in a workflow without a matrix")
    }
}

@Suite("A table of the paper")
struct PaperTableTests {
    private func table(_ plan: Plan = MatrixRun.plan()) throws -> PaperTable {
        PaperTable(
            TableReference(title: "Table 1: MNIST", table: "1"), claims: try Claim.list(json: plan.claims),
            results: try MatrixRun.results(plan), scale: "reduced scale; 10 of the paper's 600,000 steps")
    }

    @Test("rows and columns are those of the paper's claims, measured or not")
    func layout() throws {
        let table = try table()
        #expect(table.columns == ["E_eq", "log p(x)"] && table.rows.map(\.name) == ["TVAE L=1/2", "VAE"])
        #expect(table.rows[0].cells.map(\.column) == ["E_eq", "log p(x)"] && table.rows[1].cells.map(\.column) == ["E_eq"])
        #expect(table.rows[0].cells[1].result?.verdict == .notRun)
    }

    @Test("on the terminal each number has a line: reported with its mark, ours with its spread, the control, the verdict")
    func terminal() throws {
        let text = PaperTableText.text(try table(MatrixRun.plan(leavingOut: ["vae"])), width: 100)
        let line = try #require(text.split(separator: "\n").first { $0.contains("574 ± 2 (recalled)") })
        for part in ["TVAE L=1/2", "E_eq", "574 ± 2.8 (2)", "492 ± 0 (2)", "≈"] { #expect(line.contains(part), "\(text)") }
        for part in [
            "Table 1: MNIST", "Scale: reduced scale; 10 of the paper's 600,000 steps", "≈ agrees with an unconfirmed number", "– not run",
            "not run: row “vae” was left out (--only)", "not run: this workflow does not measure it",
        ] { #expect(text.contains(part), "“\(part)” is missing:\n\(text)") }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test("claims that a table shows are not listed again below it, but counted in the sum")
    func besides() throws {
        let results = try MatrixRun.results()
        let text = VerdictTable.text(results, besides: [try table()], width: 100)
        #expect(!text.contains("E_eq of") && text.contains("no check is decisive at this variation · 2 agrees"), "\(text)")
        #expect(VerdictTable.text(results, width: 100).contains("574 ± 2.8 (2)"))
    }

    /// A table of three rows, of which the paper reports nothing for the second one.
    private func withUnreported(
        leavingOut leftOut: Set<String> = [], _ error: JSONValue = 700
    ) throws -> (table: PaperTable, results: [ClaimResult]) {
        let rows = [MatrixRun.rows[0], MatrixRow(name: "tvae-l3", title: "TVAE L=3"), MatrixRun.rows[1]]
        var binding = MatrixRun.binding
        binding["except"] = ["tvae-l3"]
        let plan = MatrixRun.plan(leavingOut: leftOut, bindings: [binding], rows: rows)
        var metrics = MatrixRun.measured
        metrics["evaluate-tvae-l3-s1"] = MatrixRun.metrics(error)
        metrics["evaluate-tvae-l3-s2"] = MatrixRun.metrics(704)
        let matrix = MatrixSteps(plan)
        let claims = try Claim.list(json: plan.claims)
        let bindings = try ClaimBinding.list(json: plan.bindings, rows: rows)
        let results = try ClaimEvaluator.evaluate(
            claims: claims, bindings: bindings, metrics: metrics, matrix: matrix, scale: .paper, variation: "paper")
        let unreported = try UnreportedMeasure.all(
            bindings: plan.bindings, claims: claims, metrics: metrics, matrix: matrix)
        let table = PaperTable(
            TableReference(title: "Table 1", table: "1"), claims: claims, results: results, unreported: unreported, matrix: rows,
            scale: "reduced scale")
        return (table, results)
    }

    @Test("a row that the binding excepts stands in its place with what was measured, and is no claim")
    func unreported() throws {
        let (table, results) = try withUnreported()
        #expect(table.rows.map(\.name) == ["TVAE L=1/2", "TVAE L=3", "VAE"])
        #expect(results.count == 3 && table.results.count == 3 && results.allSatisfy { $0.claim.id != "table1-tvae-l3-error" })
        let cell = try #require(table.rows[1].cells.first)
        #expect(table.rows[1].cells.count == 1 && cell.column == "E_eq" && cell.result == nil)
        let text = PaperTableText.text(table, width: 100)
        let line = try #require(text.split(separator: "\n").first { $0.contains("TVAE L=3") })
        for part in ["E_eq", " – ", "702 ± 2.8 (2)", "492 ± 0 (2)"] { #expect(line.contains(part), "\(text)") }
        #expect(!line.contains("recalled") && text.contains("the paper reports nothing there"), "\(text)")
        let json = try #require(table.json["rows"]?.arrayValue?[1]["cells"]?.arrayValue?.first)
        for key in ["claim", "reported", "mark", "verdict"] { #expect(json[key] == .null, "\(key)") }
        #expect(json["check"] == "not applicable" && json["measured"] == 702 && json["seeds"] == 2 && json["untrained_control"] == 492)
        var model = try Sample.report()
        (model.results, model.paperTables) = (results, [table])
        let page = try HTMLReport.render(model)
        for part in [#"<th scope="row">TVAE L=3</th>"#, "<strong>702 ± 2.8 (2)</strong>"] {
            #expect(page.contains(part), "the page lacks “\(part)”")
        }
        #expect(TagChecker.problem(in: page) == nil)
    }

    @Test("an excepted row that was left out has no place in the table; one that lacks its measure says so")
    func unreportedAbsent() throws {
        #expect(try withUnreported(leavingOut: ["tvae-l3"]).table.rows.map(\.name) == ["TVAE L=1/2", "VAE"])
        let table = try withUnreported(.null).table
        #expect(table.rows[1].name == "TVAE L=3" && table.results.count == 3)
        #expect(PaperTableText.text(table, width: 100).contains("not measured: metric “evaluate-tvae-l3-s1:trained.error” has no value"))
    }

    @Test("a row that one binding excepts and another holds to its claim is shown once, with the claim")
    func exceptedByOne() throws {
        var (first, second) = (MatrixRun.binding, MatrixRun.binding)
        first["except"] = ["vae"]
        second["except"] = ["tvae"]
        let plan = MatrixRun.plan(bindings: [first, second])
        let unreported = try UnreportedMeasure.all(
            bindings: plan.bindings, claims: try Claim.list(json: plan.claims), metrics: MatrixRun.measured, matrix: MatrixSteps(plan))
        #expect(unreported.isEmpty)
    }

    @Test("in the report it is one table with a heading for every column and row")
    func page() throws {
        var model = try Sample.report()
        model.results = try MatrixRun.results()
        model.paperTables = [try table()]
        let page = try HTMLReport.render(model)
        for part in [
            ##"<a href="#tables">"##, "<caption>Table 1: MNIST", #"<th scope="colgroup" colspan="2">E_eq</th>"#,
            #"<th scope="row">TVAE L=1/2</th>"#, "<strong>574 ± 2.8 (2)</strong>", "untrained 492 ± 0 (2)",
            #"574 ± 2 <span class="mark">recalled</span>"#, "10 of the paper&#39;s 600,000 steps",
            "In detail: 2 claims of the tables above",
            "95 % interval",
        ] { #expect(page.contains(part), "the page lacks “\(part)”") }
        #expect(TagChecker.problem(in: page) == nil)
    }

    @Test("for programs it names rows, columns and everything of a cell")
    func json() throws {
        let json = try table().json
        let cell = try #require(json["rows"]?.arrayValue?.first?["cells"]?.arrayValue?.first)
        #expect(cell["column"] == "E_eq" && cell["measured"] == 574 && cell["seeds"] == 2 && cell["reported"]?["mark"] == "recalled")
        #expect(cell["untrained_control"] == 492 && cell["verdict"] == "agrees with an unconfirmed number")
    }
}
