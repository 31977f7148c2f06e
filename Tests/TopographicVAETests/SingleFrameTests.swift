import Datasets
import Testing
import TopographicVAE

@Suite("Models of single frames", .serialized)
struct SingleFrameTests {
    static let topographies: [Topography] = [.torus(side: 3, window: 3), .none]

    @Test("learn, on the torus and without one", arguments: topographies)
    func learns(_ topography: Topography) throws {
        let trainer = try StillBars.trainer(topography)
        let first = trainer.step().loss
        for _ in 0..<300 { _ = trainer.step() }
        let last = trainer.step().loss
        #expect(last < first - 2, "\(first) to \(last)")
    }

    @Test("are evaluated, with nothing said of rolls that single frames do not have", arguments: topographies)
    func evaluates(_ topography: Topography) throws {
        let model = try StillBars.model(topography)
        let result = try Evaluation.run(model: model, dataset: StillBars(), split: .test, sequences: 20, seed: 1)
        #expect(result.frames == 20 && result.negativeLogLikelihood.isFinite && result.logLikelihoodOfficial?.isFinite == true)
        #expect(result.equivarianceError == nil && result.rollForward == nil && result.capsuleCorrelation.isEmpty)
    }

    @Test("are pictured: a frame, and its reconstruction", arguments: topographies)
    func pictured(_ topography: Topography) throws {
        let traversal = try CapsuleTraversal(
            model: StillBars.model(topography), dataset: StillBars(), split: .test, images: 5, seed: 1)
        #expect(traversal.sequences.count == 5)
        for sequence in traversal.sequences {
            #expect(sequence.input.count == 1 && sequence.reconstruction.count == 1 && sequence.movingFactors.isEmpty)
        }
    }
}
