import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Evaluation")
struct EvaluationTests {
    private func evaluate(
        _ topography: Topography = .shifting(window: 4, neighbourhood: 1), sequences: Int = 21, threads: Int = 2, seed: UInt64 = 5,
        importanceSamples: Int = 4
    ) throws -> EvaluationResult {
        try Evaluation.run(
            model: SmallModel.make(topography, arithmetic: arithmetic(threads: threads)), dataset: MovingBars(), split: .test,
            sequences: sequences, seed: seed,
            importanceSamples: importanceSamples)
    }

    @Test("the same call gives the same result, on any number of threads")
    func deterministic() throws {
        let result = try evaluate()
        #expect(result == (try evaluate()))
        #expect(result == (try evaluate(threads: 1)))
        #expect(result != (try evaluate(seed: 6)))
    }

    @Test("counts sequences and frames, and takes no more than there are")
    func counts() throws {
        let result = try evaluate(sequences: 1000)
        #expect(result.sequences == 21 && result.frames == 84)
        var calls: [[Int]] = []
        _ = try Evaluation.run(model: SmallModel.make(), dataset: MovingBars(), split: .test, sequences: 10, seed: 1) {
            calls.append([$0, $1])
        }
        #expect(calls == [[8, 10], [10, 10]])
    }

    @Test("the official log p(x) is log K above the unbiased one, and neither is below the bound by much")
    func likelihoods() throws {
        let result = try evaluate(importanceSamples: 10)
        let official = try #require(result.logLikelihoodOfficial)
        let unbiased = try #require(result.logLikelihoodUnbiased)
        #expect(abs(official - unbiased - 2.302585093) < 1e-9)
        #expect(unbiased > -(result.negativeLogLikelihood + result.kl) - 0.5)
        #expect(try evaluate(importanceSamples: 0).logLikelihoodOfficial == nil)
    }

    @Test("the direct part of roll-forward is the reconstruction's negative log-likelihood")
    func direct() throws {
        let result = try evaluate()
        let rollForward = try #require(result.rollForward)
        #expect(abs(rollForward.direct - result.negativeLogLikelihood) < 1e-12)
    }

    @Test("the gap is where roll-forward lies between seeing the frame and holding the first; none where holding costs nothing")
    func gap() {
        #expect(RollForward(direct: 60, rollForward: 66, holdFirst: 120).gap == 0.1)
        #expect(RollForward(direct: 60, rollForward: 180, holdFirst: 120).gap == 2)
        #expect(RollForward(direct: 60, rollForward: 60, holdFirst: 60).gap == nil)
        // A model that has learned nothing: a quotient of noise.
        #expect(RollForward(direct: 459.3, rollForward: 459.2, holdFirst: 459.5).gap == nil)
        #expect(RollForward(direct: 60, rollForward: 58, holdFirst: 50).gap == nil)
        #expect(RollForward(direct: .nan, rollForward: 60, holdFirst: 60).gap == nil)
    }

    @Test("single frames and the torus have no capsule metrics, and say so")
    func noCapsules() throws {
        var configuration = SmallModel.configuration(.torus(side: 4, window: 3))
        configuration.capsules = 4
        let model = try TopographicVAE(configuration: configuration, seed: 1, arithmetic: arithmetic())
        let result = try Evaluation.run(model: model, dataset: MovingBars(), split: .test, sequences: 8, seed: 1)
        #expect(result.equivarianceError == nil && result.rollForward == nil)
        #expect(result.capsuleCorrelation.allSatisfy { $0.correlation == nil })
    }

    @Test("impossible evaluations are refused by name")
    func impossible() throws {
        #expect(throws: ConfigurationError.self) { try evaluate(sequences: 0) }
        #expect(throws: ConfigurationError.self) { try evaluate(importanceSamples: -1) }
    }

    @Test("a traversal holds frames, reconstructions and rolled predictions; roll 0 is the reconstruction of the first frame")
    func traversal() throws {
        let traversal = try CapsuleTraversal(model: SmallModel.make(), dataset: MovingBars(), split: .test, images: 3, seed: 2)
        #expect(traversal.sequences.count == 3)
        for sequence in traversal.sequences {
            #expect(sequence.input.count == 4 && sequence.reconstruction.count == 4 && sequence.traversal.count == 4)
            #expect(sequence.traversal[0] == sequence.reconstruction[0])
            #expect(sequence.input.allSatisfy { $0.count == 32 })
            #expect([["column"], ["row"]].contains(sequence.movingFactors))
        }
    }
}

@Suite("Equivariance error")
struct EquivarianceErrorTests {
    /// One sequence of 4 frames of 2 capsules × 4, by the value at (step, capsule, position).
    private func activations(_ value: (Int, Int, Int) -> Float) -> Matrix {
        Matrix(rows: 4, columns: 8, values: (0..<4).flatMap { step in (0..<8).map { value(step, $0 / 4, $0 % 4) } })
    }

    private func error(_ t: Matrix) -> Double { EquivarianceError.mean(t, sequenceLength: 4, capsules: 2, capsuleSize: 4) }

    @Test("is 0 for activations that roll one position a step, at any norm")
    func rolling() {
        let pattern: [Float] = [1, -2, 3, 0.5]
        #expect(
            error(activations { step, capsule, position in Float(step + 1) * pattern[(position - step + 4) % 4] + Float(0 * capsule) })
                < 1e-6)
    }

    @Test("counts what does not roll: a single standing 1 is off by 2 at every shift that is no multiple of its capsule")
    func standing() {
        #expect(error(activations { _, _, position in position == 0 ? 1 : 0 }) == 2 * 6 * 2)
    }

    @Test("a silent capsule counts as silence, not as NaN")
    func silent() {
        #expect(error(activations { _, capsule, position in capsule == 0 && position == 0 ? 1 : 0 }) == 2 * 6)
    }
}

@Suite("Capsule correlation")
struct CapsuleCorrelationTests {
    /// t of a perfectly rolling sequence with a pattern that has one best shift.
    private func rolling(steps: Int, size: Int) -> [[Float]] {
        (0..<steps).map { step in
            (0..<3 * size).map { place in ((place % size - step) % size + size) % size == 0 ? 1 : Float(place / size) * 0.01 }
        }
    }

    @Test("a sequence that rolls with its factor is observed at its true offset")
    func observes() {
        for start in 0..<5 {
            let observation = CapsuleCorrelation.observe(
                factor: 1, values: (0..<5).map { (start + $0) % 5 }, t: rolling(steps: 5, size: 5), capsuleSize: 5)
            #expect(observation == CapsuleCorrelation.Observation(factor: 1, observedRoll: start, trueOffset: start))
        }
    }

    @Test("several moving factors, or one that never passes 0, are no observation")
    func noObservation() {
        #expect(CapsuleCorrelation.observe(factor: -1, values: [0, 1], t: [[0], [0]], capsuleSize: 1) == nil)
        #expect(CapsuleCorrelation.observe(factor: 0, values: [1, 2], t: [[0], [0]], capsuleSize: 1) == nil)
        #expect(CapsuleCorrelation.observe(factor: 0, values: [], t: [], capsuleSize: 1) == nil)
    }

    @Test("where a factor passes 0 several times the roll nearest the true offset counts")
    func nearest() {
        let observation = CapsuleCorrelation.observe(
            factor: 0, values: (0..<6).map { (1 + $0) % 2 }, t: rolling(steps: 6, size: 6), capsuleSize: 6)
        #expect(observation?.observedRoll == 1, "\(String(describing: observation))")
    }

    @Test("no variance gives no correlation instead of NaN; activations of NaN give some roll, no trap")
    func withoutVariance() {
        func observation(_ roll: Int, _ offset: Int) -> CapsuleCorrelation.Observation {
            CapsuleCorrelation.Observation(factor: 0, observedRoll: roll, trueOffset: offset)
        }
        func correlation(_ observations: [CapsuleCorrelation.Observation]) -> Double? {
            CapsuleCorrelation.correlations(observations, factorNames: ["x"])[0].correlation
        }
        #expect(correlation([]) == nil)
        #expect(correlation([observation(1, 1)]) == nil)
        #expect(correlation([observation(1, 1), observation(1, 3)]) == nil)
        #expect(correlation([observation(1, 2), observation(2, 4), observation(3, 6)]).map { abs($0 - 1) < 1e-12 } == true)
        #expect(correlation([observation(1, 6), observation(2, 4), observation(3, 2)]).map { abs($0 + 1) < 1e-12 } == true)
        let silent = CapsuleCorrelation.observe(factor: 0, values: [1, 0], t: [[.nan, .nan], [.nan, 0]], capsuleSize: 2)
        #expect(silent?.observedRoll == 0)
    }
}
