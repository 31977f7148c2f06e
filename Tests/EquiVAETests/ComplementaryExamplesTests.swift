import EquiVAE
import NeuralNetworks
import Numerics
import Testing

@Suite("Complementary examples")
struct ComplementaryExamplesTests {
    @Test("are distinct images of the class, whatever the step")
    func draws() throws {
        let pools = [[4, 9, 12, 30], [1, 2, 3], [0, 5, 6, 7, 8, 10, 11]]
        let examples = try ComplementaryExamples(pools: pools, count: 2)
        for step in 0..<200 {
            let images = examples.draw(seed: 5, step: UInt32(step))
            #expect(images.count == 9)
            for (number, pool) in pools.enumerated() {
                let drawn = Array(images[(3 * number)..<(3 * number + 3)])
                #expect(Set(drawn).count == 3)
                #expect(Set(drawn).isSubset(of: pool))
            }
        }
    }

    @Test("every image of a class is drawn as often in every place")
    func uniform() throws {
        let examples = try ComplementaryExamples(pools: [Array(0..<5), Array(5..<10)], count: 2)
        var counts = [[Int]](repeating: [0, 0, 0], count: 5)
        let steps = 6000
        for step in 0..<steps {
            for (place, image) in examples.draw(seed: 1, step: UInt32(step)).prefix(3).enumerated() { counts[image][place] += 1 }
        }
        // Expected 1200, standard deviation 31.
        for count in counts.flatMap({ $0 }) { #expect(abs(count - steps / 5) < 150) }
    }

    @Test("a class that cannot spare them is refused and named")
    func tooFew() {
        #expect {
            try ComplementaryExamples(pools: [[1, 2, 3], [4, 5]], count: 2)
        } throws: {
            "\($0)".contains("class 1") && "\($0)".contains("at least 3")
        }
    }

    /// The point of the paper: what is special to x cannot come back through r.
    @Test("x has no part in its own r: the bound of a labelled image does not see f(x)", arguments: 0..<9)
    func routing(_ image: Int) throws {
        // f sees only the images; so two steps that differ in one labelled image alone must give every r but its own class's others the same.
        let model = try SmallModel.make()
        let objective = SmallModel.supervised
        func representations(_ changed: Int?) -> [[Float]] {
            let step = EquiVAEStep(
                model: model, objective: objective, labelledShare: 1,
                optimizer: MomentumSGD(parameters: model.parameters, learningRate: 1, momentum: 0))
            step.input.copy(from: waves(step.input.count, phase: 0.5, scale: 0.45).map { 0.5 + $0 })
            if let changed { for index in step.input.row(changed).indices { step.input.row(changed)[index] = 1 } }
            _ = step.computeGradients(RecordedNoise(uniforms: []), number: 1)
            return (0..<9).map { step.representation(ofLabelledRow: $0) }
        }
        let before = representations(nil)
        let after = representations(image)
        for row in 0..<9 {
            let sees = row / 3 == image / 3 && row != image
            #expect((before[row] != after[row]) == sees, "r of image \(row) after image \(image) changed")
        }
    }
}
