import Artifacts
import Integrity

/// Makes plans: resolves a workflow's artifacts, fills in every parameter and pins everything by digest.
public struct Planner: Sendable {
    /// Raised when the same artifacts and choices come to give another plan, so that plans made before are not held against it.
    public static let revision = 1

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
    ///   - seed: of everything random; the replicates of a matrix take this one and those that follow it.
    ///   - only: the rows of the workflow's matrix to plan; all where there are none.
    public func plan(
        workflow: String, variation: String?, settings: [(name: String, text: String)], seed: Int, only: [String] = []
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
        let matrix = try matrix(meta, workflow: alias, values: values, only: only)
        let steps = try steps(meta, matrix: matrix, workflow: alias, values: values, seed: seed)

        let paper = try meta.paper.map { try catalogue.find($0) }
        let declaredScale: Plan.Scale = chosen.flatMap { meta.variations[$0]?.scale } == .paper ? .paper : .reduced
        let differences = ((meta.paperProtocol?.differences ?? []) + (chosen.flatMap { meta.variations[$0]?.differences } ?? []))
        // A paper-scale variation with a parameter changed by hand is not the paper's protocol any more, nor is one in which a parameter has a
        // value that the workflow itself calls a difference, nor one on other data than the paper's.
        let substitutions = Planner.substitutions(steps)
        let departs = differences.contains { !$0.when.isEmpty && $0.sentence(with: values) != nil } || !substitutions.isEmpty
        let scale = overrides.isEmpty && !departs ? declaredScale : .reduced
        return Plan(
            workflow: ArtifactReference(artifact), title: artifact.meta.name, variation: chosen ?? "default", scale: scale,
            parameters: values, settings: overrides, seed: seed, steps: steps, paper: paper.map { ArtifactReference($0) },
            claims: .array(paper?.meta.paper?.claims.map(\.json) ?? []), bindings: .array(meta.claims),
            protocolNotes: notes(meta, differences: differences, values: values, overrides: overrides, scale: declaredScale)
                + substitutions,
            matrix: matrix, tables: meta.tables)
    }

    // MARK: - The matrix

    /// So many steps at most may a matrix come to: the record of more could not be read (``RunRecord/byteLimit``).
    private static let largestStepCount = 20_000

    private func matrix(_ meta: WorkflowMeta, workflow: String, values: [String: JSONValue], only: [String]) throws -> PlannedMatrix? {
        let names = meta.matrix?.rows.map(\.name) ?? []
        for row in only where !names.contains(row) { throw WorkflowError.unknownRow(workflow: workflow, row: row, known: names) }
        return meta.matrix.map { matrix in
            PlannedMatrix(
                rows: matrix.rows, leftOut: only.isEmpty ? [] : Set(names).subtracting(only), seeds: matrix.seedCount(with: values))
        }
    }

    private func steps(
        _ meta: WorkflowMeta, matrix: PlannedMatrix?, workflow: String, values: [String: JSONValue], seed: Int
    ) throws -> [PlannedStep] {
        try checkCandidates(meta.steps, workflow: workflow)
        let seeds = matrix?.seeds ?? 1
        guard seed < 1 << 53 - seeds else {
            throw WorkflowError.malformedWorkflow(workflow: workflow, field: "the seed", expected: "below 2^53 for every replicate")
        }
        let occurrences = MatrixExpansion.occurrences(of: meta.steps, rows: matrix?.plannedRows ?? [], seeds: seeds, first: seed)
        guard occurrences.count <= Planner.largestStepCount else {
            throw WorkflowError.malformedWorkflow(
                workflow: workflow, field: "matrix",
                expected: "one of at most \(Planner.largestStepCount) steps in all; it makes \(occurrences.count)")
        }
        var seen: Set<String> = []
        for occurrence in occurrences where !seen.insert(occurrence.name).inserted {
            throw WorkflowError.malformedWorkflow(
                workflow: workflow, field: "matrix",
                expected: "rows whose names leave the steps' different: \(occurrence.name) is made twice")
        }
        return try occurrences.map { try plan($0, of: meta.steps, workflow: workflow, values: values) }
    }

    /// Whatever a parameter or a row may choose must be there, whether this plan chooses it or not: a workflow that only works with some of
    /// its choices is refused before anybody finds out after hours.
    private func checkCandidates(_ steps: [WorkflowMeta.Step], workflow: String) throws {
        for step in steps {
            for artifact in step.artifacts { _ = try catalogue.find(artifact) }
            for choice in step.models {
                guard let variation = choice.variation, let model = try catalogue.find(choice.artifact).meta.model,
                    model.variations[variation] == nil
                else { continue }
                throw WorkflowError.malformedWorkflow(
                    workflow: workflow, field: "steps.\(step.name).model.variation",
                    expected:
                        "a variation of \(choice.artifact) (\(model.variations.keys.sorted().joined(separator: ", "))), not '\(variation)'")
            }
        }
    }

    private func find(_ text: String) throws -> Artifact {
        var query = try ArtifactQuery(text)
        if query.kind == nil { query.kind = .workflow }
        return try catalogue.find(query)
    }

    // MARK: - One step

    /// The names of the files that a step declares; nil where nothing is declared.
    private func outputs(of step: WorkflowMeta.Step) throws -> Set<String>? {
        let meta = try catalogue.find(step.artifact).meta
        if let dataset = meta.dataset { return Set(dataset.outputs) }
        return (meta.script?.outputs.map(\.name)).map(Set.init)
    }

    private func plan(
        _ occurrence: MatrixExpansion.Occurrence, of steps: [WorkflowMeta.Step], workflow: String, values: [String: JSONValue]
    ) throws -> PlannedStep {
        let values = occurrence.values(values)
        let step = occurrence.step.filled(with: values)
        let artifact = try catalogue.find(step.artifact)
        func refusal(_ field: String, _ expected: String) -> WorkflowError {
            .malformedWorkflow(workflow: workflow, field: "steps.\(step.name).\(field)", expected: expected)
        }
        let name = occurrence.name
        guard PlannedStep.isName(name) else {
            throw refusal("name", "made of a-z, 0-9 and -, 64 at most" + (name == step.name ? "" : ", with its row and seed (\(name))"))
        }
        let place = occurrence.row.map { PlannedStep.Place(group: step.name, row: $0.name, replicate: occurrence.replicate) }

        if let dataset = artifact.meta.dataset {
            guard step.inputs.isEmpty else { throw refusal("inputs", "empty: a dataset takes none") }
            let declarations = dataset.parameters
            return PlannedStep(
                name: name,
                program: [StepContract.builtinProgram, dataset.generator == nil ? "fetch-dataset" : "generate-dataset"],
                artifact: ArtifactReference(artifact), dataset: artifact.meta.json["dataset"],
                parameters: try ParameterDeclaration.values(
                    of: declarations, layers: [try parameters(of: step, declaredBy: declarations)]),
                // Pinned bytes depend on no seed: a run with another one need not fetch or generate them again.
                seed: 0, place: place)
        }
        guard let script = artifact.meta.script else {
            throw refusal("artifact", "a dataset or a script with a step section, not \(artifact.title)")
        }
        for (name, input) in script.inputs where step.inputs[name] == nil && !input.isOptional {
            throw refusal("inputs.\(name)", "given: \(artifact.title) needs it (\(input.description))")
        }
        var inputs: [String: String] = [:]
        for (name, source) in step.inputs {
            guard script.inputs[name] != nil else {
                throw refusal("inputs.\(name)", "one of \(script.inputs.keys.sorted().joined(separator: ", "))")
            }
            guard let producer = steps.first(where: { $0.name == source.step }) else {
                throw refusal("inputs.\(name)", "a step of the workflow, not \(source.step)")
            }
            if let output = source.output, let declared = try outputs(of: producer.filled(with: values)), !declared.contains(output) {
                throw refusal("inputs.\(name)", "an output that step \(source.step) declares: \(declared.sorted().joined(separator: ", "))")
            }
            inputs[name] = WorkflowMeta.Source(step: occurrence.name(of: producer), output: source.output).description
        }
        return PlannedStep(
            name: name, program: script.program, artifact: ArtifactReference(artifact), model: try step.model.map { try model($0) },
            parameters: try ParameterDeclaration.values(
                of: script.parameters, layers: [try parameters(of: step, declaredBy: script.parameters)]),
            inputs: inputs, seed: occurrence.seed, place: place)
    }

    /// What a step gives its artifact. Where the artifact is chosen, each candidate gets the parameters that it declares; one that none of them
    /// declares is left for the refusal.
    private func parameters(
        of step: WorkflowMeta.Step, declaredBy declarations: [String: ParameterDeclaration]
    ) throws -> [String: JSONValue] {
        guard step.artifacts.count > 1 else { return step.parameters }
        var others: Set<String> = []
        for query in step.artifacts {
            let meta = try catalogue.find(query).meta
            others.formUnion((meta.dataset?.parameters ?? meta.script?.parameters ?? [:]).keys)
        }
        return step.parameters.filter { declarations[$0.key] != nil || !others.contains($0.key) }
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
        _ meta: WorkflowMeta, differences: [ProtocolDifference], values: [String: JSONValue], overrides: [String: JSONValue],
        scale: Plan.Scale
    ) -> [String] {
        var notes: [String] = []
        if let reference = meta.paperProtocol {
            if let value = values[reference.parameter]?.numberValue, value != reference.paperValue {
                let fraction = 100 * value / reference.paperValue
                notes.append(
                    "\(Planner.text(value)) of the paper's \(Planner.text(reference.paperValue)) \(reference.unit) (\(Planner.percent(fraction)) %)"
                )
            }
        }
        notes += differences.compactMap { $0.sentence(with: values) }
        // The protocol's own parameter is told above, as a share of the paper's.
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) where name != meta.paperProtocol?.parameter {
            notes.append("\(name) was set to \(String(decoding: value.canonicalBytes(), as: UTF8.self)) by hand")
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
