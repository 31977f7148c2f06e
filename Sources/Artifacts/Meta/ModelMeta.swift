import Integrity

/// The `model` section and its variations: a family of models and, for each row of a table, the parameters that make that row.
public struct ModelMeta: Hashable, Sendable {
    /// A row: a name's worth of parameters.
    public struct Variation: Hashable, Sendable {
        public let description: String
        public let parameters: [String: JSONValue]
    }

    /// Which code builds it, such as `topographic-vae`.
    public let family: String
    public let parameters: [String: ParameterDeclaration]
    public let variations: [String: Variation]

    static func read(_ root: MetaNode) -> ModelMeta? {
        let node = root["model"]
        guard node.refuseUnknown(["family", "parameters"]) else { return nil }
        let family = node["family"].text("the name of a model family", where: ArtifactMeta.isName)
        let declarations = node["parameters"].named(ParameterDeclaration.read)
        let variations = root["variations"].named { variation -> Variation? in
            guard variation.refuseUnknown(["description", "parameters"]), let description = variation["description"].text() else {
                return nil
            }
            return Variation(
                description: description, parameters: ParameterDeclaration.readOverrides(variation["parameters"], of: declarations))
        }
        guard let family else { return nil }
        return ModelMeta(family: family, parameters: declarations, variations: variations)
    }

    /// The parameters of a variation (nil for the plain model), defaults filled in.
    public func values(variation: String?) throws(ParameterError) -> [String: JSONValue] {
        var layer: [String: JSONValue] = [:]
        if let variation {
            guard let row = variations[variation] else {
                throw .invalid(
                    name: "variation", expected: "one of \(variations.keys.sorted().joined(separator: ", "))", found: "\"\(variation)\"")
            }
            layer = row.parameters
        }
        return try ParameterDeclaration.values(of: parameters, layers: [layer])
    }
}
