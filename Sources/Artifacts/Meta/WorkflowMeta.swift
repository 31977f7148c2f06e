import Integrity

/// A workflow: steps chained by their outputs, parameters that they share, and variations that say at which scale to run.
public struct WorkflowMeta: Hashable, Sendable {
    public enum Scale: String, Hashable, Sendable, CaseIterable {
        /// Smaller than the paper's protocol: results are shown beside the paper's, never called a reproduction.
        case reduced
        /// The paper's protocol.
        case paper
    }

    public struct Variation: Hashable, Sendable {
        public let description: String
        public let scale: Scale
        public let parameters: [String: JSONValue]
    }

    /// A model artifact and the row of it that is meant.
    public struct ModelChoice: Hashable, Sendable {
        public let artifact: ArtifactQuery
        /// Nil for the model's defaults.
        public let variation: String?
    }

    /// How the workflow relates to the protocol of the paper.
    public struct PaperProtocol: Hashable, Sendable {
        /// The workflow's parameter that says how much is run.
        public let parameter: String
        /// Its value in the paper.
        public let paperValue: Double
        public let unit: String
        /// What every variation does differently from the paper, in words.
        public let differences: [String]
    }

    /// Where a step's input comes from: another step, and which of its outputs (nil: all that it has).
    public struct Source: Hashable, Sendable, CustomStringConvertible {
        public let step: String
        public let output: String?

        public init(step: String, output: String? = nil) {
            (self.step, self.output) = (step, output)
        }

        public var description: String { output.map { "\(step)/\($0)" } ?? step }
    }

    public struct Step: Hashable, Sendable {
        public let name: String
        public let artifact: ArtifactQuery
        public let inputs: [String: Source]
        /// The model that the step trains or evaluates.
        public let model: ModelChoice?
        /// Values, or `"${name}"` for the workflow's parameter of that name.
        public let parameters: [String: JSONValue]

        /// The step's parameters with the workflow's values put in.
        public func parameters(with values: [String: JSONValue]) -> [String: JSONValue] {
            parameters.mapValues { value in value.stringValue.flatMap(WorkflowMeta.reference).flatMap { values[$0] } ?? value }
        }
    }

    /// In an order in which every step comes after those that it takes inputs from.
    public let steps: [Step]
    public let parameters: [String: ParameterDeclaration]
    public let variations: [String: Variation]
    public let defaultVariation: String?
    /// What is held against the paper's claims, as it stands in the file; the report reads it.
    public let claims: [JSONValue]
    public let paper: ArtifactQuery?
    public let paperProtocol: PaperProtocol?

    /// The workflow's parameters under a variation, with the user's own on top.
    public func values(variation: String?, overrides: [String: JSONValue] = [:]) throws(ParameterError) -> [String: JSONValue] {
        var layer: [String: JSONValue] = [:]
        if let variation {
            guard let chosen = variations[variation] else {
                throw .invalid(
                    name: "variation", expected: "one of \(variations.keys.sorted().joined(separator: ", "))", found: "\"\(variation)\"")
            }
            layer = chosen.parameters
        }
        return try ParameterDeclaration.values(of: parameters, layers: [layer, overrides])
    }

    /// The parameter's name in `${name}`; nil where the text is no such reference.
    static func reference(_ text: String) -> String? {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        return String(text.dropFirst(2).dropLast())
    }

    static func read(_ root: MetaNode) -> WorkflowMeta {
        let declarations = root["parameters"].named(ParameterDeclaration.read)
        let elements = root["steps"].elements("an array of at least one step", atLeast: 1)
        MetaNode.refuseDuplicates(elements.map { ($0["name"].value?.stringValue, $0["name"]) }, "step names")
        let names = Set(elements.compactMap { $0["name"].value?.stringValue })
        let steps = elements.compactMap { Step.read($0, declarations: declarations, names: names) }
        let variations = root["variations"].named { variation -> Variation? in
            guard variation.refuseUnknown(["description", "scale", "parameters"]) else { return nil }
            let description = variation["description"].text()
            let scale = variation["scale"].choice(Scale.self)
            let parameters = ParameterDeclaration.readOverrides(variation["parameters"], of: declarations)
            guard let description, let scale else { return nil }
            return Variation(description: description, scale: scale, parameters: parameters)
        }
        let variationNames = root["variations"].value?.objectValue.map { $0.keys.sorted() } ?? []
        var defaultVariation: String?
        if !variationNames.isEmpty || !root["default_variation"].isAbsent {
            defaultVariation = root["default_variation"].text(
                "one of the variations"
                    + (variationNames.isEmpty ? ", of which there are none" : " " + variationNames.joined(separator: ", ")),
                where: variationNames.contains)
        }
        let claims = root["claims"].optionalElements("an array of claims").compactMap { claim -> JSONValue? in
            if claim.value?.objectValue == nil { claim.problem("an object") }
            return claim.value
        }
        let paper = root["paper"].isAbsent ? nil : Requirement.read(root["paper"], kind: .paper)
        return WorkflowMeta(
            steps: order(steps, root["steps"]), parameters: declarations, variations: variations, defaultVariation: defaultVariation,
            claims: claims,
            paper: paper, paperProtocol: PaperProtocol.read(root["protocol"], declarations: declarations))
    }

    /// Puts steps behind those that they take inputs from, otherwise in the file's order; notes a cycle.
    private static func order(_ steps: [Step], _ node: MetaNode) -> [Step] {
        var (ordered, waiting) = ([Step](), steps)
        var pending = Set(steps.map(\.name))
        while !waiting.isEmpty {
            guard
                let next = waiting.firstIndex(where: { step in step.inputs.values.allSatisfy { !pending.contains($0.step) } }
                )
            else {
                let names = waiting.map(\.name)
                // Every waiting step waits for another: following them must come round.
                var path = [names[0]]
                while let step = waiting.first(where: { $0.name == path[path.count - 1] }),
                    let before = step.inputs.values.map(\.step).filter(names.contains).min()
                {
                    if let start = path.firstIndex(of: before) {
                        node.problem("steps without a cycle", found: (path[start...] + [before]).joined(separator: " → "))
                        break
                    }
                    path.append(before)
                }
                return steps
            }
            let step = waiting.remove(at: next)
            pending.remove(step.name)
            ordered.append(step)
        }
        return ordered
    }
}

extension WorkflowMeta.Step {
    static func read(_ node: MetaNode, declarations: [String: ParameterDeclaration], names: Set<String>) -> WorkflowMeta.Step? {
        guard node.refuseUnknown(["name", "artifact", "model", "inputs", "parameters"]) else { return nil }
        let name = node["name"].text("a name of letters, digits and ._- that begins with a letter or digit", where: ArtifactMeta.isName)
        let artifact = Requirement.read(node["artifact"], kind: nil)
        let inputs = node["inputs"].named { input -> WorkflowMeta.Source? in
            let text = input.text("a step, or STEP/OUTPUT; steps are \(names.sorted().joined(separator: ", "))") { text in
                let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return names.contains(parts[0]) && (parts.count == 1 || RemoteFile.isSafeName(parts[1]))
            }
            return text.map { text in
                let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
                return WorkflowMeta.Source(step: parts[0], output: parts.count == 2 ? parts[1] : nil)
            }
        }
        var parameters: [String: JSONValue] = [:]
        for (key, member) in node["parameters"].optionalMembers("an object of parameters") {
            guard let value = member.value else { continue }
            parameters[key] = value
            if let reference = value.stringValue.flatMap(WorkflowMeta.reference), declarations[reference] == nil {
                member.problem("a declared parameter of the workflow\(Suggestions.hint(reference, among: declarations.keys))")
            }
        }
        let model = node["model"].isAbsent ? nil : WorkflowMeta.ModelChoice.read(node["model"])
        guard let name, let artifact else { return nil }
        return WorkflowMeta.Step(name: name, artifact: artifact, inputs: inputs, model: model, parameters: parameters)
    }
}

extension WorkflowMeta.ModelChoice {
    static func read(_ node: MetaNode) -> WorkflowMeta.ModelChoice? {
        guard node.refuseUnknown(["artifact", "variation"]) else { return nil }
        let artifact = Requirement.read(node["artifact"], kind: .model)
        let variation = node["variation"].optionalText("the name of a variation of the model", where: ArtifactMeta.isName)
        return artifact.map { WorkflowMeta.ModelChoice(artifact: $0, variation: variation) }
    }
}

extension WorkflowMeta.PaperProtocol {
    static func read(_ node: MetaNode, declarations: [String: ParameterDeclaration]) -> WorkflowMeta.PaperProtocol? {
        guard !node.isAbsent, node.refuseUnknown(["parameter", "paper_value", "unit", "differences"]) else { return nil }
        let parameter = node["parameter"].text("a declared parameter of the workflow") { declarations[$0] != nil }
        let value = node["paper_value"].value?.numberValue.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        if value == nil { node["paper_value"].problem("a number above 0") }
        let unit = node["unit"].text()
        let differences = node["differences"].optionalElements("an array of sentences").compactMap { $0.text() }
        guard let parameter, let value, let unit else { return nil }
        return WorkflowMeta.PaperProtocol(parameter: parameter, paperValue: value, unit: unit, differences: differences)
    }
}
