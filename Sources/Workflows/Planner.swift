import Artifacts
import Integrity

/// Makes plans: resolves a workflow's artifacts, fills in every parameter and pins everything by digest.
public struct Planner: Sendable {
    private let catalogue: Catalogue

    public init(catalogue: Catalogue) { self.catalogue = catalogue }

    /// Artifact digest → folder, for the programs that artifacts bring.
    public var folders: [SHA256Digest: String] {
        Dictionary(catalogue.artifacts.map { ($0.digest, $0.folder) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameters:
    ///   - workflow: alias, uid, `alias@range` or `workflow/alias@range`.
    ///   - variation: nil takes the workflow's default.
    ///   - settings: what the user set, as typed.
    public func plan(
        workflow: String, variation: String?, settings: [(name: String, text: String)], seed: Int
    ) throws -> Plan {
        let artifact = try find(workflow)
        guard let meta = artifact.meta.workflow else { throw CatalogueError.unknown(query: workflow, requirer: nil, suggestions: []) }
        // The whole tree is resolved first, so that cycles and version conflicts are named before anything else is.
        _ = try catalogue.resolve(artifact)

        let alias = artifact.meta.alias
        let chosen = variation ?? meta.defaultVariation
        if let chosen, meta.variations[chosen] == nil {
            throw WorkflowError.unknownVariation(workflow: alias, variation: chosen, known: meta.variations.keys.sorted())
        }
        var overrides: [String: JSONValue] = [:]
        for (name, text) in settings {
            guard let declaration = meta.parameters[name] else {
                throw WorkflowError.unknownParameter(workflow: alias, parameter: name, known: meta.parameters.keys.sorted())
            }
            overrides[name] = try declaration.parse(text, name: name)
        }
        let values = try meta.values(variation: chosen, overrides: overrides)
        let steps = try meta.steps.map { try plan($0, of: meta.steps, workflow: alias, values: values) }

        let paper = try meta.paper.map { try catalogue.find($0) }
        let declaredScale: Plan.Scale = chosen.flatMap { meta.variations[$0]?.scale } == .paper ? .paper : .reduced
        // A paper-scale variation with a parameter changed by hand is not the paper's protocol any more.
        let scale = overrides.isEmpty ? declaredScale : .reduced
        return Plan(
            workflow: ArtifactReference(artifact), title: artifact.meta.name, variation: chosen ?? "default", scale: scale,
            parameters: values, seed: seed, steps: steps, paper: paper.map { ArtifactReference($0) },
            claims: .array(paper?.meta.paper?.claims.map(\.json) ?? []), bindings: .array(meta.claims),
            protocolNotes: notes(meta, values: values, overrides: overrides, scale: declaredScale) + Planner.substitutions(steps))
    }

    private func find(_ text: String) throws -> Artifact {
        var query = try ArtifactQuery(text)
        if query.kind == nil { query.kind = .workflow }
        return try catalogue.find(query)
    }

    /// The names of the files that a step declares; nil where nothing is declared.
    private func outputs(ofStep name: String, in steps: [WorkflowMeta.Step]) throws -> Set<String>? {
        guard let step = steps.first(where: { $0.name == name }) else { return nil }
        let meta = try catalogue.find(step.artifact).meta
        if let dataset = meta.dataset { return Set(dataset.outputs) }
        return (meta.script?.outputs.map(\.name)).map(Set.init)
    }

    private func plan(
        _ step: WorkflowMeta.Step, of steps: [WorkflowMeta.Step], workflow: String, values: [String: JSONValue]
    ) throws -> PlannedStep {
        let artifact = try catalogue.find(step.artifact)
        func refusal(_ field: String, _ expected: String) -> WorkflowError {
            .malformedWorkflow(workflow: workflow, field: "steps.\(step.name).\(field)", expected: expected)
        }
        guard PlannedStep.isName(step.name) else { throw refusal("name", "made of a-z, 0-9 and -, 64 at most") }
        let given = step.parameters(with: values)
        let inputs = step.inputs.mapValues(\.description)

        if let dataset = artifact.meta.dataset {
            guard inputs.isEmpty else { throw refusal("inputs", "empty: a dataset takes none") }
            return PlannedStep(
                name: step.name,
                program: [StepContract.builtinProgram, dataset.generator == nil ? "fetch-dataset" : "generate-dataset"],
                artifact: ArtifactReference(artifact), dataset: artifact.meta.json["dataset"],
                parameters: try ParameterDeclaration.values(of: dataset.parameters, layers: [given]))
        }
        guard let script = artifact.meta.script else {
            throw refusal("artifact", "a dataset or a script with a step section, not \(artifact.title)")
        }
        for (name, input) in script.inputs where inputs[name] == nil && !input.isOptional {
            throw refusal("inputs.\(name)", "given: \(artifact.title) needs it (\(input.description))")
        }
        for (name, source) in step.inputs {
            guard let output = source.output, let declared = try outputs(ofStep: source.step, in: steps) else { continue }
            if !declared.contains(output) {
                throw refusal("inputs.\(name)", "an output that step \(source.step) declares: \(declared.sorted().joined(separator: ", "))")
            }
        }
        for name in inputs.keys where script.inputs[name] == nil {
            throw refusal("inputs.\(name)", "one of \(script.inputs.keys.sorted().joined(separator: ", "))")
        }
        return PlannedStep(
            name: step.name, program: script.program, artifact: ArtifactReference(artifact),
            model: try step.model.map { try model($0) },
            parameters: try ParameterDeclaration.values(of: script.parameters, layers: [given]), inputs: inputs)
    }

    private func model(_ choice: WorkflowMeta.ModelChoice) throws -> JSONValue {
        let artifact = try catalogue.find(choice.artifact)
        let parameters = try artifact.meta.model?.values(variation: choice.variation) ?? [:]
        var json: JSONValue = ["artifact": ArtifactReference(artifact).json, "parameters": .object(parameters)]
        if let variation = choice.variation { json["variation"] = .string(variation) }
        return json
    }

    /// Where the plan departs from the paper: how much of its training is run, and what the workflow or the user changed.
    private func notes(
        _ meta: WorkflowMeta, values: [String: JSONValue], overrides: [String: JSONValue], scale: Plan.Scale
    ) -> [String] {
        var notes: [String] = []
        if let reference = meta.paperProtocol {
            if let value = values[reference.parameter]?.numberValue, value != reference.paperValue {
                let fraction = 100 * value / reference.paperValue
                notes.append(
                    "\(Planner.text(value)) of the paper's \(Planner.text(reference.paperValue)) \(reference.unit) (\(Planner.percent(fraction)) %)"
                )
            }
            notes += reference.differences
        }
        if scale == .paper {
            notes += overrides.keys.sorted().map {
                "\($0) was set to \(String(decoding: overrides[$0, default: .null].canonicalBytes(), as: UTF8.self)) by hand"
            }
        }
        return notes
    }

    /// Which data sets stand in for which.
    private static func substitutions(_ steps: [PlannedStep]) -> [String] {
        var notes: [String] = []
        for step in steps {
            guard let original = step.dataset?["stands_in_for"]?.stringValue else { continue }
            let note = "\(step.artifact.kind)/\(step.artifact.alias) stands in for \(original)"
            if !notes.contains(note) { notes.append(note) }
        }
        return notes
    }

    private static func percent(_ value: Double) -> String {
        // Two significant digits are enough to see the scale.
        var digits = 0
        var scaled = value
        while scaled > 0, scaled < 9.95, digits < 6 {
            scaled *= 10
            digits += 1
        }
        let power = (0..<digits).reduce(1.0) { product, _ in product * 10 }
        let text = String((value * power).rounded() / power)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Whole numbers in groups of three.
    private static func text(_ value: Double) -> String {
        guard let whole = Int(exactly: value) else { return String(value) }
        var groups: [String] = []
        var rest = String(whole.magnitude)
        while rest.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest = String(rest.dropLast(3))
        }
        return (whole < 0 ? "-" : "") + ([rest] + groups).joined(separator: ",")
    }
}
