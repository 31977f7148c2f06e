import Foundation
import Integrity
import Testing

/// A workflow of two rows and two seeds on sprites of side 32, three steps each, written into a copy of the project; run once and shared.
struct MatrixRun {
    let program: Program
    let folder: String
    let outcome: Program.Outcome

    static let shared: Result<MatrixRun, any Error> = Result {
        let program = try project()
        let outcome = try program("run", "rows", "--json")
        return MatrixRun(program: program, folder: try program.latestRun(), outcome: outcome)
    }

    /// A project that has the workflow; its state folder is its own.
    static func project() throws -> Program {
        let folder = Program.temporaryFolder("matrix")
        for name in ["meta.json", "artifacts"] {
            try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: folder + "/" + name)
        }
        let script: (String) -> JSONValue = { ["kind": "script", "alias": .string($0), "version": "^1.0"] }
        let model: JSONValue = [
            "artifact": ["kind": "model", "alias": "topographic-vae", "version": "^1.0"], "variation": "dsprites-${row}",
        ]
        let workflow: JSONValue = [
            "alias": "rows", "uid": "00112233445566bb", "automation_alias": "workflow", "automation_uid": "0463f1e0aafcb22d",
            "version": "1.0.0", "tags": ["test"], "name": "Rows", "description": "For a test.",
            "paper": ["kind": "paper", "alias": "keller-welling-2021", "version": "^1.0"],
            "matrix": [
                "rows": [["name": "tvae-l1-2", "title": "TVAE L=1/2"], ["name": "vae", "title": "Plain VAE"]], "seeds": "${seeds}",
            ],
            "parameters": [
                "seeds": ["type": "integer", "minimum": 1, "maximum": 9, "default": 2, "description": "Seeds"],
                "dataset": ["type": "string", "choices": ["sprites"], "default": "sprites", "description": "Images"],
                "steps": ["type": "integer", "default": 3, "description": "Steps"],
            ],
            "steps": [
                ["name": "data", "artifact": ["kind": "dataset", "alias": "${dataset}"], "parameters": ["side": 32]],
                [
                    "name": "train", "each": ["row", "seed"], "artifact": script("train-topographic-vae"), "model": model,
                    "inputs": ["data": "data"],
                    "parameters": ["sequences": "${dataset}", "steps": "${steps}", "optimizer": "adam", "learning_rate": 0.001],
                ],
                [
                    "name": "evaluate", "each": ["row", "seed"], "artifact": script("evaluate-topographic-vae"), "model": model,
                    "inputs": ["data": "data", "training": "train/weights.safetensors"],
                    "parameters": ["sequences": "${dataset}", "test_sequences": 4, "importance_sequences": 1, "figure_sequences": 1],
                ],
            ],
            "variations": ["smoke": ["description": "Seconds", "scale": "reduced", "parameters": [:], "differences": ["three steps"]]],
            "default_variation": "smoke",
            "protocol": ["parameter": "steps", "paper_value": 632_800, "unit": "training steps", "differences": []],
            "tables": [["title": "Table 2: sprites", "table": "2"]],
            "claims": [
                [
                    "each": ["row"], "claim": "table2-${row}-equivariance-error", "measure": "evaluate/${row}:trained.equivariance_error",
                    "control": "evaluate/${row}:untrained.equivariance_error", "chance": "evaluate/${row}:chance.equivariance_error",
                    "criterion": ["within": 20], "applies_at": [], "explanation": "Structural.",
                ],
                [
                    "claim": "commutativity", "measure": "evaluate/vae:trained.roll_forward.gain", "criterion": ["greater_than": -1000],
                    "applies_at": ["smoke"], "explanation": "The plain VAE's gap: a negative control.",
                ],
            ],
        ]
        try FileManager.default.createDirectory(atPath: folder + "/workflows/rows", withIntermediateDirectories: true)
        try AtomicFile.write(Array(workflow.prettyText().utf8), to: folder + "/workflows/rows/meta.json")
        var program = Program()
        program.repository = folder
        return program
    }
}

@Suite("A run of several rows and seeds", .serialized)
struct MatrixTests {
    let run: MatrixRun

    init() throws { run = try MatrixRun.shared.get() }

    private func claim(_ id: String, of outcome: Program.Outcome) throws -> JSONValue {
        let found = outcome.json?["claims"]?.arrayValue?.first { $0["claim"]?.stringValue == id }
        return try #require(found, "no claim \(id): \(outcome)")
    }

    @Test("it finishes with a step for each row and seed, and its record holds")
    func finished() throws {
        #expect(run.outcome.status == 0 && run.outcome.json?["steps"] == 9, "\(run.outcome)")
        #expect(FileManager.default.fileExists(atPath: run.folder + "/steps/train-tvae-l1-2-s1/outputs/weights.safetensors"))
        let verified = try run.program("verify", run.folder)
        #expect(verified.status == 0, "\(verified)")
    }

    @Test("claims carry mean, spread and the values of all seeds, which differ")
    func statistics() throws {
        let result = try claim("table2-tvae-l1-2-equivariance-error", of: run.outcome)
        let values = try #require(result["values"]?.arrayValue).compactMap(\.numberValue)
        #expect(result["seeds"] == 2 && Set(values).count == 2, "\(result)")
        #expect(result["measured"]?.numberValue == (values[0] + values[1]) / 2)
        #expect(result["interval"]?.arrayValue?.count == 2 && result["untrained_control_seeds"]?["seeds"] == 2)
        #expect(result["verdict"] == "reduced scale")
    }

    @Test("the paper's table is told on the terminal, to programs and in the report, which shows each row once")
    func report() throws {
        let text = try run.program("report", run.folder)
        for part in ["Table 2: sprites", "3 of the paper's 632,800 training steps", "L=1/2", "(recalled)", " (2)"] {
            #expect(text.output.contains(part), "\(text)")
        }
        let table = try #require(try run.program("report", run.folder, "--json").json?["tables"]?.arrayValue?.first)
        #expect(table["columns"]?.arrayValue?.count == 5 && table["rows"]?.arrayValue?.count == 6)
        let page = String(decoding: try BoundedFile.read(run.folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(page.components(separatedBy: "data:image/png").count == 3, "the first seed's picture of each of two rows")
        for part in [
            "<caption>Table 2: sprites", "<h3>TVAE L=1/2</h3>", "<h3>Plain VAE</h3>", "over 2 seeds", "(seed 0, the first of 2)",
            ">Plain VAE</text>",
        ] { #expect(page.contains(part), "the page lacks “\(part)”") }
        let charts = page.components(separatedBy: "<svg").dropFirst()
        let curves = charts.map { $0.components(separatedBy: "<polyline").count - 1 }
        #expect(!curves.isEmpty && Set(curves) == [4], "two rows of two seeds in each chart, not \(curves)")
        #expect(!page.contains("dsprites-vae"), "a row is called by its title")
    }

    @Test("its log and its crate carry the statistics that no step of its own has")
    func records() throws {
        let log = String(decoding: try BoundedFile.read(run.folder + "/result.mllog", limit: 1 << 20), as: UTF8.self)
        #expect(
            log.contains(#""metric": "evaluate/vae:trained.equivariance_error", "seeds": 2"#) && log.contains("standard_deviation"),
            "\(log)")
        let crate = String(decoding: try BoundedFile.read(run.folder + "/ro-crate-metadata.json", limit: 1 << 24), as: UTF8.self)
        #expect(crate.contains("variableMeasured") && crate.contains("evaluate/vae:trained.equivariance_error"))
    }

    @Test("the second replicate is the same computation as a run that begins with its seed, and is found in the cache")
    func cache() throws {
        let outcome = try run.program("run", "rows", "--seed", "1", "--set", "seeds=1", "--json")
        #expect(outcome.status == 0 && outcome.json?["steps"] == 5 && outcome.json?["steps_from_cache"] == 5, "\(outcome)")
        let one = try claim("table2-vae-equivariance-error", of: outcome)
        let two = try claim("table2-vae-equivariance-error", of: run.outcome)
        #expect(one["seeds"] == 1 && one["interval"] == .null && one["measured"] == two["values"]?.arrayValue?[1])
        let folder = try #require(outcome.json?["folder"]?.stringValue)
        #expect(try run.program("verify", folder).status == 0)
    }

    @Test("--only runs one row; what is missing then is not run and has not failed, in the record as in the report")
    func only() throws {
        let outcome = try run.program("run", "rows", "--only", "tvae-l1-2", "--json")
        #expect(outcome.status == 0 && outcome.json?["steps"] == 5 && outcome.json?["steps_from_cache"] == 5, "\(outcome)")
        for id in ["table2-vae-equivariance-error", "commutativity"] {
            let result = try claim(id, of: outcome)
            #expect(result["verdict"] == "not run" && result["check"] == "not applicable", "\(result)")
            #expect(result["reason"] == "row “vae” was left out (--only)", "\(result)")
        }
        let folder = try #require(outcome.json?["folder"]?.stringValue)
        #expect(try run.program("verify", folder).status == 0)
        let page = String(decoding: try BoundedFile.read(folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(page.contains("reprise run rows --variation smoke --seed 0 --only tvae-l1-2"))
    }

    @Test(
        "rows are named with commas or one by one, and a wrong one with what was probably meant",
        arguments: [
            (["--only", "vae,tvae-l1-2"], 9, ""), (["--only", "vae", "--only", "tvae-l1-2"], 9, ""),
            (["--only", "vea"], 0, "did you mean vae?"),
            (["--only", "vae,"], 0, "--only"), (["--only", ""], 0, "--only"),
        ] as [([String], Int, String)])
    func rows(options: [String], steps: Int, message: String) throws {
        let outcome = try run.program.run(["run", "rows", "--plan", "--json"] + options)
        #expect(outcome.status == (steps > 0 ? 0 : 2) && (message.isEmpty || outcome.errors.contains(message)), "\(outcome)")
        if steps > 0 { #expect(outcome.json?["steps"]?.arrayValue?.count == steps, "\(outcome)") }
    }

    @Test("show names the rows")
    func show() throws {
        let outcome = try run.program("show", "workflow/rows")
        #expect(outcome.output.contains("vae: Plain VAE") && outcome.output.contains("for each row and seed"), "\(outcome)")
    }
}
