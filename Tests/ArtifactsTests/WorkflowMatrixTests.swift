import Artifacts
import Integrity
import Testing

@Suite struct TemplateTests {
    @Test func `a template is filled with values of any type`() throws {
        let template = try #require(Template("${set}-${row}-${side}.${on}"))
        #expect(template.names == ["set", "row", "side", "on"])
        #expect(template.filled(with: ["set": "mnist", "row": "vae", "side": 64, "on": true]) == "mnist-vae-64.true")
        #expect(template.filled(with: ["row": "vae"]) == "${set}-vae-${side}.${on}")
    }

    @Test func `a text without places is itself, and a place alone is known as such`() throws {
        #expect(Template("a $ {b} }")?.filled(with: [:]) == "a $ {b} }")
        #expect(Template("${steps}")?.soleName == "steps")
        #expect(Template("${a}${a}")?.soleName == nil)
        #expect(Template("")?.names == [])
    }

    @Test(arguments: ["${", "a${b", "${}", "${a b}", "${a${b}}"]) func `a place that is not closed or has no name is none`(_ text: String) {
        #expect(Template(text) == nil)
    }
}

/// A workflow of two rows, in which nearly every place is filled in.
enum MatrixSample {
    static let workflow = MetaSamples.with(
        MetaSamples.common(.workflow, "table"),
        [
            "parameters": [
                "steps": ["type": "integer", "minimum": 1, "default": 5, "description": "Steps"],
                "seeds": ["type": "integer", "minimum": 1, "maximum": 5, "default": 2, "description": "Seeds"],
                "set": ["type": "string", "choices": ["mnist", "sprites"], "default": "sprites", "description": "Which images"],
            ],
            "matrix": [
                "rows": [["name": "tvae", "title": "TVAE L=1/2"], ["name": "vae", "title": "VAE"]], "seeds": "${seeds}",
            ],
            "steps": [
                ["name": "data", "artifact": ["kind": "dataset", "alias": "${set}"], "parameters": ["side": 32]],
                [
                    "name": "train", "each": ["row", "seed"], "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "data"],
                    "model": ["artifact": ["alias": "topographic-vae"], "variation": "${row}"], "parameters": ["steps": "${steps}"],
                ],
                [
                    "name": "again", "each": ["row", "seed"], "artifact": ["kind": "script", "alias": "train"],
                    "inputs": ["data": "data", "start": "train/weights.safetensors"], "parameters": ["steps": 2],
                ],
            ],
            "variations": [
                "smoke": [
                    "description": "Short", "scale": "reduced", "parameters": ["steps": 3], "differences": ["a part of the test set"],
                ],
                "paper": ["description": "Long", "scale": "paper", "parameters": ["set": "mnist"]],
            ],
            "default_variation": "smoke", "paper": ["alias": "keller-welling-2021"],
            "protocol": [
                "parameter": "steps", "paper_value": 5, "unit": "steps",
                "differences": [["text": "${set} in place of mnist", "when": ["set": "sprites"]]],
            ],
            "tables": [["title": "Table 1: MNIST", "table": "1"]],
        ])
}

@Suite struct WorkflowMatrixTests {
    private func problems(_ members: [String: JSONValue?]) -> [String] {
        var json = MatrixSample.workflow
        for (key, value) in members { json[key] = value }
        do throws(MetaError) {
            _ = try ArtifactMeta(json: json, file: "meta.json")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private func changing(step index: Int, _ change: (inout JSONValue) -> Void) -> [String: JSONValue?] {
        var steps = MatrixSample.workflow["steps"]?.arrayValue ?? []
        change(&steps[index])
        return ["steps": .array(steps)]
    }

    @Test func `rows, seeds, tables and differences are read`() throws {
        let workflow = try #require(try ArtifactMeta(json: MatrixSample.workflow, file: "meta.json").workflow)
        #expect(workflow.matrix?.rows == [MatrixRow(name: "tvae", title: "TVAE L=1/2"), MatrixRow(name: "vae", title: "VAE")])
        #expect(workflow.matrix?.seedCount(with: ["seeds": 4]) == 4)
        #expect(workflow.steps.map(\.repetition) == [.once, .eachRowAndSeed, .eachRowAndSeed])
        #expect(workflow.tables == [TableReference(title: "Table 1: MNIST", table: "1")])
        #expect(workflow.variations["smoke"]?.differences.map { $0.sentence(with: [:]) } == ["a part of the test set"])
        let difference = try #require(workflow.paperProtocol?.differences.first)
        #expect(difference.sentence(with: ["set": "sprites"]) == "sprites in place of mnist")
        #expect(difference.sentence(with: ["set": "mnist"]) == nil)
    }

    @Test func `a matrix without seeds is one seed`() throws {
        var json = MatrixSample.workflow
        json["matrix"] = ["rows": [["name": "vae", "title": "VAE"], ["name": "tvae", "title": "TVAE"]]]
        #expect(try ArtifactMeta(json: json, file: "meta.json").workflow?.matrix?.seedCount(with: [:]) == 1)
    }

    @Test func `a step's places are filled, and a place alone keeps its value's type`() throws {
        let workflow = try #require(try ArtifactMeta(json: MatrixSample.workflow, file: "meta.json").workflow)
        let train = workflow.steps[1].filled(with: ["row": "vae", "steps": 7])
        #expect(train.model?.variation == "vae" && train.parameters == ["steps": 7])
        #expect(workflow.steps[0].filled(with: ["set": "mnist"]).artifact == ArtifactQuery(kind: .dataset, alias: "mnist"))
    }

    @Test func `whatever a step may be is known, whichever is chosen`() throws {
        let workflow = try #require(try ArtifactMeta(json: MatrixSample.workflow, file: "meta.json").workflow)
        #expect(workflow.steps[0].artifacts.map(\.alias) == ["mnist", "sprites"])
        #expect(workflow.steps[1].models.map(\.variation) == ["tvae", "vae"])
    }

    @Test func `a workflow needs every artifact that a parameter may choose, and one that is not there is refused by name`() throws {
        let folder = TemporaryFolder()
        try MetaSamples.writeProject(MetaSamples.all + [MatrixSample.workflow], in: folder)
        let catalogue = try Catalogue(root: folder.path)
        let needed = try catalogue.resolve(catalogue.find("workflow/table")).map(\.title)
        #expect(needed.contains("dataset/mnist") && needed.contains("dataset/sprites"))

        var json = MatrixSample.workflow
        json["alias"] = "other"
        json["uid"] = "0123456789abcdef"
        json["parameters"]?["set"]?["choices"] = ["sprites", "sprties"]
        json["variations"]?["paper"]?["parameters"] = [:]
        try MetaSamples.writeProject([json], in: folder)
        let spoiled = try Catalogue(root: folder.path)
        let error = #expect(throws: CatalogueError.self) { try spoiled.resolve(spoiled.find("workflow/other")) }
        #expect(error?.description == "no artifact dataset/sprties, required by workflow/other; did you mean dataset/sprites?")
    }

    @Test func `what cannot be planned is refused with its place`() {
        let cases: [([String: JSONValue?], String)] = [
            (["matrix": nil], "steps[1].each: expected a matrix in this workflow"),
            (changing(step: 1) { $0["each"] = ["seed"] }, "steps[1].each: expected [\"row\"] or [\"row\", \"seed\"]"),
            (changing(step: 1) { $0["each"] = [] }, "steps[1].each: expected [\"row\"] or [\"row\", \"seed\"], found an empty array"),
            (changing(step: 1) { $0["each"] = "row" }, "steps[1].each: expected [\"row\"] or [\"row\", \"seed\"]"),
            (
                changing(step: 1) { $0["each"] = nil },
                "steps[1].model.variation: expected ${row} only in a step that is planned for each row"
            ),
            (
                changing(step: 2) { $0["each"] = ["row"] },
                "steps[2].inputs.start: expected a step that is planned for each row, as again is, or less often, found train, which is planned for each row and seed"
            ),
            (
                changing(step: 2) { $0["each"] = nil },
                "steps[2].inputs.start: expected a step that is planned once, as again is, or less often"
            ),
            (
                changing(step: 0) { $0["artifact"] = ["kind": "dataset", "alias": "${steps}"] },
                "steps[0].artifact.alias: expected a parameter with choices here"
            ),
            (
                changing(step: 0) { $0["artifact"] = ["kind": "dataset", "alias": "${sett}"] },
                "steps[0].artifact.alias: expected a declared parameter of the workflow; did you mean set?"
            ),
            (
                changing(step: 0) { $0["artifact"] = ["kind": "dataset", "alias": "../${set}"] },
                "steps[0].artifact.alias: expected an alias"
            ),
            (changing(step: 1) { $0["inputs"] = ["data": "${set}"] }, "steps[1].inputs.data: expected a step, or STEP/OUTPUT"),
            (
                changing(step: 1) { $0["parameters"] = ["steps": "a${steps"] },
                "steps[1].parameters.steps: expected a text in which every ${"
            ),
            (["matrix": ["rows": []]], "matrix.rows: expected an array of at least one row"),
            (
                ["matrix": ["rows": [["name": "A/b", "title": "x"]]]],
                "matrix.rows[0].name: expected a row's name of a-z, 0-9 and hyphens"
            ),
            (
                ["matrix": ["rows": [["name": "a", "title": "x"], ["name": "a", "title": "y"]]]],
                "matrix.rows[1].name: expected rows' names to be unique"
            ),
            (["matrix": ["rows": [["name": "a", "title": "x"]], "seeds": 0]], "matrix.seeds: expected a number of seeds from 1 to 100"),
            (["matrix": ["rows": [["name": "a", "title": "x"]], "seeds": "${steps}"]], "matrix.seeds: expected a number of seeds"),
            (["tables": [["title": "Table 1"]]], "tables[0].table: expected a text"),
            (
                [
                    "protocol": [
                        "parameter": "steps", "paper_value": 5, "unit": "steps", "differences": [["text": "x", "when": ["set": 3]]],
                    ]
                ],
                "protocol.differences[0].when.set: expected a string"
            ),
        ]
        for (members, expected) in cases {
            let found = problems(members)
            #expect(found.contains { $0.hasPrefix(expected) }, "\(expected): \(found)")
        }
    }
}
