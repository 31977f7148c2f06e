import Artifacts
import Foundation
import Integrity
import Testing
import Workflows

/// Plans of a small project that a test writes: two data sets, a model with two rows, a script, and a workflow with a matrix.
@Suite("Planning a matrix")
struct MatrixPlanTests {
    private let folder = TestFolder.path("matrix")

    private static func common(_ kind: String, _ alias: String) -> [String: JSONValue] {
        let uid = String(SHA256Digest.of("\(kind)/\(alias)".utf8).hex.prefix(16))
        return [
            "alias": .string(alias), "uid": .string(uid), "automation_alias": .string(kind), "automation_uid": "0123456789abcdef",
            "tags": ["test"], "version": "1.0.0", "name": .string(alias), "description": "For a test.",
        ]
    }

    private func planner(_ change: (inout JSONValue) -> Void = { _ in }) throws -> Planner {
        func write(_ kind: String, _ alias: String, _ members: [String: JSONValue]) throws {
            let path = folder + (kind == "workflow" ? "/workflows/" : "/artifacts/\(kind)/") + alias
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let json = JSONValue.object(MatrixPlanTests.common(kind, alias).merging(members) { $1 })
            try AtomicFile.write(Array(json.prettyText().utf8), to: path + "/meta.json")
        }
        let digest = JSONValue.string(SHA256Digest.of([1]).hex)
        try write(
            "dataset", "drawn",
            [
                "dataset": [
                    "generator": ["name": "sprites", "parameters": ["side": ["type": "integer", "default": 1, "description": "Side"]]],
                    "files": [["name": "drawn.npy", "bytes": 1, "sha256": digest]],
                ]
            ])
        try write(
            "dataset", "fetched",
            ["dataset": ["files": [["name": "a", "bytes": 1, "sha256": digest, "urls": ["https://example.org/a"]]]]])
        try write(
            "model", "family",
            [
                "model": ["family": "family", "parameters": ["window": ["type": "integer", "default": 1, "description": "Window"]]],
                "variations": [
                    "drawn-wide": ["description": "wide", "parameters": ["window": 9]],
                    "drawn-narrow": ["description": "narrow", "parameters": ["window": 3]],
                    "fetched-wide": ["description": "wide", "parameters": [:]],
                    "fetched-narrow": ["description": "narrow", "parameters": [:]],
                ],
            ])
        try write(
            "script", "train",
            [
                "step": [
                    "program": ["reprise-step", "train"],
                    "inputs": [
                        "data": ["kind": "dataset", "description": "Images"],
                        "start": ["kind": "output", "description": "Weights", "optional": true],
                    ],
                    "parameters": ["steps": ["type": "integer", "default": 1, "description": "Steps"]],
                    "outputs": [["name": "weights", "description": "Weights", "media_type": "application/octet-stream"]],
                ]
            ])
        var workflow: JSONValue = [
            "parameters": [
                "seeds": ["type": "integer", "minimum": 1, "maximum": 100, "default": 2, "description": "Seeds"],
                "steps": ["type": "integer", "default": 10, "description": "Steps"],
                "set": ["type": "string", "choices": ["drawn", "fetched"], "default": "drawn", "description": "Images"],
            ],
            "matrix": ["rows": [["name": "wide", "title": "Wide"], ["name": "narrow", "title": "Narrow"]], "seeds": "${seeds}"],
            "steps": [
                ["name": "data", "artifact": ["kind": "dataset", "alias": "${set}"], "parameters": ["side": 7]],
                [
                    "name": "start", "each": ["row"], "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"],
                    "model": ["artifact": ["alias": "family"], "variation": "${set}-${row}"],
                ],
                [
                    "name": "train", "each": ["row", "seed"], "artifact": ["kind": "script", "alias": "train"],
                    "inputs": ["data": "data", "start": "start/weights"], "parameters": ["steps": "${steps}"],
                    "model": ["artifact": ["alias": "family"], "variation": "${set}-${row}"],
                ],
            ],
            "variations": [
                "smoke": ["description": "Short", "scale": "reduced", "parameters": ["steps": 2], "differences": ["only ${steps} steps"]],
                "paper": ["description": "Long", "scale": "paper", "parameters": [:]],
                "paper-fetched": ["description": "Long", "scale": "paper", "parameters": ["set": "fetched"]],
            ],
            "default_variation": "smoke",
            "protocol": [
                "parameter": "steps", "paper_value": 10, "unit": "steps",
                "differences": [["text": "${set} images", "when": ["set": "drawn"]]],
            ],
        ]
        change(&workflow)
        try write("workflow", "table", workflow.objectValue ?? [:])
        return Planner(catalogue: try Catalogue(root: folder))
    }

    private func plan(
        _ planner: Planner, variation: String? = nil, settings: [(name: String, text: String)] = [], seed: Int = 5, only: [String] = []
    ) throws -> Plan {
        try planner.plan(workflow: "table", variation: variation, settings: settings, seed: seed, only: only)
    }

    @Test("rows follow each other, and within a row seeds do; each step is fed by those of its own row and seed")
    func order() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(planner())
        #expect(
            plan.steps.map(\.name) == [
                "data", "start-wide", "train-wide-s5", "train-wide-s6", "start-narrow", "train-narrow-s5", "train-narrow-s6",
            ])
        #expect(plan.steps[3].inputs == ["data": "data", "start": "start-wide/weights"])
        #expect(plan.steps[5].model?["parameters"]?["window"] == 3)
        #expect(plan.steps[5].parameters == ["steps": 2])
    }

    @Test("a step records its group, row, replicate and seed; data, whose bytes are pinned, depend on no seed")
    func places() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(planner())
        #expect(plan.steps.map(\.seed) == [0, nil, 5, 6, nil, 5, 6])
        #expect(plan.steps[0].place == nil)
        #expect(plan.steps[1].place == .init(group: "start", row: "wide"))
        #expect(plan.steps[3].place == .init(group: "train", row: "wide", replicate: 2))
        let json = try #require(plan.json["steps"]?.arrayValue?[3])
        #expect(json["group"] == "train" && json["row"] == "wide" && json["replicate"] == 2 && json["seed"] == 6)
    }

    @Test("a replicate is planned the same whichever seed its run begins with, so that it is found in the cache")
    func sameReplicate() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let planner = try planner()
        let second = try #require(try plan(planner).steps.first { $0.name == "train-wide-s6" })
        var alone = try #require(
            try plan(planner, settings: [("seeds", "1")], seed: 6).steps.first {
                $0.place == .init(group: "train", row: "wide", replicate: 1)
            })
        alone.place?.replicate = 2
        #expect(alone == second)
    }

    @Test("--only plans these rows, records the others as left out, and names a row that is unknown")
    func only() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let planner = try planner()
        let plan = try plan(planner, only: ["narrow", "narrow"])
        #expect(plan.steps.map(\.name) == ["data", "start-narrow", "train-narrow-s5", "train-narrow-s6"])
        #expect(plan.matrix?.leftOut == ["wide"] && plan.matrix?.only == "narrow" && plan.matrix?.rows.count == 2)
        #expect(try self.plan(planner, only: ["wide", "narrow"]).matrix?.only == nil)
        let error = #expect(throws: WorkflowError.self) { try self.plan(planner, only: ["narow"]) }
        #expect(error?.description.contains("no row 'narow'; did you mean narrow?") == true, "\(String(describing: error))")
        #expect(error?.exitClass == .badInput)
    }

    @Test("a chosen data set gets the parameters that it declares")
    func chosen() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let planner = try planner()
        #expect(try plan(planner).steps[0].parameters == ["side": 7])
        let fetched = try plan(planner, settings: [("set", "fetched")])
        #expect(fetched.steps[0].artifact.alias == "fetched" && fetched.steps[0].parameters.isEmpty)
        #expect(fetched.steps[1].model?["variation"] == "fetched-wide")
        #expect(throws: ParameterError.self) {
            try plan(
                self.planner { json in
                    var steps = json["steps"]?.arrayValue ?? []
                    steps[0]["parameters"] = ["sied": 7]
                    json["steps"] = .array(steps)
                })
        }
    }

    @Test("differences are told where they hold, and one that holds makes the paper's scale a reduced one")
    func differences() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let planner = try planner()
        #expect(try plan(planner).protocolNotes == ["2 of the paper's 10 steps (20 %)", "drawn images", "only 2 steps"])
        let drawn = try plan(planner, variation: "paper")
        #expect(drawn.scale == .reduced && drawn.protocolNotes == ["drawn images"])
        let fetched = try plan(planner, variation: "paper-fetched")
        #expect(fetched.scale == .paper && fetched.protocolNotes.isEmpty)
    }

    @Test("a plan reads back as it was written")
    func roundTrip() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(planner { $0["tables"] = [["title": "Table 1", "table": "1"]] }, only: ["wide"])
        #expect(try record(plan.json).plan == plan)
    }

    /// A run's record with a plan, written to a file and read.
    private func record(_ plan: JSONValue) throws -> RunRecord {
        let run = RunFolder(path: folder + "/run")
        let json: JSONValue = [
            "format": "reprise.run/v1", "id": "a", "created": "2026-01-01T00:00:00Z", "plan": plan,
            "plan_sha256": .string(SHA256Digest.of(plan.canonicalBytes()).hex), "environment": [:], "arithmetic": [:],
            "binary": ["sha256": .string(SHA256Digest.of([2]).hex)],
        ]
        try FileManager.default.createDirectory(atPath: run.path, withIntermediateDirectories: true)
        try AtomicFile.write(Array(json.prettyText().utf8), to: run.record)
        return try RunRecord(run: run)
    }

    @Test("a record from before there was a matrix is still read, and its steps take the plan's seed")
    func oldRecord() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let artifact: JSONValue = [
            "kind": "script", "alias": "train", "uid": "0123456789abcdef", "version": "1.0.0",
            "sha256": .string(SHA256Digest.of([1]).hex),
        ]
        let old: JSONValue = [
            "workflow": artifact, "title": "Old", "variation": "smoke", "scale": "reduced", "parameters": [:], "seed": 3,
            "steps": [["name": "train", "program": ["a"], "artifact": artifact, "parameters": ["steps": 2], "inputs": [:]]],
            "claims": [], "bindings": [], "protocol_notes": ["short"],
        ]
        let plan = try record(old).plan
        #expect(plan.steps[0].seed == nil && plan.steps[0].place == nil && plan.matrix == nil && plan.tables.isEmpty)
        #expect(plan.json == old)
    }

    @Test(
        "a record whose matrix contradicts itself is refused",
        arguments: [
            ["matrix", "seeds"], ["matrix", "left_out"], ["steps", "row"], ["steps", "replicate"], ["steps", "seed"],
        ])
    func contradictions(path: [String]) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var json = try plan(planner()).json
        let spoiled: JSONValue = path[1] == "left_out" ? ["nobody"] : path[1] == "row" ? "nobody" : path[1] == "replicate" ? 1 : -1
        if path[0] == "matrix" {
            json["matrix"]?[path[1]] = spoiled
        } else {
            // The second replicate, which may not be a first one too.
            var steps = try #require(json["steps"]?.arrayValue)
            steps[3][path[1]] = spoiled
            json["steps"] = .array(steps)
        }
        #expect(throws: WorkflowError.self) { try record(json) }
    }

    @Test("a record whose steps are not all those of its matrix, with their names and seeds, is refused and says where")
    func otherSteps() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let honest = try plan(planner()).json
        func problem(_ change: (inout [JSONValue]) -> Void) -> String {
            var json = honest
            var steps = json["steps"]?.arrayValue ?? []
            change(&steps)
            json["steps"] = .array(steps)
            do {
                _ = try record(json)
                return "nothing"
            } catch { return "\(error)" }
        }
        let lacksReplicate = problem { $0.remove(at: 3) }
        #expect(lacksReplicate.contains("one train, or one for each replicate from 1 to 2"), "\(lacksReplicate)")
        let isOnce = problem { steps in
            steps.remove(at: 3)
            steps[2]["replicate"] = nil
        }
        #expect(isOnce.contains("one train, or one for each replicate from 1 to 2"), "\(isOnce)")
        let beyond = problem { $0[3]["replicate"] = 3 }
        #expect(beyond.contains("one train, or one for each replicate from 1 to 2"), "\(beyond)")
        let lacksStart = problem { $0.remove(at: 1) }
        #expect(lacksStart.contains("one start"), "\(lacksStart)")
        let lacksRow = problem { $0.removeLast(3) }
        #expect(lacksRow.contains("in every row that is not left out"), "\(lacksRow)")
        let lacksRows = problem { $0.removeLast(6) }
        #expect(lacksRows.contains("every row of the matrix that is not left out"), "\(lacksRows)")
        let name = problem { $0[3]["name"] = "train-wide-s7" }
        #expect(name.contains("plan.steps[3].name should be train-wide-s6"), "\(name)")
        let seed = problem { $0[3]["seed"] = 7 }
        #expect(seed.contains("plan.steps[3].seed should be 6"), "\(seed)")
        let rowSeed = problem { $0[1]["seed"] = 7 }
        #expect(rowSeed.contains("plan.steps[1].seed should be absent"), "\(rowSeed)")
        let dataSeed = problem { $0[0]["seed"] = 5 }
        #expect(dataSeed.contains("plan.steps[0].seed should be 0"), "\(dataSeed)")
    }

    @Test("data that are planned for each row and seed are named for the seed and depend on none")
    func dataOfReplicates() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(
            planner { json in
                let each: JSONValue = ["row", "seed"]
                json["steps"] = [
                    ["name": "data", "each": each, "artifact": ["kind": "dataset", "alias": "drawn"]],
                    ["name": "train", "each": each, "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"]],
                ]
            })
        #expect(plan.steps.first?.name == "data-wide-s5" && plan.steps.first?.seed == 0)
        #expect(try record(plan.json).plan == plan)
    }

    @Test("a plan is compared with the one that its workflow gives for the same choices, and the first difference is named")
    func comparison() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let honest = try plan(planner(), settings: [("steps", "3"), ("set", "fetched")], only: ["wide"])
        let catalogue = try Catalogue(root: folder)
        #expect(PlanComparison(honest, catalogue: catalogue) == .same)
        func problem(_ change: (inout Plan) -> Void) -> String {
            var plan = honest
            change(&plan)
            guard case .different(let problem) = PlanComparison(plan, catalogue: catalogue) else { return "nothing" }
            return problem
        }
        let notes = problem { $0.protocolNotes = [] }
        #expect(notes == "its plan is not what workflow/table gives: protocol_notes differs")
        let parameter = problem { $0.steps[1].parameters["steps"] = 4 }
        #expect(parameter.hasSuffix(": steps differs"), "\(parameter)")
        let setting = problem { $0.settings["steps"] = 4 }
        #expect(setting.hasSuffix(": parameters differs"), "\(setting)")
        let nothing = problem { $0.matrix?.leftOut = ["wide", "narrow"] }
        #expect(nothing.hasSuffix(": matrix differs"), "\(nothing)")
        let variation = problem { $0.variation = "long" }
        #expect(variation.contains("no variation 'long'"), "\(variation)")
        let refused = problem { $0.settings["set"] = "stolen" }
        #expect(refused.contains("parameter set"), "\(refused)")
    }

    @Test("a plan of a workflow without variations is compared too")
    func comparisonWithoutVariations() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(
            planner { json in
                json["variations"] = nil
                json["default_variation"] = nil
            })
        let catalogue = try Catalogue(root: folder)
        #expect(PlanComparison(plan, catalogue: catalogue) == .same)
    }

    @Test("a plan is not compared with other artifacts than those that it pins")
    func comparisonWithOthers() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plan = try plan(planner())
        func obstacle() throws -> String {
            let catalogue = try Catalogue(root: folder)
            guard case .notCompared(let reason) = PlanComparison(plan, catalogue: catalogue) else { return "none" }
            return reason
        }
        _ = try planner { $0["description"] = "Changed since." }
        let changed = try obstacle()
        #expect(changed.contains("workflow/table is another here"), "\(changed)")
        try FileManager.default.removeItem(atPath: folder + "/workflows/table")
        let gone = try obstacle()
        #expect(gone.contains("workflow/table is not in this project"), "\(gone)")
    }

    @Test("what cannot be planned is refused before anything runs")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func message(seed: Int = 0, settings: [(name: String, text: String)] = [], _ change: (inout JSONValue) -> Void) -> String {
            do {
                _ = try plan(planner(change), settings: settings, seed: seed)
                return "nothing"
            } catch { return "\(error)" }
        }
        let unknown = message { $0["matrix"]?["rows"] = [["name": "wiide", "title": "W"]] }
        #expect(unknown.contains("not 'drawn-wiide'"), "\(unknown)")
        let beyond = message(seed: (1 << 53) - 1) { _ in }
        #expect(beyond.contains("2^53"), "\(beyond)")
        let many = JSONValue.array((0..<100).map { ["name": .string("r\($0)"), "title": "R"] })
        let crowded = message(settings: [("seeds", "100")]) { json in
            json["matrix"]?["rows"] = many
            let trainings: [JSONValue] = ["train", "tune", "prune"].map { name in
                ["name": name, "each": ["row", "seed"], "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"]]
            }
            json["steps"] = .array([["name": "data", "artifact": ["kind": "dataset", "alias": "drawn"]]] + trainings)
        }
        #expect(crowded.contains("20000") && crowded.contains("30001"), "\(crowded)")
        let twice = message { json in
            json["matrix"] = ["rows": [["name": "a-b", "title": "1"], ["name": "b", "title": "2"]]]
            json["steps"] = [
                ["name": "data", "artifact": ["kind": "dataset", "alias": "drawn"]],
                ["name": "t", "each": ["row"], "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"]],
                ["name": "t-a", "each": ["row"], "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"]],
            ]
        }
        #expect(twice.contains("t-a-b is made twice"), "\(twice)")
        let long = message { json in
            var steps = json["steps"]?.arrayValue ?? []
            steps[2]["name"] = .string(String(repeating: "x", count: 60))
            json["steps"] = .array(steps)
        }
        #expect(long.contains("64 at most"), "\(long)")
    }
}
