import Datasets
import Foundation
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Training")
struct TrainerTests {
    static let optimizers: [OptimizerConfiguration] = [.momentumSGD(learningRate: 0.01, momentum: 0.9), .adam(learningRate: 0.003)]

    private func trainer(
        _ topography: Topography = .shifting(window: 3, neighbourhood: 3), _ optimizer: OptimizerConfiguration = .adam(learningRate: 0.003),
        seed: UInt64 = 3, batchSize: Int = 4, arithmetic: any Arithmetic = arithmetic(), dataset: MovingBars = MovingBars()
    ) throws -> Trainer {
        try Trainer(
            model: SmallModel.make(topography, arithmetic: arithmetic), dataset: dataset, optimizer: optimizer, batchSize: batchSize,
            seed: seed)
    }

    /// The best model that ignores its input costs 20.8 nats a frame, perfect reconstruction 9.9; both start above 21.5.
    @Test("lowers the loss, topographic or not", arguments: [(Topography.none, 20.3), (.shifting(window: 4, neighbourhood: 1), 21)])
    func learns(_ topography: Topography, _ bound: Double) throws {
        let trainer = try trainer(topography, .adam(learningRate: 0.01))
        #expect(trainer.step().loss > 21.5)
        for _ in 1..<1400 { _ = trainer.step() }
        let last = (0..<100).reduce(0.0) { sum, _ in sum + trainer.step().loss } / 100
        #expect(last < bound)
        #expect(trainer.position == 1500)
    }

    @Test("the number of threads does not change a bit of the weights", arguments: optimizers, TestedArithmetic.allCases)
    func threads(_ optimizer: OptimizerConfiguration, _ tested: TestedArithmetic) throws {
        let models = try [1, 2, 3].map { threads in
            let trainer = try trainer(.shifting(window: 3, neighbourhood: 3), optimizer, arithmetic: tested.make(threads: threads))
            for _ in 0..<12 { _ = trainer.step() }
            return SmallModel.bits(trainer.model)
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test("stopping and resuming at any step gives the same bits as not stopping", arguments: optimizers, [1, 8, 9, 13])
    func resume(_ optimizer: OptimizerConfiguration, _ stop: Int) throws {
        let folder = try TemporaryFolder()
        let undisturbed = try trainer(.shifting(window: 3, neighbourhood: 3), optimizer)
        var statistics: [StepStatistics] = []
        for _ in 0..<20 { statistics.append(undisturbed.step()) }

        let stopped = try trainer(.shifting(window: 3, neighbourhood: 3), optimizer)
        for _ in 0..<stop { _ = stopped.step() }
        try stopped.saveCheckpoint(folder.file("checkpoint"))
        let resumed = try trainer(.shifting(window: 3, neighbourhood: 3), optimizer)
        try resumed.restoreCheckpoint(folder.file("checkpoint"))
        #expect(resumed.position == stop)
        var rest: [StepStatistics] = []
        while resumed.position < 20 { rest.append(resumed.step()) }

        #expect(rest == Array(statistics.dropFirst(stop)))
        #expect(SmallModel.bits(resumed.model) == SmallModel.bits(undisturbed.model))
        try resumed.saveCheckpoint(folder.file("a"))
        try undisturbed.saveCheckpoint(folder.file("b"))
        let checkpoints = try ["a", "b"].map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0))) }
        #expect(checkpoints[0] == checkpoints[1], "the checkpoint files differ")
    }

    @Test("the seed selects another training")
    func seeds() throws {
        let first = try trainer(seed: 1).step()
        #expect(first == (try trainer(seed: 1)).step())
        #expect(first != (try trainer(seed: 2)).step())
    }

    @Test("a checkpoint of another training is refused, says in what it differs, and changes nothing")
    func refusal() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("checkpoint")
        let saved = try trainer()
        _ = saved.step()
        try saved.saveCheckpoint(path)
        var fewerImages = MovingBars()
        fewerImages.trainingImages = 36
        let others: [(String, Trainer)] = [
            ("configuration", try trainer(.shifting(window: 2, neighbourhood: 3))), ("configuration", try trainer(.none)),
            ("seed", try trainer(seed: 4)), ("batch size", try trainer(batchSize: 5)),
            ("optimizer", try trainer(.shifting(window: 3, neighbourhood: 3), .adam(learningRate: 0.002))),
            ("optimizer", try trainer(.shifting(window: 3, neighbourhood: 3), .momentumSGD(learningRate: 0.003, momentum: 0.9))),
            ("data set", try trainer(dataset: fewerImages)),
        ]
        for (difference, other) in others {
            let before = SmallModel.bits(other.model)
            let error = #expect(throws: CheckpointError.self) { try other.restoreCheckpoint(path) }
            #expect(error?.description.contains("its \(difference) is") == true, "said: \(error?.description ?? "nothing")")
            #expect(SmallModel.bits(other.model) == before && other.position == 0)
        }
    }

    @Test("a checkpoint cut short, weights in its place and nonsense are refused without changing anything")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let trainer = try trainer()
        _ = trainer.step()
        try trainer.saveCheckpoint(folder.file("whole"))
        try trainer.model.saveWeights(folder.file("weights"))
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole")))
        try whole.dropLast(4).write(to: URL(fileURLWithPath: folder.file("short")))
        try Data("not a checkpoint".utf8).write(to: URL(fileURLWithPath: folder.file("nonsense")))
        _ = trainer.step()
        let before = SmallModel.bits(trainer.model)
        for name in ["short", "weights", "nonsense", "missing"] {
            #expect(throws: (any Error).self, "\(name)") { try trainer.restoreCheckpoint(folder.file(name)) }
        }
        #expect(SmallModel.bits(trainer.model) == before && trainer.position == 2)
    }

    @Test("saved weights make the same model; another configuration's are refused")
    func weights() throws {
        let folder = try TemporaryFolder()
        let trainer = try trainer()
        _ = trainer.step()
        try trainer.model.saveWeights(folder.file("weights"))
        let loaded = try TopographicVAE(
            configuration: SmallModel.configuration(), weights: folder.file("weights"), arithmetic: arithmetic())
        #expect(SmallModel.bits(loaded) == SmallModel.bits(trainer.model))
        #expect(throws: CheckpointError.self) {
            try TopographicVAE(
                configuration: SmallModel.configuration(.shifting(window: 2, neighbourhood: 1)), weights: folder.file("weights"),
                arithmetic: arithmetic())
        }
    }

    @Test("impossible trainings are refused by name")
    func impossible() throws {
        #expect(throws: ConfigurationError.self) { try trainer(batchSize: 0) }
        #expect(throws: ConfigurationError.self) { try trainer(batchSize: 38) }
        #expect(throws: ConfigurationError.self) { try trainer(.none, .adam(learningRate: .nan)) }
        #expect(throws: ConfigurationError.self) { try trainer(.none, .adam(learningRate: 0)) }
        #expect(throws: ConfigurationError.self) { try trainer(.none, .momentumSGD(learningRate: 0.1, momentum: 1)) }
        var longer = MovingBars()
        longer.sequenceLength = 5
        #expect(throws: ConfigurationError.mismatch(what: "sequence length", model: "4", dataset: "5")) { try trainer(dataset: longer) }
    }

    @Test("a VAE and a TVAE of one seed start with the same z encoder and decoder")
    func sharedStart() throws {
        let plain = SmallModel.bits(try SmallModel.make(.none))
        let topographic = SmallModel.bits(try SmallModel.make())
        for (name, bits) in plain { #expect(topographic[name] == bits, "\(name)") }
        #expect(topographic.keys.contains("u_encoder.0.weight") && topographic["mu"] == [Float(30).bitPattern])
    }
}
