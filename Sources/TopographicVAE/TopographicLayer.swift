import NeuralNetworks
import Numerics

/// From independent Gaussians to topographically organised activations: v = W ⊛ u², t = (z + μ) / √(v + 1e-6).
///
/// The paper's equation 7 has (z − μ) and a factor of √ν; this is the form of the authors' code. t is a Student's t variable whose
/// neighbours share their variance, so they become active together.
public struct TopographicLayer {
    public let topography: Topography
    private let sequenceLength: Int
    private let capsules: Int
    private let capsuleSize: Int
    private let neighbourhood: TopographicNeighbourhood
    private let reversedNeighbourhood: TopographicNeighbourhood

    /// - Precondition: the configuration is valid and its topography is not `.none`.
    public init(_ configuration: ModelConfiguration) {
        topography = configuration.topography
        sequenceLength = configuration.sequenceLength
        capsules = configuration.capsules
        capsuleSize = configuration.capsuleSize
        let (rows, columns) =
            if case .torus(let side, _) = topography { (side, side) } else { (configuration.sequenceLength, configuration.capsuleSize) }
        let taps = topography.taps
        neighbourhood = TopographicNeighbourhood(taps, rows: rows, columns: columns)
        reversedNeighbourhood = TopographicNeighbourhood(taps.map(\.reversed), rows: rows, columns: columns)
    }

    /// The circular field that W acts on: sums run over (rows, columns), each lane and each group apart.
    private func field(frames: Int) -> (groups: Int, lanes: Int) {
        if case .torus = topography { return (frames, 1) }
        return (frames / sequenceLength, capsules)
    }

    /// What a batch needs beside its inputs and t; made once.
    public final class Workspace {
        /// v = W ⊛ u², [B·S, s].
        public let variance: Matrix
        fileprivate let varianceGradient: Matrix?
        fileprivate let scratch: Matrix

        /// - Parameter frames: B·S.
        public init(_ layer: TopographicLayer, frames: Int, training: Bool) {
            let latents = layer.capsules * layer.capsuleSize
            variance = Matrix(rows: frames, columns: latents)
            varianceGradient = training ? Matrix(rows: frames, columns: latents) : nil
            let field = layer.field(frames: frames)
            scratch = Matrix(
                rows: field.groups, columns: (layer.neighbourhood.rows + 1) * field.lanes * layer.neighbourhood.columns)
        }
    }

    /// Writes t [B·S, s] from z and u of the same shape.
    public func forward(z: Matrix, u: Matrix, mu: Float, into t: Matrix, _ workspace: Workspace, elementwise: Elementwise) {
        sum(u, squared: true, factor: nil, into: workspace.variance, neighbourhood, workspace, elementwise)
        elementwise.topographicQuotient(z: z, v: workspace.variance, mu: mu, into: t)
    }

    /// With g = ∂L/∂t, writes
    ///
    ///     ∂L/∂z = g / √(v + ε),   ∂L/∂v = −½ g t / (v + ε),   ∂L/∂u = 2u · (Wᵀ ⊛ ∂L/∂v)
    ///
    /// and returns ∂L/∂μ = Σ ∂L/∂z.
    ///
    /// - Precondition: follows ``forward(z:u:mu:into:_:elementwise:)`` with the same workspace, made for training.
    public func backward(
        tGradient: Matrix, t: Matrix, u: Matrix, zGradient: Matrix, uGradient: Matrix, _ workspace: Workspace, elementwise: Elementwise
    ) -> Double {
        guard let varianceGradient = workspace.varianceGradient else { preconditionFailure("the workspace was not made for training") }
        let muGradient = elementwise.topographicQuotientGradient(
            tGradient: tGradient, t: t, v: workspace.variance, zGradient: zGradient, vGradient: varianceGradient)
        sum(varianceGradient, squared: false, factor: u, into: uGradient, reversedNeighbourhood, workspace, elementwise)
        return muGradient
    }

    private func sum(
        _ input: Matrix, squared: Bool, factor: Matrix?, into output: Matrix, _ neighbourhood: TopographicNeighbourhood,
        _ workspace: Workspace, _ elementwise: Elementwise
    ) {
        let field = field(frames: input.rows)
        elementwise.topographicSum(
            input, squared: squared, factor: factor, into: output, groups: field.groups, lanes: field.lanes,
            neighbourhood: neighbourhood, scratch: workspace.scratch)
    }
}
