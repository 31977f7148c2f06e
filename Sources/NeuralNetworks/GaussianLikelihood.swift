import Numerics

/// p(x | z) as one Gaussian per value around a mean, with one scale σ that all values share and that is learned:
///
///     −log p = ½ ((x − mean) / σ)² + log σ + ½ log 2π, in nats, summed over a row's values.
public enum GaussianLikelihood {
    /// ½ log 2π
    private static let normaliser = 0.918938533204672741780329736406

    /// log σ is held to at least this, about half a step of 8-bit pixels in [0, 1]: below it a density would reward reproducing the quantisation.
    public static let smallestLogScale: Float = -6.25

    /// Writes −log p of each row, nats, into `rows` and returns the derivative of Σ weights_i · (−log p_i) by log σ, as far as it
    /// leads back to the bound where log σ lies below it.
    ///
    /// - Parameters:
    ///   - mean: [M, D].
    ///   - target: the images, [N, D]; row i is compared with the target's row `targetRows[i]`.
    ///   - weights: of each row in the loss; where absent all are 1.
    ///   - meanGradient: where given, receives the weighted sum's derivative by the means, [M, D].
    public static func negativeLogLikelihood(
        mean: Matrix, target: Matrix, targetRows: [Int], logScale: Float, weights: [Float]?, meanGradient: Matrix?, rows: inout [Double],
        pool: ThreadPool
    ) -> Double {
        let size = mean.columns
        precondition(target.columns == size && targetRows.count == mean.rows && rows.count == mean.rows, "targets of another shape")
        let held = max(logScale, smallestLogScale)
        let precision = PortableMath.exponential(-2 * Double(held))
        let constant = Double(size) * (Double(held) + normaliser)
        var squares = [Double](repeating: 0, count: mean.rows)
        squares.withUnsafeMutableBufferPointer { squares in
            nonisolated(unsafe) let squares = squares
            pool.forRanges(of: mean.rows, grain: 8) { range in
                for row in range {
                    let values = mean.pointer + row * size
                    let targets = target.pointer + targetRows[row] * size
                    let factor = Float(precision) * (weights?[row] ?? 1)
                    var sum = 0.0
                    for column in 0..<size {
                        let difference = values[column] - targets[column]
                        sum += Double(difference) * Double(difference)
                        meanGradient?.pointer[row * size + column] = factor * difference
                    }
                    squares[row] = sum
                }
            }
        }
        var scaleGradient = 0.0
        for row in 0..<mean.rows {
            let scaled = squares[row] * precision
            rows[row] = 0.5 * scaled + constant
            scaleGradient += Double(weights?[row] ?? 1) * (Double(size) - scaled)
        }
        // Below the bound only what leads back to it counts.
        return logScale < smallestLogScale ? min(0, scaleGradient) : scaleGradient
    }
}
