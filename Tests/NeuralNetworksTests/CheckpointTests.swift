import NeuralNetworks
import Numerics
import Testing

@Suite("Checkpoints and weights files")
struct CheckpointTests {
    let identity = [CheckpointField(name: "configuration", value: "small"), CheckpointField(name: "seed", value: "3")]

    private func adam(stream: UInt32, rows: Int = 2) -> any Optimizer {
        let parameters = [Parameter(name: "weight", shape: [rows, 3]), Parameter(name: "bias", shape: [4])]
        let optimizer = OptimizerConfiguration.adam(learningRate: 0.1).makeOptimizer(parameters)
        for (index, entry) in optimizer.trainingState.enumerated() {
            entry.matrix.copy(from: sampleMatrix(entry.matrix.rows, entry.matrix.columns, stream: stream + UInt32(index)))
        }
        return optimizer
    }

    private func values(_ optimizer: any Optimizer) -> [[Float]] { optimizer.trainingState.map(\.matrix.values) }

    @Test("a checkpoint brings back the parameters, the optimiser's state and the position")
    func restores() throws {
        let folder = try TemporaryFolder()
        let saved = adam(stream: 1)
        #expect(saved.trainingState.map(\.name).count == 6)
        try Checkpoint(identity: identity, position: 17).write(saved.trainingState, to: folder.file("checkpoint"))
        let restored = adam(stream: 100)
        #expect(try Checkpoint.restore(folder.file("checkpoint"), identity: identity, into: restored.trainingState) == 17)
        #expect(values(restored) == values(saved))
    }

    @Test("a checkpoint of another identity, or with other tensors, changes nothing")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        try Checkpoint(identity: identity, position: 17).write(adam(stream: 1).trainingState, to: path)
        let other = adam(stream: 100)
        let before = values(other)
        #expect(throws: CheckpointError.different(path: path, what: "seed", found: "3", expected: "4")) {
            try Checkpoint.restore(path, identity: [CheckpointField(name: "seed", value: "4")], into: other.trainingState)
        }
        #expect(throws: CheckpointError.incomplete(path: path, what: "schedule")) {
            try Checkpoint.restore(path, identity: [CheckpointField(name: "schedule", value: "4")], into: other.trainingState)
        }
        #expect(throws: CheckpointError.self) {
            try Checkpoint.restore(path, identity: identity, into: Array(other.trainingState.dropLast()))
        }
        #expect(values(other) == before)
        #expect(throws: SafetensorsError.self) {
            try Checkpoint.restore(path, identity: identity, into: adam(stream: 1, rows: 3).trainingState)
        }
    }

    @Test("weights are read whole or not at all, and only for the configuration that they are of")
    func weights() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("weights")
        let saved = adam(stream: 1)
        try WeightsFile.write(saved.parameters, configuration: "small", to: path)
        let loaded = adam(stream: 100)
        let before = loaded.parameters.map(\.value.values)
        #expect(throws: CheckpointError.different(path: path, what: "model", found: "small", expected: "large")) {
            try WeightsFile.read(path, configuration: "large", into: loaded.parameters)
        }
        #expect(throws: SafetensorsError.missingTensor(path: path, name: "more")) {
            try WeightsFile.read(path, configuration: "small", into: loaded.parameters + [Parameter(name: "more", shape: [1])])
        }
        #expect(loaded.parameters.map(\.value.values) == before)
        try WeightsFile.read(path, configuration: "small", into: loaded.parameters)
        #expect(loaded.parameters.map(\.value.values) == saved.parameters.map(\.value.values))
    }
}
