import Artifacts
import Integrity
import Testing

@Suite struct ArtifactMetaTests {
    /// What is wrong with a value, one line each.
    private func problems(_ json: JSONValue) -> [String] {
        do throws(MetaError) {
            _ = try ArtifactMeta(json: json, file: "meta.json")
            return []
        } catch {
            #expect(error.exitClass == .badInput)
            return error.problems.map(\.description)
        }
    }

    /// A value with the one at a path replaced, or removed where nil.
    private func spoil(_ json: JSONValue, _ path: [String], _ value: JSONValue?) -> JSONValue {
        guard let first = path.first else { return value ?? .null }
        if let index = Int(first), var elements = json.arrayValue {
            if path.count == 1, value == nil {
                elements.remove(at: index)
            } else {
                elements[index] = spoil(elements[index], Array(path.dropFirst()), value)
            }
            return .array(elements)
        }
        var copy = json
        copy[first] = path.count == 1 ? value : spoil(json[first] ?? [:], Array(path.dropFirst()), value)
        return copy
    }

    // MARK: - Sound files

    @Test(arguments: MetaSamples.all) func `a sound meta.json of each kind is read, whole`(_ json: JSONValue) throws {
        let meta = try ArtifactMeta(json: json, file: "meta.json")
        #expect(meta.json == json)
        #expect(meta.title == "\(meta.kind)/\(meta.alias)")
        #expect(meta.version == SemanticVersion(1, 0, 0))
    }

    @Test func `a data set's files are ready to be fetched`() throws {
        let dataset = try #require(try ArtifactMeta(json: MetaSamples.dataset, file: "meta.json").dataset)
        let file = try dataset.files[0].remoteFile()
        #expect(file.name == "train.gz" && file.size == .exactly(12) && file.sha256 == .of([1]) && file.mirrorPath == "mnist/train.gz")
        #expect(dataset.files[0].encoding == .gzip && dataset.generator == nil)
    }

    @Test func `a file without a mirror path lies under the alias, one without a digest says null`() throws {
        var json = spoil(MetaSamples.dataset, ["dataset", "files", "0", "mirror_path"], nil)
        json = spoil(json, ["dataset", "files", "0", "sha256"], .null)
        let file = try #require(try ArtifactMeta(json: json, file: "meta.json").dataset?.files[0])
        #expect(file.mirrorPath == "mnist/train.gz" && file.sha256 == nil)
    }

    @Test func `a data set may bound a size that nobody knows, be prepared, and stand in for another`() throws {
        var json = spoil(MetaSamples.dataset, ["dataset", "files", "0", "bytes"], nil)
        json = spoil(json, ["dataset", "files", "0", "maximum_bytes"], 64)
        json = spoil(
            json, ["dataset", "preparation"],
            [
                "name": "halve", "parameters": ["side": ["type": "integer", "default": 64, "description": "Pixels."]],
                "outputs": ["half.npy"],
            ])
        json = spoil(json, ["dataset", "stands_in_for"], "the real one")
        let dataset = try #require(try ArtifactMeta(json: json, file: "meta.json").dataset)
        #expect(try dataset.files[0].remoteFile().size == .atMost(64))
        #expect(dataset.preparation?.name == "halve" && dataset.parameters["side"]?.default == 64)
        #expect(dataset.outputs == dataset.files.map(\.name) + ["half.npy"])
        #expect(dataset.standsInFor == "the real one")
    }

    @Test func `a size that is both exact and bounded, or an output that a file has already, is refused`() {
        #expect(
            problems(spoil(MetaSamples.dataset, ["dataset", "files", "0", "maximum_bytes"], 64)).first?.hasPrefix(
                "dataset.files[0].bytes: expected nothing beside maximum_bytes") == true)
        let preparation: JSONValue = ["name": "halve", "outputs": ["train.gz"]]
        #expect(
            problems(spoil(MetaSamples.dataset, ["dataset", "preparation"], preparation)).first?.hasPrefix(
                "dataset.preparation.outputs: expected names that no fetched file has") == true)
        #expect(
            problems(spoil(MetaSamples.generated, ["dataset", "preparation"], preparation)).contains {
                $0.hasPrefix("dataset.preparation: expected nothing, since the files are generated")
            })
    }

    @Test func `a generated data set has a generator and pinned bytes`() throws {
        let dataset = try #require(try ArtifactMeta(json: MetaSamples.generated, file: "meta.json").dataset)
        #expect(dataset.generator?.name == "sprites" && dataset.generator?.parameters["side"]?.default == 32)
        #expect(dataset.files[0].sha256 == .of([2]) && dataset.files[0].urls.isEmpty)
    }

    @Test func `a model's variation is its row of parameters over the defaults`() throws {
        let model = try #require(try ArtifactMeta(json: MetaSamples.model, file: "meta.json").model)
        #expect(try model.values(variation: "vae") == ["window": 18, "topography": "none"])
        #expect(throws: ParameterError.missing(name: "topography")) { try model.values(variation: nil) }
        #expect(throws: ParameterError.invalid(name: "variation", expected: "one of tvae, vae", found: "\"bae\"")) {
            try model.values(variation: "bae")
        }
    }

    @Test func `a script says what to start and what goes in and comes out`() throws {
        let script = try #require(try ArtifactMeta(json: MetaSamples.script, file: "meta.json").script)
        #expect(script.program == ["reprise-step", "train-topographic-vae"])
        #expect(script.inputs["data"]?.kind == .dataset && script.inputs["start"]?.isOptional == true)
        #expect(script.outputs.map(\.name) == ["weights.safetensors"] && script.metrics.map(\.unit) == ["nat"])
    }

    @Test func `a script for other tools only needs no step`() throws {
        let meta = try ArtifactMeta(json: spoil(MetaSamples.script, ["step"], nil), file: "meta.json")
        #expect(meta.script == nil && meta.kind == .script)
    }

    @Test func `a workflow's steps come in an order that can be run, with its parameters put in`() throws {
        let workflow = try #require(try ArtifactMeta(json: MetaSamples.workflow, file: "meta.json").workflow)
        #expect(workflow.steps.map(\.name) == ["mnist", "train", "again"])
        #expect(
            workflow.steps[2].inputs == [
                "data": .init(step: "mnist", output: nil), "start": .init(step: "train", output: "weights.safetensors"),
            ])
        let values = try workflow.values(variation: "smoke", overrides: ["steps": 7])
        #expect(workflow.steps[1].parameters(with: values) == ["steps": 7])
        #expect(try workflow.values(variation: "paper") == ["steps": 600_000])
        #expect(workflow.variations["paper"]?.scale == .paper && workflow.defaultVariation == "smoke")
        #expect(workflow.paper == ArtifactQuery(kind: .paper, alias: "keller-welling-2021"))
    }

    @Test func `a paper's claims keep their source and mark`() throws {
        let paper = try #require(try ArtifactMeta(json: MetaSamples.paper, file: "meta.json").paper)
        #expect(paper.claims.map(\.id) == ["equivariance", "eq-tvae"])
        #expect(paper.claims[1].value == 1234.5 && paper.claims[1].mark == .recalled && paper.claims[1].json["row"] == "TVAE")
    }

    // MARK: - Spoiled files

    @Test func `each common field that is missing or malformed is named with what it should be`() {
        let cases: [(String, JSONValue, String)] = [
            (
                "alias", "Mnist",
                "alias: expected an alias of a-z, 0-9, dots and hyphens that begins with a letter or digit, found \"Mnist\""
            ),
            ("alias", "../x", "alias: expected an alias of a-z, 0-9, dots and hyphens that begins with a letter or digit, found \"../x\""),
            ("uid", "0123456789ABCDEF", "uid: expected 16 lower-case hexadecimal digits, found \"0123456789ABCDEF\""),
            ("uid", 12, "uid: expected 16 lower-case hexadecimal digits, found 12"),
            ("automation_uid", "x", "automation_uid: expected 16 lower-case hexadecimal digits, found \"x\""),
            ("version", "1.0", "version: expected a version such as 1.0.0, found \"1.0\""),
            ("name", "", "name: expected a text that is not empty, found \"\""),
            ("description", ["x"], "description: expected a text that is not empty, found an array"),
            ("tags", "x", "tags: expected an array of tags, found \"x\""),
            ("url", "ftp://x/y", "url: expected an http or https URL, found \"ftp://x/y\""),
            (
                "automation_alias", "data",
                "automation_alias: expected one of \"automation\", \"dataset\", \"model\", \"script\", \"paper\", \"workflow\", found \"data\""
            ),
        ]
        for (field, value, expected) in cases { #expect(problems(spoil(MetaSamples.dataset, [field], value)) == [expected]) }
        for field in ["alias", "uid", "automation_alias", "automation_uid", "tags", "version", "name", "description"] {
            let found = problems(spoil(MetaSamples.dataset, [field], nil))
            #expect(found.count == 1 && found[0].hasPrefix("\(field): expected ") && found[0].hasSuffix(", found nothing"), "\(found)")
        }
    }

    @Test func `all problems are reported, not the first one`() {
        var json = spoil(MetaSamples.workflow, ["variations", "smoke", "parameters", "steps"], "many")
        json = spoil(json, ["uid"], "x")
        json = spoil(json, ["steps", "0", "inputs", "data"], "nowhere")
        #expect(
            problems(json) == [
                "uid: expected 16 lower-case hexadecimal digits, found \"x\"",
                "steps[0].inputs.data: expected a step, or STEP/OUTPUT; steps are again, mnist, train, found \"nowhere\"",
                "variations.smoke.parameters.steps: expected an integer of at least 1, found \"many\"",
            ])
    }

    @Test func `the error names the file on each line and stays short`() {
        let tags = JSONValue.array((0..<40).map { .string("BAD \($0)") })
        let error = MetaError(file: "artifacts/dataset/mnist/meta.json", problems: [])
        do throws(MetaError) {
            _ = try ArtifactMeta(json: spoil(MetaSamples.dataset, ["tags"], tags), file: error.file)
            Issue.record("accepted")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(error.problems.count == 40 && lines.count == 13)
            #expect(lines.allSatisfy { $0.hasPrefix("artifacts/dataset/mnist/meta.json: ") })
        }
    }

    @Test func `a field that nobody knows is refused with the one that was probably meant`() {
        #expect(
            problems(spoil(MetaSamples.dataset, ["licence"], "MIT")) == [
                "licence: expected no such field; did you mean license?, found \"MIT\""
            ])
        #expect(
            problems(spoil(MetaSamples.dataset, ["dataset", "files", "0", "sha265"], "x")) == [
                "dataset.files[0].sha265: expected no such field; did you mean sha256?, found \"x\""
            ])
        #expect(problems(spoil(MetaSamples.dataset, ["step"], [:])).count == 1)
    }

    @Test func `fields of MLCommons' tools and those that begin with x- are let through`() {
        #expect(problems(spoil(spoil(MetaSamples.dataset, ["default_env"], ["A": "b"]), ["x-anything"], [1])) == [])
    }

    @Test func `each kind's section is checked where it matters`() {
        let digest = JSONValue.string(SHA256Digest.of([3]).hex)
        let cases: [(JSONValue, [String], JSONValue?, String)] = [
            (MetaSamples.dataset, ["dataset"], nil, "dataset: expected an object, found nothing"),
            (MetaSamples.dataset, ["dataset", "files"], [], "dataset.files: expected an array of at least one file, found an empty array"),
            (MetaSamples.dataset, ["dataset", "files", "0", "name"], "../x", "dataset.files[0].name: expected a plain file name"),
            (MetaSamples.dataset, ["dataset", "files", "0", "bytes"], -1, "dataset.files[0].bytes: expected a size in bytes"),
            (MetaSamples.dataset, ["dataset", "files", "0", "bytes"], 1.5, "dataset.files[0].bytes: expected a size in bytes"),
            (
                MetaSamples.dataset, ["dataset", "files", "0", "sha256"], "abc",
                "dataset.files[0].sha256: expected 64 lower-case hexadecimal digits"
            ),
            (
                MetaSamples.dataset, ["dataset", "files", "0", "sha256"], nil,
                "dataset.files[0].sha256: expected 64 lower-case hexadecimal digits"
            ),
            (MetaSamples.dataset, ["dataset", "files", "0", "urls"], [], "dataset.files[0].urls: expected an array of at least one URL"),
            (
                MetaSamples.dataset, ["dataset", "files", "0", "urls"], ["file:///etc/passwd"],
                "dataset.files[0].urls[0]: expected an http or https URL"
            ),
            (
                MetaSamples.dataset, ["dataset", "files", "0", "mirror_path"], "/etc/passwd",
                "dataset.files[0].mirror_path: expected a relative path"
            ),
            (MetaSamples.dataset, ["dataset", "files", "0", "encoding"], "rar", "dataset.files[0].encoding: expected one of"),
            (
                MetaSamples.generated, ["dataset", "files", "0", "urls"], ["https://x/y"],
                "dataset.files[0].urls: expected nothing, since the file is generated"
            ),
            (
                MetaSamples.generated, ["dataset", "files", "0", "sha256"], .null,
                "dataset.files[0].sha256: expected 64 lower-case hexadecimal digits"
            ),
            (MetaSamples.generated, ["dataset", "generator", "name"], nil, "dataset.generator.name: expected a text"),
            (
                MetaSamples.generated, ["dataset", "files"],
                [["name": "a", "bytes": 1, "sha256": digest], ["name": "a", "bytes": 1, "sha256": digest]],
                "dataset.files[1].name: expected file names to be unique"
            ),
            (MetaSamples.model, ["model", "family"], 3, "model.family: expected the name of a model family"),
            (
                MetaSamples.model, ["variations", "tvae", "parameters", "window"], 19,
                "variations.tvae.parameters.window: expected an integer from 1 to 18, found 19"
            ),
            (
                MetaSamples.model, ["variations", "tvae", "parameters", "windw"], 1,
                "variations.tvae.parameters.windw: expected a declared parameter; did you mean window?"
            ),
            (
                MetaSamples.model, ["variations", "tvae", "parameters", "topography"], "x",
                "variations.tvae.parameters.topography: expected a string, one of \"none\", \"shifting\""
            ),
            (
                MetaSamples.model, ["model", "parameters", "window", "default"], 0,
                "model.parameters.window.default: expected an integer from 1 to 18, found 0"
            ),
            (
                MetaSamples.model, ["model", "parameters", "window", "maximum"], 0,
                "model.parameters.window.maximum: expected a number of at least the minimum 1"
            ),
            (
                MetaSamples.model, ["model", "parameters", "topography", "minimum"], 0,
                "model.parameters.topography.minimum: expected no bound"
            ),
            (
                MetaSamples.model, ["model", "parameters", "topography", "choices"], [],
                "model.parameters.topography.choices: expected at least one"
            ),
            (MetaSamples.script, ["step", "program"], [], "step.program: expected an array: a program and its arguments"),
            (MetaSamples.script, ["step", "program"], ["reprise-step"], "step.program: expected the step's name after reprise-step"),
            (MetaSamples.script, ["step", "program"], ["./../x"], "step.program[0]: expected reprise-step, ./FILE"),
            (MetaSamples.script, ["step", "program"], ["/bin/sh"], "step.program[0]: expected reprise-step, ./FILE"),
            (MetaSamples.script, ["step", "outputs", "0", "media_type"], "x", "step.outputs[0].media_type: expected a media type"),
            (MetaSamples.script, ["step", "outputs", "0", "name"], "a/b", "step.outputs[0].name: expected a plain file name"),
            (MetaSamples.script, ["step", "inputs", "data", "kind"], "file", "step.inputs.data.kind: expected one of"),
            (MetaSamples.script, ["requires", "0", "version"], "^x", "requires[0].version: expected a version range"),
            (
                MetaSamples.script, ["requires", "0", "uid"], "0123456789abcdef",
                "requires[0]: expected exactly one of alias, uid and tags, found alias and uid"
            ),
            (MetaSamples.paper, ["paper", "year"], 2021.5, "paper.year: expected a year"),
            (MetaSamples.paper, ["paper", "arxiv"], "nope", "paper.arxiv: expected an arXiv number"),
            (MetaSamples.paper, ["paper", "authors"], [], "paper.authors: expected an array of at least one author"),
            (
                MetaSamples.paper, ["claims", "0", "mark"], "sure",
                "claims[0].mark: expected one of \"recalled\", \"secondary\", \"confirmed\", \"verbatim\""
            ),
            (MetaSamples.paper, ["claims", "0", "quote"], "too short", "claims[0].quote: expected the paper's own words"),
            (
                MetaSamples.paper, ["claims", "1", "confirmed_by"], ["sha256": "00", "page": 1],
                "claims[1].confirmed_by.sha256: expected a PDF's SHA-256"
            ),
            (
                MetaSamples.paper, ["claims", "1", "confirmed_by"], ["sha256": .string(String(repeating: "0", count: 64)), "page": 0],
                "claims[1].confirmed_by.page: expected a page"
            ),
            (
                MetaSamples.paper, ["claims", "1", "confirmed_by"], ["sha256": .string(String(repeating: "0", count: 64)), "page": 3],
                "claims[1].mark: expected confirmed or verbatim beside a confirmed_by, found \"recalled\""
            ),
            (
                MetaSamples.paper, ["claims", "0", "mark"], "confirmed",
                "claims[0].mark: expected confirmed only beside a confirmed_by, as reprise claims confirm writes it, or a note"
            ),
            (MetaSamples.paper, ["claims", "1", "id"], "equivariance", "claims[1].id: expected claim ids to be unique"),
            (MetaSamples.paper, ["claims", "1", "uncertainty"], -1, "claims[1].uncertainty: expected a number of at least 0"),
            (MetaSamples.paper, ["claims"], "../claims.json", "claims: expected an array of claims, or the name of a file"),
            (MetaSamples.workflow, ["steps"], [], "steps: expected an array of at least one step"),
            (MetaSamples.workflow, ["steps", "0", "name"], "mnist", "steps[1].name: expected step names to be unique"),
            (
                MetaSamples.workflow, ["steps", "0", "parameters", "steps"], "${stps}",
                "steps[0].parameters.steps: expected a declared parameter of the workflow; did you mean steps?"
            ),
            (
                MetaSamples.workflow, ["steps", "0", "inputs", "data"], "mnist/../../x",
                "steps[0].inputs.data: expected a step, or STEP/OUTPUT"
            ),
            (
                MetaSamples.workflow, ["steps", "0", "inputs", "data"], "again",
                "steps: expected steps without a cycle, found train → again → train"
            ),
            (
                MetaSamples.workflow, ["steps", "0", "inputs", "data"], "train",
                "steps: expected steps without a cycle, found train → train"
            ),
            (MetaSamples.workflow, ["steps", "0", "model", "artifact", "kind"], "dataset", "steps[0].model.artifact.kind: expected"),
            (MetaSamples.workflow, ["steps", "0", "model", "row"], "vae", "steps[0].model.row"),
            (MetaSamples.workflow, ["protocol", "parameter"], "stepz", "protocol.parameter: expected a declared parameter"),
            (MetaSamples.workflow, ["protocol", "paper_value"], 0, "protocol.paper_value: expected a number above 0"),
            (MetaSamples.workflow, ["steps", "0", "artifact"], ["alias": "train"], "steps[0].artifact.kind: expected one of"),
            (
                MetaSamples.workflow, ["default_variation"], "short",
                "default_variation: expected one of the variations paper, smoke, found \"short\""
            ),
            (
                MetaSamples.workflow, ["default_variation"], nil,
                "default_variation: expected one of the variations paper, smoke, found nothing"
            ),
            (
                MetaSamples.workflow, ["variations", "smoke", "scale"], "small",
                "variations.smoke.scale: expected one of \"reduced\", \"paper\""
            ),
            (MetaSamples.workflow, ["claims"], [1], "claims[0]: expected an object, found 1"),
            (MetaSamples.workflow, ["paper"], ["kind": "dataset", "alias": "x"], "paper.kind: expected \"paper\""),
        ]
        for (sample, path, value, expected) in cases {
            let found = problems(spoil(sample, path, value))
            #expect(found.contains { $0.hasPrefix(expected) }, "\(path): \(found)")
        }
    }

    @Test func `any value at any place is read or refused, and never brings the reader down`() {
        let strange: [JSONValue?] = [
            nil, .null, true, -1, 1e300, 0.5, "", "\u{0}", "${", "}", "${}", "a/b/c", [], [[]], [.null], [:], ["": [:]], ["a.b\n": 1],
        ]
        func paths(_ json: JSONValue, _ prefix: [String]) -> [[String]] {
            var result = [prefix]
            for (key, value) in json.objectValue ?? [:] { result += paths(value, prefix + [key]) }
            for (index, value) in (json.arrayValue ?? []).enumerated() { result += paths(value, prefix + ["\(index)"]) }
            return result
        }
        for sample in MetaSamples.all {
            for path in paths(sample, []) {
                for value in strange {
                    for problem in problems(spoil(sample, path, value)) { #expect(!problem.contains("\n"), "\(path)") }
                }
            }
        }
    }

    // MARK: - Parameters

    @Test func `a parameter is read as it is typed`() throws {
        let steps = ParameterDeclaration(type: .integer, minimum: 1, maximum: 100, description: "steps")
        #expect(try steps.parse("12", name: "steps") == 12)
        for text in ["0", "101", "1.5", "x", "", "1e400", "0x10", " 1 2", "true", "NaN", "9007199254740993"] {
            #expect(throws: ParameterError.invalid(name: "steps", expected: "an integer from 1 to 100", found: "\"\(text)\"")) {
                try steps.parse(text, name: "steps")
            }
        }
        #expect(try ParameterDeclaration(type: .number, description: "rate").parse("1e-4", name: "rate") == 1e-4)
        #expect(try ParameterDeclaration(type: .boolean, description: "flag").parse("true", name: "flag") == true)
        #expect(try ParameterDeclaration(type: .string, description: "text").parse("12", name: "text") == "12")
        #expect(throws: ParameterError.self) {
            try ParameterDeclaration(type: .string, choices: ["a"], description: "text").parse("b", name: "text")
        }
    }

    @Test func `a parameter may say why its value was chosen where the paper does not give one`() throws {
        func declaration(_ choice: JSONValue) throws -> ParameterDeclaration? {
            var json = MetaSamples.model
            json["model"] = ["family": "vae", "parameters": ["size": ["type": "integer", "description": "d", "choice": choice]]]
            json["variations"] = nil
            return try #require(try ArtifactMeta(json: json, file: "meta.json").model).parameters["size"]
        }
        #expect(try declaration("enough for ten classes")?.choice == "enough for ten classes")
        #expect(throws: (any Error).self) { try declaration(3) }
    }

    @Test func `an unknown parameter is named with the one that was probably meant`() {
        let declarations = ["learning_rate": ParameterDeclaration(type: .number, default: 1e-3, description: "rate")]
        let error = #expect(throws: ParameterError.self) {
            try ParameterDeclaration.values(of: declarations, layers: [["learnin_rate": 1]])
        }
        #expect(error?.description == "no parameter learnin_rate; did you mean learning_rate?")
        #expect(error?.exitClass == .badInput)
    }
}
