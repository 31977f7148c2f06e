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
        /// What this variation does differently from the paper.
        public let differences: [ProtocolDifference]
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
        /// What every variation does differently from the paper.
        public let differences: [ProtocolDifference]
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

    /// In an order in which every step comes after those that it takes inputs from.
    public let steps: [Step]
    public let parameters: [String: ParameterDeclaration]
    public let variations: [String: Variation]
    public let defaultVariation: String?
    /// What is held against the paper's claims, as it stands in the file; the report reads it.
    public let claims: [JSONValue]
    public let paper: ArtifactQuery?
    public let paperProtocol: PaperProtocol?
    /// The rows and seeds for which steps are planned anew; nil where every step is planned once.
    public let matrix: WorkflowMatrix?
    /// The paper's tables that the report shows beside what was measured.
    public let tables: [TableReference]

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

    static func read(_ root: MetaNode) -> WorkflowMeta {
        let declarations = root["parameters"].named(ParameterDeclaration.read)
        let elements = root["steps"].elements("an array of at least one step", atLeast: 1)
        MetaNode.refuseDuplicates(elements.map { ($0["name"].value?.stringValue, $0["name"]) }, "step names")
        let names = Set(elements.compactMap { $0["name"].value?.stringValue })
        let matrix = WorkflowMatrix.read(root["matrix"], declarations: declarations)
        let steps = elements.compactMap { Step.read($0, declarations: declarations, matrix: matrix, names: names) }
        Step.refuseCoarserReaders(steps, nodes: elements)
        if matrix != nil, steps.allSatisfy({ $0.repetition == .once }) {
            root["matrix"].problem("a step that is planned for each row (\"each\": [\"row\"])", found: "none")
        }
        let variations = root["variations"].named { variation -> Variation? in
            guard variation.refuseUnknown(["description", "scale", "parameters", "differences"]) else { return nil }
            let description = variation["description"].text()
            let scale = variation["scale"].choice(Scale.self)
            let parameters = ParameterDeclaration.readOverrides(variation["parameters"], of: declarations)
            let differences = variation["differences"].optionalElements("an array of sentences").compactMap {
                ProtocolDifference.read($0, declarations: declarations)
            }
            guard let description, let scale else { return nil }
            return Variation(description: description, scale: scale, parameters: parameters, differences: differences)
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
            claims: claims, paper: paper, paperProtocol: PaperProtocol.read(root["protocol"], declarations: declarations), matrix: matrix,
            tables: root["tables"].optionalElements("an array of tables").compactMap(TableReference.read))
    }

    /// Puts steps behind those that they take inputs from, otherwise in the file's order; notes a cycle.
    private static func order(_ steps: [Step], _ node: MetaNode) -> [Step] {
        var (ordered, waiting) = ([Step](), steps)
        var pending = Set(steps.map(\.name))
        while !waiting.isEmpty {
            guard
                let next = waiting.firstIndex(where: { step in step.sources.allSatisfy { !pending.contains($0) } })
            else {
                let names = waiting.map(\.name)
                // Every waiting step waits for another: following them must come round.
                var path = [names[0]]
                while let step = waiting.first(where: { $0.name == path[path.count - 1] }),
                    let before = step.sources.filter(names.contains).min()
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

extension WorkflowMeta.PaperProtocol {
    static func read(_ node: MetaNode, declarations: [String: ParameterDeclaration]) -> WorkflowMeta.PaperProtocol? {
        guard !node.isAbsent, node.refuseUnknown(["parameter", "paper_value", "unit", "differences"]) else { return nil }
        let parameter = node["parameter"].text("a declared parameter of the workflow") { declarations[$0] != nil }
        let value = node["paper_value"].value?.numberValue.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        if value == nil { node["paper_value"].problem("a number above 0") }
        let unit = node["unit"].text()
        let differences = node["differences"].optionalElements("an array of sentences").compactMap {
            ProtocolDifference.read($0, declarations: declarations)
        }
        guard let parameter, let value, let unit else { return nil }
        return WorkflowMeta.PaperProtocol(parameter: parameter, paperValue: value, unit: unit, differences: differences)
    }
}
