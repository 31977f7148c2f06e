import Datasets
import Numerics
import Testing
import TopographicVAE

@Suite("Topographic layer against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct TopographicLayerReferenceTests {
    /// A case's name says what W is: `shifting_T18_D18_window13_K3`, `stationary_T18_D18_time5_space3`, `torus_18x18_window5`.
    private static func topography(_ name: String) throws -> (topography: Topography, mu: Float) {
        if let match = name.wholeMatch(of: /shifting_T\d+_D\d+_window(\d+)_K(\d+)/), let window = Int(match.1), let width = Int(match.2) {
            return (.shifting(window: window, neighbourhood: width), 30)
        }
        if let match = name.wholeMatch(of: /stationary_T\d+_D\d+_time(\d+)_space(\d+)/), let time = Int(match.1), let space = Int(match.2) {
            return (.stationary(time: time, space: space), 30)
        }
        if let match = name.wholeMatch(of: /torus_(\d+)x(\d+)_window(\d+)/), match.1 == match.2, let side = Int(match.1),
            let window = Int(match.3)
        {
            return (.torus(side: side, window: window), 10)
        }
        throw UnknownCase(name: name)
    }

    private struct UnknownCase: Error { var name: String }

    @Test(
        "forward and gradients by z, u and mu agree",
        arguments: Reference.cases(in: "temporal-coherence", /([^\/]+)(?:\/.*)?/))
    func agrees(_ name: String) throws {
        let (topography, mu) = try Self.topography(name)
        let file = try Reference.open("temporal-coherence")
        let shape = try file.floats("\(name)/z").shape
        try #require(shape.count >= 3 && !shape.contains(0), "the shape of \(name)/z is \(shape)")
        let (capsules, size) = (shape[shape.count - 2], shape[shape.count - 1])
        let configuration = ModelConfiguration(
            frameShape: FrameShape(channels: 1, height: 1, width: 1), sequenceLength: shape.count > 3 ? shape[1] : 1, capsules: capsules,
            capsuleSize: size, topography: topography)
        try configuration.validate()
        if let match = name.firstMatch(of: /_T(\d+)_D(\d+)_/) {
            #expect(Int(match.1) == configuration.sequenceLength && Int(match.2) == size, "the name says another shape than \(shape)")
        }
        let elementwise = arithmetic().elementwise
        let layer = TopographicLayer(configuration)
        let z = try file.matrix("\(name)/z", trailing: 2)
        let u = try file.matrix("\(name)/u", trailing: 2)
        let cotangent = try file.matrix("\(name)/cotangent", trailing: 2)
        try #require(u.count == z.count && cotangent.count == z.count)
        func empty() -> Matrix { Matrix(rows: z.rows, columns: z.columns) }
        let t = empty()
        let zGradient = empty()
        let uGradient = empty()
        let workspace = TopographicLayer.Workspace(layer, frames: z.rows, training: true)

        layer.forward(z: z, u: u, mu: mu, into: t, workspace, elementwise: elementwise)
        let muGradient = layer.backward(
            tGradient: cotangent, t: t, u: u, zGradient: zGradient, uGradient: uGradient, workspace, elementwise: elementwise)

        #expect(relativeDifference(t.values, try file.floats("\(name)/t").values) < 1e-5, "t")
        #expect(relativeDifference(zGradient.values, try file.floats("\(name)/grad_z").values) < 1e-4, "gradient by z")
        #expect(relativeDifference(uGradient.values, try file.floats("\(name)/grad_u").values) < 1e-4, "gradient by u")
        #expect(relativeDifference(muGradient, try file.scalar("\(name)/grad_mu")) < 1e-4, "gradient by mu")
    }
}
