import Numerics

/// One of the facts that two trainings must share for one to continue the other.
public struct CheckpointField: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A training's identity and position, kept in the metadata of a safetensors file beside weights and optimiser state.
public struct Checkpoint: Hashable, Sendable {
    /// All that determines the training's future, the state aside.
    public var identity: [CheckpointField]
    /// Completed steps.
    public var position: Int

    private static let positionKey = "position"

    public init(identity: [CheckpointField], position: Int) {
        self.identity = identity
        self.position = position
    }

    /// Writes a training's state, ``Optimizer/trainingState`` as a rule, under a name that appears only when the file is complete.
    public func write(_ state: [NamedMatrix], to path: String) throws(SafetensorsError) {
        var metadata = [Checkpoint.positionKey: "\(position)"]
        for field in identity { metadata[field.name] = field.value }
        try SafetensorsFile.write(state, metadata: metadata, to: path)
    }

    /// Reads and checks everything before it changes anything.
    ///
    /// - Returns: the position.
    /// - Throws: ``CheckpointError`` where the file is of another training or no checkpoint, ``SafetensorsError`` where it cannot be read.
    public static func restore(_ path: String, identity: [CheckpointField], into state: [NamedMatrix]) throws -> Int {
        let file = try SafetensorsFile(path: path)
        for field in identity {
            guard let found = file.metadata[field.name] else { throw CheckpointError.incomplete(path: path, what: field.name) }
            guard found == field.value else {
                throw CheckpointError.different(path: path, what: field.name, found: found, expected: field.value)
            }
        }
        // Steps are numbered in 32 bits where they select random draws.
        guard let text = file.metadata[positionKey], let position = Int(text), "\(position)" == text,
            (0...Int(UInt32.max)).contains(position)
        else { throw CheckpointError.incomplete(path: path, what: positionKey) }
        guard file.header.tensors.count == state.count else {
            throw CheckpointError.incomplete(path: path, what: "a set of exactly \(state.count) tensors")
        }
        try file.load(into: state)
        return position
    }
}

extension Optimizer {
    /// All that a step changes: the values of the parameters, then the optimiser's own state.
    public var trainingState: [NamedMatrix] { parameters.map(\.named) + state }
}
