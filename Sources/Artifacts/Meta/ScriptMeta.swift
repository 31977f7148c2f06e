import Integrity

/// The `step` section of a script: how to run it as a step of a workflow, and what goes in and comes out.
///
/// A script without a `step` section is one for MLCommons' tools only.
public struct ScriptMeta: Hashable, Sendable {
    public enum InputKind: String, Hashable, Sendable, CaseIterable {
        /// The files of a data set.
        case dataset
        /// The description of a model.
        case model
        /// An output of another step.
        case output
    }

    public struct Input: Hashable, Sendable {
        public let kind: InputKind
        public let description: String
        public let isOptional: Bool
    }

    public struct Output: Hashable, Sendable {
        /// The file's name in the step's output folder.
        public let name: String
        public let description: String
        public let mediaType: String
    }

    public struct Metric: Hashable, Sendable {
        public let name: String
        public let description: String
        public let unit: String
    }

    /// What to start: `["reprise-step", NAME]` for a step of our own, `./FILE` for a program in the artifact's folder, else a program of the system; then arguments.
    public let program: [String]
    public let inputs: [String: Input]
    public let parameters: [String: ParameterDeclaration]
    public let outputs: [Output]
    public let metrics: [Metric]

    static func read(_ node: MetaNode) -> ScriptMeta? {
        guard node.refuseUnknown(["program", "inputs", "parameters", "outputs", "metrics"]) else { return nil }
        let words = node["program"].elements("an array: a program and its arguments", atLeast: 1)
        let program = words.enumerated().compactMap { index, word in
            index == 0
                ? word.text("reprise-step, ./FILE in this folder, or the name of a program", where: isProgram)
                : word.text("an argument", where: { !$0.utf8.contains(0) })
        }
        if program.first == "reprise-step", words.count < 2 { node["program"].problem("the step's name after reprise-step") }
        let inputs = node["inputs"].named { input -> Input? in
            guard input.refuseUnknown(["kind", "description", "optional"]) else { return nil }
            let description = input["description"].text()
            let isOptional = input["optional"].optionalBool() ?? false
            guard let kind = input["kind"].choice(InputKind.self), let description else { return nil }
            return Input(kind: kind, description: description, isOptional: isOptional)
        }
        let outputs = node["outputs"].elements("an array of outputs")
        MetaNode.refuseDuplicates(outputs.map { ($0["name"].value?.stringValue, $0["name"]) }, "output names")
        let metrics = node["metrics"].optionalElements("an array of metrics")
        MetaNode.refuseDuplicates(metrics.map { ($0["name"].value?.stringValue, $0["name"]) }, "metric names")
        return ScriptMeta(
            program: program, inputs: inputs, parameters: node["parameters"].named(ParameterDeclaration.read),
            outputs: outputs.compactMap { output in
                guard output.refuseUnknown(["name", "description", "media_type"]) else { return nil }
                let name = output["name"].text("a plain file name", where: RemoteFile.isSafeName)
                let description = output["description"].text()
                let mediaType = output["media_type"].text("a media type such as application/json", where: isMediaType)
                guard let name, let description, let mediaType else { return nil }
                return Output(name: name, description: description, mediaType: mediaType)
            },
            metrics: metrics.compactMap { metric in
                guard metric.refuseUnknown(["name", "description", "unit"]) else { return nil }
                let (name, description, unit) = (metric["name"].text(), metric["description"].text(), metric["unit"].optionalText())
                guard let name, let description else { return nil }
                return Metric(name: name, description: description, unit: unit ?? "1")
            })
    }

    /// Whether the program is a step of our own, which reads nothing of the artifact's folder.
    public var isBuiltin: Bool { program.first == "reprise-step" }

    /// The program's file in the artifact's folder, where it is one.
    var ownFile: String? { program.first.flatMap { $0.hasPrefix("./") ? String($0.dropFirst(2)) : nil } }

    private static func isProgram(_ text: String) -> Bool {
        text.hasPrefix("./") ? RemoteFile.isSafePath(String(text.dropFirst(2))) : RemoteFile.isSafeName(text)
    }

    private static func isMediaType(_ text: String) -> Bool {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        return halves.count == 2 && halves.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    }
}
