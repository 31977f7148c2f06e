import NeuralNetworks
import Numerics

/// Why a checkpoint or a weights file cannot be used.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file belongs to another training or model.
    case different(path: String, what: String, found: String, expected: String)
    /// A required entry is missing or unreadable.
    case incomplete(path: String, what: String)

    public var description: String {
        switch self {
        case .different(let path, let what, let found, let expected):
            "\(path) belongs to another training: its \(what) is \"\(found)\", this one's \"\(expected)\""
        case .incomplete(let path, let what): "\(path) is no checkpoint: \(what) is missing or not what it should be"
        }
    }
}

/// One of the facts that two trainings must share for one to continue the other.
public struct CheckpointField: Hashable, Sendable {
    public var name: String
    public var value: String
}

/// A training's identity and position, kept in the metadata of a safetensors file beside weights and optimiser state.
struct Checkpoint {
    var identity: [CheckpointField]
    /// Completed steps.
    var position: Int

    private static let positionKey = "position"

    func write(_ state: [NamedMatrix], to path: String) throws(SafetensorsError) {
        var metadata = [Checkpoint.positionKey: "\(position)"]
        for field in identity { metadata[field.name] = field.value }
        try SafetensorsFile.write(state, metadata: metadata, to: path)
    }

    /// Reads and checks everything before it changes anything; returns the position.
    static func restore(_ path: String, identity: [CheckpointField], into state: [NamedMatrix]) throws -> Int {
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
        var loaded: [Matrix] = []
        for entry in state { loaded.append(try file.load(entry.name, shape: entry.shape)) }
        for (entry, matrix) in zip(state, loaded) { entry.matrix.copy(from: matrix) }
        return position
    }
}
