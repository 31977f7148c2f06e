/// Why a probe has nothing to say.
public enum ProbeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A parameter, features or labels outside what a probe takes.
    case invalid(parameter: String, reason: String)
    /// Newton's system of equations has no unique solution in double precision.
    case singular(step: Int)
    /// The gradient's norm did not become small enough.
    case notConverged(steps: Int, gradientNorm: Double)

    public var description: String {
        switch self {
        case .invalid(let parameter, let reason):
            "probe: \(parameter): \(reason)"
        case .singular(let step):
            "probe: the Hessian of Newton step \(step) is not positive definite; a larger penalty makes it so"
        case .notConverged(let steps, let gradientNorm):
            "probe: after \(steps) Newton steps the gradient's norm is still \(gradientNorm); allow more steps or a larger penalty"
        }
    }
}
