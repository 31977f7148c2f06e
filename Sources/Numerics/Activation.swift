import CKernels

/// The function that a dense layer applies to its sums.
public enum Activation: String, Hashable, Sendable {
    case identity
    /// max(0, x)
    case rectifier
    /// 1 / (1 + e^−x)
    case sigmoid

    var kernel: activation_kind {
        switch self {
        case .identity: activation_identity
        case .rectifier: activation_rectifier
        case .sigmoid: activation_sigmoid
        }
    }
}
