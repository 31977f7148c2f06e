import NeuralNetworks
import Numerics

/// W, the fixed matrix that says which u's share a variance: v = W ⊛ u² (Keller and Welling 2021, section 4).
///
/// Activations are [B, S, capsules, d]; every neighbourhood wraps around, in time as in the capsule.
public enum Topography: Hashable, Sendable {
    /// The plain VAE: no u, t = z.
    case none
    /// TVAE: v[l, c] = Σ K[a, b] · u²[l − (a − o), c − (b − o)] over a window × window kernel in (time, capsule position) with
    /// K[a, b] = 1 where |a − b| ≤ w: a band, `neighbourhood` = 2w + 1 wide, that moves one capsule position per time step.
    case shifting(window: Int, neighbourhood: Int)
    /// BubbleVAE, and TVAE with L = 0 (time = 1): all ones, time × space.
    case stationary(time: Int, space: Int)
    /// The 2-D torus of figure 3: every frame's latents on a side × side grid, a window × window kernel of ones, no time.
    case torus(side: Int, window: Int)

    /// The nonzero entries of the kernel as shifts along (rows, columns): time and capsule position, or the torus's two sides. o = ⌊n / 2⌋
    /// for a kernel n long, odd and even alike.
    public var taps: [TopographicTap] {
        switch self {
        case .none: []
        case .shifting(let window, let neighbourhood):
            Topography.taps(window, window).filter { abs($0.rowShift - $0.columnShift) <= neighbourhood / 2 }
        case .stationary(let time, let space): Topography.taps(time, space)
        case .torus(_, let window): Topography.taps(window, window)
        }
    }

    private static func taps(_ rows: Int, _ columns: Int) -> [TopographicTap] {
        (0..<rows).flatMap { a in
            (0..<columns).map { b in TopographicTap(rowShift: a - rows / 2, columnShift: b - columns / 2) }
        }
    }

    /// Refuses windows that do not fit the activations: a window longer than what it wraps around would count places twice.
    func validate(sequenceLength: Int, capsules: Int, capsuleSize: Int) throws(ConfigurationError) {
        switch self {
        case .none: break
        case .shifting(let window, let neighbourhood):
            let most = min(sequenceLength, capsuleSize)
            try ConfigurationError.require(
                (1...most).contains(window), "the shifting window", window, "1 ... \(most) (sequence length and capsule size)")
            try ConfigurationError.require(
                (1...2 * window).contains(neighbourhood) && neighbourhood % 2 == 1, "the neighbourhood", neighbourhood,
                "an odd number below twice the window \(window)")
        case .stationary(let time, let space):
            try ConfigurationError.require(
                (1...sequenceLength).contains(time), "the stationary window's time", time, "1 ... \(sequenceLength) (sequence length)")
            try ConfigurationError.require(
                (1...capsuleSize).contains(space), "the stationary window's space", space, "1 ... \(capsuleSize) (capsule size)")
        case .torus(let side, let window):
            let (area, overflow) = side.multipliedReportingOverflow(by: side)
            try ConfigurationError.require(
                side > 0 && !overflow && area == capsules * capsuleSize, "the torus's side", side,
                "a side whose square is the number of latents, \(capsules * capsuleSize)")
            try ConfigurationError.require((1...side).contains(window), "the torus's window", window, "1 ... \(side) (the side)")
        }
    }
}

extension Topography: CustomStringConvertible {
    /// Canonical: part of a checkpoint's identity.
    public var description: String {
        switch self {
        case .none: "none"
        case .shifting(let window, let neighbourhood): "shifting(window=\(window),neighbourhood=\(neighbourhood))"
        case .stationary(let time, let space): "stationary(time=\(time),space=\(space))"
        case .torus(let side, let window): "torus(side=\(side),window=\(window))"
        }
    }
}
