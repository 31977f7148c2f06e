import Datasets
import EquiVAE
import Integrity
import NeuralNetworks
import Numerics
import Testing

@Suite("Training an EquiVAE")
struct EquiVAETrainerTests {
    private func trainer(
        _ objective: TrainingObjective = SmallModel.semiSupervised, labelled: Int? = 30, seed: UInt64 = 7,
        arithmetic: any Arithmetic = TestedArithmetic.portable.make(), configuration: EquiVAEConfiguration = SmallModel.configuration()
    ) throws -> EquiVAETrainer {
        try EquiVAETrainer(
            model: SmallModel.make(configuration, seed: seed, arithmetic: arithmetic), parts: SmallModel.parts(), labelled: labelled,
            objective: objective,
            optimizer: .adam(learningRate: 3e-3), seed: seed)
    }

    @Test("raises the bound and learns the classes", arguments: [true, false])
    func learns(_ isSupervised: Bool) throws {
        let trainer = try trainer(
            isSupervised ? SmallModel.supervised : SmallModel.semiSupervised, labelled: isSupervised ? nil : 30,
            configuration: SmallModel.able)
        let first = trainer.step()
        var last = first
        for _ in 0..<400 { last = trainer.step() }
        #expect(last.loss < first.loss)
        #expect(last.classification < 0.5 * first.classification, "\(first.classification) → \(last.classification)")
    }

    @Test("takes the same bits on any number of threads", arguments: [true, false])
    func threads(_ isSupervised: Bool) throws {
        func bits(_ threads: Int) throws -> [[UInt32]] {
            let trainer = try trainer(
                isSupervised ? SmallModel.supervised : SmallModel.semiSupervised, labelled: isSupervised ? nil : 30,
                arithmetic: TestedArithmetic.portable.make(threads: threads))
            for _ in 0..<3 { _ = trainer.step() }
            return SmallModel.bits(trainer.model)
        }
        let one = try bits(1)
        #expect(try bits(2) == one)
        #expect(try bits(3) == one)
    }

    /// A change of this digest is a change of the results that others have recorded.
    @Test("the weights after ten steps are the same bits as ever")
    func pinned() throws {
        let folder = try TemporaryFolder()
        let trainer = try trainer()
        for _ in 0..<10 { _ = trainer.step() }
        try trainer.model.saveWeights(folder.file("weights"))
        let digest = try SHA256Digest.ofFile(at: folder.file("weights")).digest.hex
        #expect(digest == "4894427e8954cb9840757829e8e29c6b8c3d30bc469beef1a368ac916157de0f")
    }

    @Test("resumed from a checkpoint ends in the same bits")
    func resume() throws {
        let folder = try TemporaryFolder()
        let whole = try trainer()
        for _ in 0..<12 { _ = whole.step() }
        let stopped = try trainer()
        for _ in 0..<5 { _ = stopped.step() }
        try stopped.saveCheckpoint(folder.file("state"))
        let resumed = try trainer()
        try resumed.restoreCheckpoint(folder.file("state"))
        #expect(resumed.position == 5)
        for _ in 5..<12 { _ = resumed.step() }
        #expect(SmallModel.bits(resumed.model) == SmallModel.bits(whole.model))
    }

    @Test("a checkpoint of another training is refused, and changes nothing")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let other = try trainer(labelled: 60)
        _ = other.step()
        try other.saveCheckpoint(folder.file("state"))
        let trainer = try trainer()
        let before = SmallModel.bits(trainer.model)
        #expect(throws: CheckpointError.self) { try trainer.restoreCheckpoint(folder.file("state")) }
        #expect(trainer.position == 0)
        #expect(SmallModel.bits(trainer.model) == before)
    }

    @Test("weights come back as they were saved, and other models' are refused")
    func weights() throws {
        let folder = try TemporaryFolder()
        let trainer = try trainer()
        _ = trainer.step()
        try trainer.model.saveWeights(folder.file("weights"))
        let arithmetic = TestedArithmetic.portable.make()
        let read = try EquiVAE(configuration: SmallModel.configuration(), weights: folder.file("weights"), arithmetic: arithmetic)
        #expect(SmallModel.bits(read) == SmallModel.bits(trainer.model))
        #expect(throws: CheckpointError.self) {
            try EquiVAE(configuration: SmallModel.configuration(examples: 1), weights: folder.file("weights"), arithmetic: arithmetic)
        }
    }

    @Test("an update is the gradient and then the optimiser")
    func fused() throws {
        func step(_ model: EquiVAE) -> EquiVAEStep {
            let step = EquiVAEStep(
                model: model, objective: SmallModel.semiSupervised, labelledShare: 0.25,
                optimizer: Adam(parameters: model.parameters, learningRate: 1e-2))
            step.input.copy(from: waves(step.input.count, phase: 0.5, scale: 0.45).map { 0.5 + $0 })
            return step
        }
        let noise = RecordedNoise(uniforms: (0..<12).map { Double($0) / 12 })
        let (one, two) = (step(try SmallModel.make()), step(try SmallModel.make()))
        for number in 1...3 {
            let statistics = one.run(noise, number: number)
            #expect(two.computeGradients(noise, number: number) == statistics)
            two.optimizer.update(step: number, elementwise: two.model.arithmetic.elementwise)
            #expect(SmallModel.bits(one.model) == SmallModel.bits(two.model), "after update \(number)")
        }
    }

    @Test("what cannot be trained is refused in words")
    func refusals() throws {
        func refusal(_ objective: TrainingObjective, labelled: Int?) -> String {
            do {
                _ = try trainer(objective, labelled: labelled)
                return ""
            } catch { return "\(error)" }
        }
        #expect(refusal(SmallModel.semiSupervised, labelled: 6).contains("complementary examples"))
        #expect(refusal(SmallModel.semiSupervised, labelled: nil).contains("without label"))
        #expect(refusal(SmallModel.semiSupervised, labelled: 31).contains("31"))
        var objective = SmallModel.semiSupervised
        objective.boundExamples = 4
        #expect(refusal(objective, labelled: 30).contains("1 ... 3"))
        objective = SmallModel.semiSupervised
        objective.exactClasses = 4
        #expect(refusal(objective, labelled: 30).contains("exact classes"))
        #expect(throws: ConfigurationError.self) {
            var configuration = SmallModel.configuration()
            configuration.image.width = 10
            _ = try SmallModel.make(configuration)
        }
    }
}
