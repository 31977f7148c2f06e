import Integrity

/// What a workflow does differently from the paper, in a sentence for the reader of a report.
///
/// In a meta.json it is the sentence alone, or `{"text": …, "when": {parameter: value}}` for one that only holds where parameters have these
/// values. `${name}` in the sentence stands for a parameter's value.
public struct ProtocolDifference: Hashable, Sendable {
    public let text: String
    /// Holds where all of these parameters have these values; everywhere where there are none.
    public let when: [String: JSONValue]

    /// The sentence; nil where the difference does not hold.
    public func sentence(with values: [String: JSONValue]) -> String? {
        when.allSatisfy { values[$0.key] == $0.value } ? Template.fill(text, with: values) : nil
    }

    static func read(_ node: MetaNode, declarations: [String: ParameterDeclaration]) -> ProtocolDifference? {
        let isPlain = node.value?.stringValue != nil
        if !isPlain {
            guard node.refuseUnknown(["text", "when"]) else { return nil }
        }
        let sentence = isPlain ? node : node["text"]
        guard let text = sentence.text(), Placeholders(declarations: declarations, rows: nil).template(sentence) != nil else { return nil }
        let when = isPlain ? [:] : ParameterDeclaration.readOverrides(node["when"], of: declarations)
        return ProtocolDifference(text: text, when: when)
    }
}
