import Datasets
import Numerics
import Testing
import TopographicVAE

@Suite("Equivariance measured while training")
struct TrainingEquivarianceTests {
    private static let batchSize = 4
    private static let seed: UInt64 = 3

    private func trainer(threads: Int = 2, topography: Topography = .shifting(window: 3, neighbourhood: 3)) throws -> Trainer {
        try Trainer(
            model: SmallModel.make(topography, arithmetic: arithmetic(threads: threads)), dataset: MovingBars(),
            optimizer: .adam(learningRate: 0.003), batchSize: Self.batchSize, seed: Self.seed)
    }

    private func rolls(of trainer: Trainer) -> RollCounts {
        var counts = RollCounts(factorSizes: trainer.dataset.factorSizes, capsuleSize: trainer.model.configuration.capsuleSize)
        trainer.countRolls(into: &counts)
        return counts
    }

    /// The first step's sequences and the t that it samples, made without a trainer.
    private func firstBatch() throws -> (batch: SequenceBatch, t: Matrix) {
        let dataset = MovingBars()
        let images = Philox(seed: Self.seed).permutation(of: dataset.trainingImages, .dataOrder, step: 1).prefix(Self.batchSize)
        var batch = SequenceBatch(sequences: Self.batchSize, sequenceLength: 4, frameShape: dataset.frameShape, factorCount: 2)
        dataset.fill(&batch, split: .training, images: Array(images), epoch: 1, seed: Self.seed)
        let pass = ForwardPass(model: try SmallModel.make(), sequences: Self.batchSize)
        pass.input.copy(from: batch.frames)
        pass.run(PhiloxNoise.training(seed: Self.seed, step: 0))
        return (batch, pass.t)
    }

    @Test("the first step tells E_eq of the untrained model, on the activations that the step samples")
    func equivarianceError() throws {
        let trainer = try trainer()
        _ = trainer.step()
        let t = try firstBatch().t
        #expect(trainer.equivarianceError() == EquivarianceError.mean(t, sequenceLength: 4, capsules: 3, capsuleSize: 4))
    }

    @Test("the rolls that are counted are those that CapCorr observes on the same activations")
    func observedRolls() throws {
        let trainer = try trainer()
        _ = trainer.step()
        let (batch, t) = try firstBatch()
        var expected = RollCounts(factorSizes: [4, 4], capsuleSize: 4)
        for sequence in 0..<Self.batchSize {
            let factor = batch.movingFactor[sequence]
            let observation = CapsuleCorrelation.observe(
                factor: factor, values: (0..<4).map { batch.factors[(sequence * 4 + $0) * 2 + factor] },
                t: (0..<4).map { Array(t.row(sequence * 4 + $0)) }, capsuleSize: 4)
            if let observation { expected.add(observation) }
        }
        #expect(rolls(of: trainer) == expected)
        #expect(expected.entries.reduce(0) { $0 + $1.count } == Self.batchSize)
    }

    @Test("measuring changes no bit of the training, and does not depend on threads")
    func harmless() throws {
        let plain = try trainer()
        let watched = try [1, 3].map { try trainer(threads: $0) }
        for _ in 0..<5 {
            let statistics = plain.step()
            for trainer in watched { #expect(trainer.step() == statistics) }
            #expect(watched[0].equivarianceError() == watched[1].equivarianceError())
            #expect(rolls(of: watched[0]) == rolls(of: watched[1]))
        }
        #expect(SmallModel.bits(plain.model) == SmallModel.bits(watched[1].model))
    }

    @Test("a model without sequences of capsules has neither")
    func none() throws {
        let trainer = try StillBars.trainer(.torus(side: 3, window: 3))
        _ = trainer.step()
        #expect(trainer.equivarianceError() == nil)
        #expect(rolls(of: trainer).entries.isEmpty)
        #expect(
            EquivarianceError.chance(for: trainer.model.configuration, sequences: 4, seed: 1, arithmetic: arithmetic()) == nil)
    }

    @Test("chance is what the paper's normalisation gives for random activations of the model's shape")
    func chance() throws {
        let configuration = ModelConfiguration(
            frameShape: FrameShape(channels: 1, height: 2, width: 2), sequenceLength: 18, capsules: 18, capsuleSize: 18, topography: .none)
        let chance = EquivarianceError.chance(for: configuration, sequences: 64, seed: 0, arithmetic: arithmetic())
        #expect(chance.map { abs($0 - 13_269) < 15 } == true, "\(String(describing: chance))")
    }
}

@Suite("Counts of rolls")
struct RollCountsTests {
    private func observation(_ factor: Int, _ roll: Int, _ offset: Int) -> CapsuleCorrelation.Observation {
        CapsuleCorrelation.Observation(factor: factor, observedRoll: roll, trueOffset: offset)
    }

    @Test("correlate like the single observations")
    func correlations() throws {
        let observations = (0..<200).map { observation($0 % 2, ($0 * 7 + $0 / 3) % 5, $0 % ($0 % 2 == 0 ? 3 : 6)) }
        var counts = RollCounts(factorSizes: [3, 6], capsuleSize: 5)
        for observation in observations { counts.add(observation) }
        let names = ["a", "b"]
        let pooled = CapsuleCorrelation.correlations(counts.entries, factorNames: names)
        let single = CapsuleCorrelation.correlations(observations, factorNames: names)
        for (a, b) in zip(pooled, single) {
            #expect(a.sequences == 100 && b.sequences == 100)
            #expect(abs(try #require(a.correlation) - (try #require(b.correlation))) < 1e-12)
        }
    }

    @Test("do not depend on the order in which they were made, and can be put together again")
    func order() {
        let observations = (0..<50).map { observation($0 % 2, $0 % 5, $0 % 3) }
        var forwards = RollCounts(factorSizes: [3, 3], capsuleSize: 5)
        var backwards = forwards
        var again = forwards
        for observation in observations { forwards.add(observation) }
        for observation in observations.reversed() { backwards.add(observation) }
        for entry in forwards.entries { again.add(entry.observation, count: entry.count) }
        #expect(forwards == backwards && forwards == again)
        #expect(forwards.entries.reduce(0) { $0 + $1.count } == 50)
    }

    @Test(
        "what lies outside the factors or the capsule is not counted",
        arguments: [(2, 0, 0), (-1, 0, 0), (0, 5, 0), (0, -1, 0), (0, 0, 3), (0, 0, -1)])
    func outside(_ factor: Int, _ roll: Int, _ offset: Int) {
        var counts = RollCounts(factorSizes: [3, 3], capsuleSize: 5)
        counts.add(observation(factor, roll, offset))
        #expect(counts.entries.isEmpty && !counts.covers(observation(factor, roll, offset)))
    }
}
