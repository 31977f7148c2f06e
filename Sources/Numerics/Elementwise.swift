import CKernels

/// Operations on each element or each row of matrices, on all threads of a pool.
///
/// Results do not depend on the number of threads or the instruction set. Sums along a row are in `Double`, in the order that
/// `elementwise_kernels.h` states; sums over rows add the rows' sums first to last.
public final class Elementwise: Sendable {
    public let pool: ThreadPool
    public let instructionSet: InstructionSet
    /// A constant table of functions.
    nonisolated(unsafe) let kernels: UnsafePointer<elementwise_kernels>

    /// - Parameter instructionSet: the strongest to use; weaker where this processor lacks it.
    public init(pool: ThreadPool, instructionSet: InstructionSet = .selected) {
        self.pool = pool
        self.instructionSet = min(instructionSet, .best)
        kernels = elementwise_kernels_for(instructionSet.kernel)
    }

    /// Elements that one task takes: enough to outweigh waking a thread, few enough to share out.
    private static let grain = 1 << 14

    private func rowsPerTask(_ columns: Int) -> Int { max(1, Elementwise.grain / max(columns, 1)) }

    /// Sums that one pass over the threads leaves on the stack.
    private typealias Sums = InlineArray<2048, Double>

    /// Calls `body` with a place on the stack for ``Sums`` numbers. `withUnsafeTemporaryAllocation` takes the heap for as many.
    private func withSums<Result>(_ body: (UnsafeMutablePointer<Double>) -> Result) -> Result {
        var sums = Sums(repeating: 0)
        return withUnsafeMutablePointer(to: &sums) { sums in
            body(UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self))
        }
    }

    /// Adds rows' sums, first to last, after computing them on all threads.
    private func sumOfRows(_ rows: Int, columns: Int, into rowSums: UnsafeMutableBufferPointer<Double>?, _ rowSum: (Int) -> Double)
        -> Double
    {
        withSums { sums in
            var total = 0.0
            for first in stride(from: 0, to: rows, by: Sums.count) {
                let count = min(Sums.count, rows - first)
                pool.forRanges(of: count, grain: rowsPerTask(columns)) { range in
                    for row in range { sums[row] = rowSum(first + row) }
                }
                for row in 0..<count {
                    total += sums[row]
                    rowSums?[first + row] = sums[row]
                }
            }
            return total
        }
    }

    // MARK: Elementary functions

    public func exponential(_ input: Matrix, into output: Matrix) { map(input, output, kernels.pointee.exponential) }
    public func logarithm(_ input: Matrix, into output: Matrix) { map(input, output, kernels.pointee.logarithm) }
    public func logarithmOnePlus(_ input: Matrix, into output: Matrix) { map(input, output, kernels.pointee.logarithm_one_plus) }
    public func sigmoid(_ input: Matrix, into output: Matrix) { map(input, output, kernels.pointee.sigmoid) }

    private typealias Map = @convention(c) (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void

    private func map(_ input: Matrix, _ output: Matrix, _ kernel: Map?) {
        precondition(input.count == output.count, "input and output differ in size")
        pool.forRanges(of: input.count, grain: Elementwise.grain) { range in
            kernel?(input.pointer + range.lowerBound, output.pointer + range.lowerBound, range.count)
        }
    }

    // MARK: Dense layers, for the arithmetics

    /// In place, for one block of a layer's sums: activation(sum + bias), where a bias covers `span` columns.
    func biasActivation(
        _ block: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, bias: Matrix, firstColumn: Int, span: Int,
        activation: Activation
    ) {
        kernels.pointee.bias_activation(block, rows, columns, stride, bias.pointer, firstColumn, span, activation.kernel)
    }

    /// In place, for one block: 0 where the rectifier's output was 0.
    func rectifierMask(
        _ gradient: UnsafeMutablePointer<Float>, gradientStride: Int, output: UnsafePointer<Float>, outputStride: Int, rows: Int,
        columns: Int
    ) {
        kernels.pointee.rectifier_mask(gradient, gradientStride, output, outputStride, rows, columns)
    }

    /// The bias gradient: column sums over rows, first to last in `Double`; where a bias covers several columns, those columns' sums
    /// are added first to last; rounded once.
    public func columnSums(_ input: Matrix, into sums: Matrix) { columnSums(input, columns: input.columns, into: sums) }

    /// Likewise of `input` read as rows of `columns` numbers: with pixels of so many channels, the sums over all pixels of all rows.
    public func columnSums(_ input: Matrix, columns: Int, into sums: Matrix) {
        precondition(
            columns > 0 && input.count % columns == 0 && sums.count > 0 && columns % sums.count == 0,
            "\(sums.count) sums of \(input.count) numbers in \(columns) columns")
        let span = columns / sums.count
        let rows = input.count / columns
        // Many rows share out even a few columns.
        let grain = rows > 2048 ? 16 : 256
        withSums { places in
            var total = 0.0
            for first in stride(from: 0, to: columns, by: Sums.count) {
                let count = min(Sums.count, columns - first)
                pool.forRanges(of: count, grain: grain) { range in
                    kernels.pointee.column_sums(
                        input.pointer + first + range.lowerBound, rows, range.count, columns, places + range.lowerBound)
                }
                for column in 0..<count {
                    total += places[column]
                    guard (first + column + 1) % span == 0 else { continue }
                    sums.pointer[(first + column) / span] = Float(total)
                    total = 0
                }
            }
        }
    }

    // MARK: Gaussian latents

    /// Checks that `head` holds means and log-variances side by side for matrices of `size` columns.
    private func check(head: Matrix, _ other: Matrix) {
        precondition(
            other.rows == head.rows && 2 * other.columns == head.columns,
            "a Gaussian head of \(head.rows) by \(head.columns) with a matrix of \(other.rows) by \(other.columns)")
    }

    /// deviation = exp(logVariance / 2), sample = mean + deviation · noise. `head` is [rows, 2s]: means, then log-variances.
    public func gaussianSample(head: Matrix, noise: Matrix, deviation: Matrix, sample: Matrix) {
        check(head: head, noise)
        check(head: head, deviation)
        check(head: head, sample)
        let size = sample.columns
        pool.forRanges(of: head.rows, grain: rowsPerTask(size)) { range in
            for row in range {
                let mean = head.pointer + row * head.columns
                let place = row * size
                kernels.pointee.gaussian_sample(
                    mean, mean + size, noise.pointer + place, deviation.pointer + place, sample.pointer + place, size)
            }
        }
    }

    /// Σ over rows of KL(N(mean, deviation²) ‖ N(0, 1)), nats.
    public func gaussianDivergence(
        head: Matrix, deviation: Matrix, rowSums: UnsafeMutableBufferPointer<Double>? = nil
    ) -> Double {
        check(head: head, deviation)
        let size = deviation.columns
        return sumOfRows(head.rows, columns: size, into: rowSums) { row in
            let mean = head.pointer + row * head.columns
            return kernels.pointee.gaussian_divergence(mean, mean + size, deviation.pointer + row * size, size)
        }
    }

    /// Per row log N(sample; 0, 1) − log N(sample; mean, deviation²), nats, written to `rowSums`.
    public func gaussianLogRatio(head: Matrix, noise: Matrix, sample: Matrix, rowSums: UnsafeMutableBufferPointer<Double>) {
        check(head: head, noise)
        check(head: head, sample)
        let size = sample.columns
        _ = sumOfRows(head.rows, columns: size, into: rowSums) { row in
            kernels.pointee.gaussian_log_ratio(
                sample.pointer + row * size, noise.pointer + row * size, head.pointer + row * head.columns + size, size)
        }
    }

    /// The gradient by `head` of (a loss through the sample) + scale · KL.
    public func gaussianGradient(
        sampleGradient: Matrix, head: Matrix, deviation: Matrix, noise: Matrix, scale: Float, headGradient: Matrix
    ) {
        gaussianGradient(sampleGradient, head, deviation, noise, headGradient) { _ in scale }
    }

    /// The same with a scale for each row.
    public func gaussianGradient(
        sampleGradient: Matrix, head: Matrix, deviation: Matrix, noise: Matrix, scales: [Float], headGradient: Matrix
    ) {
        precondition(scales.count == head.rows, "\(scales.count) scales for \(head.rows) rows")
        gaussianGradient(sampleGradient, head, deviation, noise, headGradient) { scales[$0] }
    }

    private func gaussianGradient(
        _ sampleGradient: Matrix, _ head: Matrix, _ deviation: Matrix, _ noise: Matrix, _ headGradient: Matrix, scale: (Int) -> Float
    ) {
        check(head: head, sampleGradient)
        check(head: head, deviation)
        check(head: head, noise)
        precondition(headGradient.rows == head.rows && headGradient.columns == head.columns, "a head and its gradient differ in shape")
        let size = noise.columns
        pool.forRanges(of: head.rows, grain: rowsPerTask(size)) { range in
            for row in range {
                let place = row * size
                let gradient = headGradient.pointer + row * head.columns
                kernels.pointee.gaussian_gradient(
                    sampleGradient.pointer + place, head.pointer + row * head.columns, deviation.pointer + place, noise.pointer + place,
                    scale(row), gradient, gradient + size, size)
            }
        }
    }

    // MARK: Bernoulli likelihood

    /// Σ over rows of −x log p − (1 − x) log(1 − p), nats, p clamped as torch's Bernoulli clamps (ε = 2⁻²³).
    ///
    /// - Parameters:
    ///   - probability: sigmoid outputs p, [rows, D].
    ///   - target: x in [0, 1], [rows, D].
    ///   - gradient: where given, receives scale · derivative by the sigmoid's ARGUMENT: scale · (p − x), 0 where the clamp is active.
    ///   - rowSums: where given, receives each row's sum.
    public func bernoulli(
        probability: Matrix, target: Matrix, scale: Float = 1, gradient: Matrix? = nil, rowSums: UnsafeMutableBufferPointer<Double>? = nil
    ) -> Double {
        precondition(
            probability.rows == target.rows && probability.columns == target.columns && (gradient.map { $0.count == target.count } ?? true),
            "probabilities, targets and gradient differ in shape")
        let size = target.columns
        return sumOfRows(target.rows, columns: size, into: rowSums) { row in
            kernels.pointee.bernoulli(
                probability.pointer + row * size, target.pointer + row * size, scale, gradient.map { $0.pointer + row * size }, size)
        }
    }

    /// As above, where each row has its own target and its own scale.
    ///
    /// - Parameters:
    ///   - targetRows: which row of `target` row i is compared with.
    ///   - scales: of each row; where absent all are 1.
    public func bernoulli(
        probability: Matrix, target: Matrix, targetRows: [Int], scales: [Float]?, gradient: Matrix?,
        rowSums: UnsafeMutableBufferPointer<Double>
    ) {
        let size = target.columns
        precondition(
            probability.columns == size && targetRows.count == probability.rows && (scales?.count ?? probability.rows) == probability.rows
                && rowSums.count == probability.rows && targetRows.allSatisfy { (0..<target.rows).contains($0) }
                && (gradient.map { $0.count == probability.count } ?? true), "probabilities, targets and gradient differ in shape")
        _ = sumOfRows(probability.rows, columns: size, into: rowSums) { row in
            kernels.pointee.bernoulli(
                probability.pointer + row * size, target.pointer + targetRows[row] * size, scales?[row] ?? 1,
                gradient.map { $0.pointer + row * size }, size)
        }
    }

    /// −log p of one target frame under one frame of probabilities, nats.
    public func bernoulli(probability: UnsafeBufferPointer<Float>, target: UnsafeBufferPointer<Float>) -> Double {
        precondition(probability.count == target.count, "probabilities and targets differ in size")
        return kernels.pointee.bernoulli(probability.baseAddress, target.baseAddress, 1, nil, target.count)
    }

    // MARK: Topographic layer

    /// t = (z + mu) / sqrt(v + 1e-6).
    public func topographicQuotient(z: Matrix, v: Matrix, mu: Float, into t: Matrix) {
        precondition(z.count == v.count && z.count == t.count, "z, v and t differ in size")
        pool.forRanges(of: z.count, grain: Elementwise.grain) { range in
            let first = range.lowerBound
            kernels.pointee.topographic_quotient(z.pointer + first, v.pointer + first, mu, t.pointer + first, range.count)
        }
    }

    /// From g = ∂L/∂t: writes ∂L/∂z and ∂L/∂v and returns ∂L/∂mu.
    public func topographicQuotientGradient(tGradient g: Matrix, t: Matrix, v: Matrix, zGradient: Matrix, vGradient: Matrix) -> Double {
        precondition(
            t.count == g.count && v.count == g.count && zGradient.count == g.count && vGradient.count == g.count,
            "gradients and values differ in size")
        let size = g.columns
        return sumOfRows(g.rows, columns: size, into: nil) { row in
            let place = row * size
            return kernels.pointee.topographic_quotient_gradient(
                g.pointer + place, t.pointer + place, v.pointer + place, zGradient.pointer + place, vGradient.pointer + place, size)
        }
    }

    /// Circular sums over a topographic neighbourhood, for each group of a field [groups, rows, lanes, columns] apart.
    ///
    /// - Parameters:
    ///   - squared: whether the input's squares are summed.
    ///   - factor: where given, the result is multiplied by 2 · factor.
    ///   - scratch: one row per group of at least (rows + 1) · lanes · columns numbers.
    public func topographicSum(
        _ input: Matrix, squared: Bool, factor: Matrix? = nil, into output: Matrix, groups: Int, lanes: Int,
        neighbourhood: TopographicNeighbourhood, scratch: Matrix
    ) {
        let (rows, columns) = (neighbourhood.rows, neighbourhood.columns)
        let size = rows * lanes * columns
        precondition(input.count == groups * size && output.count == input.count, "the field's shape does not fit its matrices")
        precondition(scratch.rows >= groups && scratch.columns >= size + lanes * columns, "scratch is too small")
        pool.run(tasks: groups) { group in
            let place = group * size
            kernels.pointee.topographic_sum(
                input.pointer + place, squared ? 1 : 0, factor.map { $0.pointer + place }, output.pointer + place, rows, lanes, columns,
                neighbourhood.taps, neighbourhood.taps.count, scratch.pointer + group * scratch.columns)
        }
    }

    // MARK: Optimisers

    /// torch.optim.SGD's update: m ← momentum · m + g, w ← w − rate · m.
    public func momentumSGD(value: Matrix, momentum: Matrix, gradient: Matrix, rate: Float, factor: Float) {
        precondition(value.count == momentum.count && value.count == gradient.count, "a parameter and its gradient differ in size")
        pool.forRanges(of: value.count, grain: Elementwise.grain) { range in
            let first = range.lowerBound
            kernels.pointee.momentum_sgd(
                value.pointer + first, momentum.pointer + first, gradient.pointer + first, rate, factor, range.count)
        }
    }

    /// torch.optim.Adam's update; `rate` and `correction` carry the bias corrections of the step.
    public func adam(
        value: Matrix, first: Matrix, second: Matrix, gradient: Matrix, rate: Float, beta1: Double, beta2: Double, correction: Float,
        epsilon: Float
    ) {
        precondition(
            value.count == first.count && value.count == second.count && value.count == gradient.count,
            "a parameter and its gradient differ in size")
        pool.forRanges(of: value.count, grain: Elementwise.grain) { range in
            let start = range.lowerBound
            kernels.pointee.adam(
                value.pointer + start, first.pointer + start, second.pointer + start, gradient.pointer + start, rate,
                Float(beta1), Float(1 - beta1), Float(beta2), Float(1 - beta2), correction, epsilon, range.count)
        }
    }

    // MARK: Random draws

    /// Standard normal draws at positions 0 ..< count of the stream (seed, purpose, step): Philox words through Box and Muller.
    /// A draw depends on these and its position alone.
    public func fillNormal(_ output: Matrix, _ philox: Philox, _ purpose: RandomPurpose, step: UInt32, firstPosition: UInt64 = 0) {
        pool.forRanges(of: output.count, grain: Elementwise.grain) { range in
            kernels.pointee.normals(
                philox.seed, purpose.rawValue, step, firstPosition + UInt64(range.lowerBound), output.pointer + range.lowerBound,
                range.count)
        }
    }

    /// Draws uniform on [−bound, bound) with 24 random bits, likewise.
    public func fillUniform(_ output: Matrix, bound: Float, _ philox: Philox, _ purpose: RandomPurpose, step: UInt32) {
        pool.forRanges(of: output.count, grain: Elementwise.grain) { range in
            kernels.pointee.uniforms(
                philox.seed, purpose.rawValue, step, UInt64(range.lowerBound), bound, output.pointer + range.lowerBound, range.count)
        }
    }
}
