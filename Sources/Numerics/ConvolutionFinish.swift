/// What becomes of a convolution's sum once it is complete.
public enum ConvolutionFinish {
    case none
    /// activation(sum + bias), one bias per channel of the output: a forward pass.
    case bias(Matrix, Activation)
    /// 0 where this matrix, of the output's shape, is not above 0: the way back through the rectifier that produced it.
    case rectifierMask(Matrix)

    /// Checks that it fits an output before pointers go to C.
    func check(output: Matrix, channels: Int) {
        switch self {
        case .none: break
        case .bias(let bias, _): precondition(bias.count == channels, "\(bias.count) biases for \(channels) channels")
        case .rectifierMask(let mask):
            precondition(mask.rows == output.rows && mask.columns == output.columns, "a rectifier's output of another shape")
        }
    }
}
