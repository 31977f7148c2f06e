import Integrity

extension WorkflowMeta {
    /// How often a step is planned.
    public enum Repetition: Int, Hashable, Sendable {
        case once
        case eachRow
        case eachRowAndSeed

        /// As in a message: `for each row`.
        package var text: String {
            switch self {
            case .once: "once"
            case .eachRow: "for each row"
            case .eachRowAndSeed: "for each row and seed"
            }
        }
    }

    /// A step as it stands in the file: `${…}` in its artifact's alias, its model's variation, its inputs and its parameters is not filled in
    /// yet.
    public struct Step: Hashable, Sendable {
        public let name: String
        public let repetition: Repetition
        public let artifact: ArtifactQuery
        public let inputs: [String: Source]
        /// The model that the step trains or evaluates.
        public let model: ModelChoice?
        public let parameters: [String: JSONValue]
        /// Every artifact that ``artifact`` may mean.
        public let artifacts: [ArtifactQuery]
        /// Every model, with its variation, that ``model`` may mean.
        public let models: [ModelChoice]
        /// For each input, every step that it may come from.
        let inputCandidates: [String: [String]]

        /// All steps that this one may take inputs from.
        var sources: Set<String> { Set(inputCandidates.values.joined()) }

        /// The step's parameters with the workflow's values put in: one that is `${name}` and nothing else takes the value as it is.
        public func parameters(with values: [String: JSONValue]) -> [String: JSONValue] {
            parameters.mapValues { value in
                guard let template = value.stringValue.flatMap(Template.init), !template.names.isEmpty else { return value }
                return template.soleName.flatMap { values[$0] } ?? .string(template.filled(with: values))
            }
        }

        /// The step with all of its places filled.
        public func filled(with values: [String: JSONValue]) -> Step {
            Step(
                name: name, repetition: repetition, artifact: artifact.filled(with: values),
                inputs: inputs.mapValues { Source(step: Template.fill($0.step, with: values), output: $0.output) },
                model: model.map { model in
                    ModelChoice(
                        artifact: model.artifact.filled(with: values), variation: model.variation.map { Template.fill($0, with: values) })
                },
                parameters: parameters(with: values), artifacts: artifacts, models: models, inputCandidates: inputCandidates)
        }
    }
}

extension ArtifactQuery {
    /// The query with the places of its alias filled.
    func filled(with values: [String: JSONValue]) -> ArtifactQuery {
        var query = self
        query.alias = alias.map { Template.fill($0, with: values) }
        return query
    }

    /// Every query that this one, read from a node, may become.
    func candidates(_ node: MetaNode, _ placeholders: Placeholders) -> [ArtifactQuery] {
        guard alias?.contains("${") == true else { return [self] }
        return (placeholders.candidates(node["alias"]) ?? []).map { alias in
            var query = self
            query.alias = alias
            return query
        }
    }
}

extension WorkflowMeta.Step {
    static func read(
        _ node: MetaNode, declarations: [String: ParameterDeclaration], matrix: WorkflowMatrix?, names: Set<String>
    ) -> WorkflowMeta.Step? {
        guard node.refuseUnknown(["name", "each", "artifact", "model", "inputs", "parameters"]) else { return nil }
        let name = node["name"].text("a name of letters, digits and ._- that begins with a letter or digit", where: ArtifactMeta.isName)
        let repetition = readRepetition(node["each"], hasMatrix: matrix != nil)
        let placeholders = Placeholders(
            declarations: declarations, rows: repetition == .once ? nil : matrix?.rows.map(\.name))
        let artifact = Requirement.read(node["artifact"], kind: nil, placeholders: placeholders)
        var inputCandidates: [String: [String]] = [:]
        var inputs: [String: WorkflowMeta.Source] = [:]
        for (key, source) in node["inputs"].named({ readSource($0, names: names, placeholders) }) {
            inputs[key] = source.source
            inputCandidates[key] = source.candidates
        }
        var parameters: [String: JSONValue] = [:]
        for (key, member) in node["parameters"].optionalMembers("an object of parameters") {
            guard let value = member.value else { continue }
            parameters[key] = value
            _ = placeholders.template(member)
        }
        let model = node["model"].isAbsent ? nil : WorkflowMeta.ModelChoice.read(node["model"], placeholders)
        guard let name, let artifact else { return nil }
        return WorkflowMeta.Step(
            name: name, repetition: repetition, artifact: artifact, inputs: inputs, model: model?.choice, parameters: parameters,
            artifacts: artifact.candidates(node["artifact"], placeholders), models: model?.candidates ?? [],
            inputCandidates: inputCandidates)
    }

    private static func readRepetition(_ node: MetaNode, hasMatrix: Bool) -> WorkflowMeta.Repetition {
        if node.isAbsent { return .once }
        let axes = node.elements("[\"row\"] or [\"row\", \"seed\"]", atLeast: 1).map { $0.value?.stringValue }
        guard axes == ["row"] || axes == ["row", "seed"] else {
            if !axes.isEmpty { node.problem("[\"row\"] or [\"row\", \"seed\"]") }
            return .once
        }
        if !hasMatrix { node.problem("a matrix in this workflow, where a step is planned for each row") }
        return axes.count == 1 ? .eachRow : .eachRowAndSeed
    }

    private static func readSource(
        _ node: MetaNode, names: Set<String>, _ placeholders: Placeholders
    ) -> (source: WorkflowMeta.Source, candidates: [String])? {
        let expected = "a step, or STEP/OUTPUT; steps are \(names.sorted().joined(separator: ", "))"
        let parts = (node.value?.stringValue ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let step = parts.first, node.value?.stringValue != nil else {
            node.problem(expected)
            return nil
        }
        // The step alone may be a template: what an output is called is fixed.
        let named = MetaNode(path: node.path, value: .string(step), report: node.report)
        guard let candidates = step.contains("${") ? placeholders.candidates(named) : [step] else { return nil }
        guard candidates.allSatisfy(names.contains), parts.count == 1 || RemoteFile.isSafeName(parts[1]) else {
            node.problem(expected)
            return nil
        }
        return (WorkflowMeta.Source(step: step, output: parts.count == 2 ? parts[1] : nil), candidates)
    }

    /// A step has one input where its source is planned as often as itself or less often: otherwise it would have to choose among several.
    static func refuseCoarserReaders(_ steps: [WorkflowMeta.Step], nodes: [MetaNode]) {
        let byName = Dictionary(steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for node in nodes {
            guard let step = node["name"].value?.stringValue.flatMap({ byName[$0] }) else { continue }
            for (input, candidates) in step.inputCandidates.sorted(by: { $0.key < $1.key }) {
                for source in candidates.compactMap({ byName[$0] }) where source.repetition.rawValue > step.repetition.rawValue {
                    node["inputs"][input].problem(
                        "a step that is planned \(step.repetition.text), as \(step.name) is, or less often",
                        found: "\(source.name), which is planned \(source.repetition.text)")
                }
            }
        }
    }
}

extension WorkflowMeta.ModelChoice {
    static func read(
        _ node: MetaNode, _ placeholders: Placeholders
    ) -> (choice: WorkflowMeta.ModelChoice, candidates: [WorkflowMeta.ModelChoice])? {
        guard node.refuseUnknown(["artifact", "variation"]) else { return nil }
        let artifact = Requirement.read(node["artifact"], kind: .model, placeholders: placeholders)
        let form = "the name of a variation of the model"
        var variations: [String?] = [nil]
        if node["variation"].value?.stringValue?.contains("${") == true {
            variations = placeholders.candidates(node["variation"]) ?? []
            if !variations.allSatisfy({ $0.map(ArtifactMeta.isName) ?? true }) { node["variation"].problem(form) }
        } else if let variation = node["variation"].optionalText(form, where: ArtifactMeta.isName) {
            variations = [variation]
        }
        return artifact.map { artifact in
            let artifacts = artifact.candidates(node["artifact"], placeholders)
            return (
                WorkflowMeta.ModelChoice(artifact: artifact, variation: node["variation"].value?.stringValue),
                artifacts.flatMap { artifact in variations.map { WorkflowMeta.ModelChoice(artifact: artifact, variation: $0) } }
            )
        }
    }
}
