import Datasets
import Numerics
import Testing
import TopographicVAE

@Suite("Topographic layer against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct TopographicLayerReferenceTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var topography: Topography
        /// Sequence length, capsules, capsule size.
        var shape: (Int, Int, Int)
        var mu: Float = 30
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "shifting_T18_D18_window13_K3", topography: .shifting(window: 13, neighbourhood: 3), shape: (18, 2, 18)),
        Case(name: "shifting_T18_D18_window5_K3", topography: .shifting(window: 5, neighbourhood: 3), shape: (18, 2, 18)),
        Case(name: "shifting_T18_D18_window18_K3", topography: .shifting(window: 18, neighbourhood: 3), shape: (18, 2, 18)),
        Case(name: "shifting_T15_D15_window15_K1", topography: .shifting(window: 15, neighbourhood: 1), shape: (15, 2, 15)),
        Case(name: "shifting_T15_D15_window10_K1", topography: .shifting(window: 10, neighbourhood: 1), shape: (15, 2, 15)),
        Case(name: "shifting_T15_D15_window5_K1", topography: .shifting(window: 5, neighbourhood: 1), shape: (15, 2, 15)),
        Case(name: "stationary_T18_D18_time5_space3", topography: .stationary(time: 5, space: 3), shape: (18, 2, 18)),
        Case(name: "stationary_T18_D18_time1_space3", topography: .stationary(time: 1, space: 3), shape: (18, 2, 18)),
        Case(name: "stationary_T15_D15_time5_space5", topography: .stationary(time: 5, space: 5), shape: (15, 2, 15)),
        Case(name: "torus_18x18_window5", topography: .torus(side: 18, window: 5), shape: (1, 18, 18), mu: 10),
    ]

    @Test("forward and gradients by z, u and mu agree", arguments: cases)
    func agrees(_ testCase: Case) throws {
        let file = try Reference.open("temporal-coherence")
        let (length, capsules, size) = testCase.shape
        let configuration = ModelConfiguration(
            frameShape: FrameShape(channels: 1, height: 1, width: 1), sequenceLength: length, capsules: capsules, capsuleSize: size,
            topography: testCase.topography)
        try configuration.validate()
        let elementwise = arithmetic().elementwise
        let layer = TopographicLayer(configuration)
        let z = try file.matrix("\(testCase.name)/z", trailing: 2)
        let u = try file.matrix("\(testCase.name)/u", trailing: 2)
        let cotangent = try file.matrix("\(testCase.name)/cotangent", trailing: 2)
        func empty() -> Matrix { Matrix(rows: z.rows, columns: z.columns) }
        let t = empty()
        let zGradient = empty()
        let uGradient = empty()
        let workspace = TopographicLayer.Workspace(layer, frames: z.rows, training: true)

        layer.forward(z: z, u: u, mu: testCase.mu, into: t, workspace, elementwise: elementwise)
        let muGradient = layer.backward(
            tGradient: cotangent, t: t, u: u, zGradient: zGradient, uGradient: uGradient, workspace, elementwise: elementwise)

        #expect(relativeDifference(t.values, try file.floats("\(testCase.name)/t").values) < 1e-5, "t")
        #expect(relativeDifference(zGradient.values, try file.floats("\(testCase.name)/grad_z").values) < 1e-4, "gradient by z")
        #expect(relativeDifference(uGradient.values, try file.floats("\(testCase.name)/grad_u").values) < 1e-4, "gradient by u")
        #expect(relativeDifference(muGradient, try file.scalar("\(testCase.name)/grad_mu")) < 1e-4, "gradient by mu")
    }
}
