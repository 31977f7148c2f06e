import COpenBLAS
import Numerics

/// What a linear probe minimises, with its first and second derivatives:
///
///     J(W, b) = mean of −log softmax(W x + b)_y + ½ · penalty · ‖W‖²
///
/// Examples are divided into parts by their number alone and the parts' sums are added in order, so that threads change no bit.
final class ProbeObjective {
    let classCount: Int
    let width: Int
    /// The number of parameters.
    let order: Int
    /// The gradient at the last weights that derivatives were asked for: [classes, features + 1].
    private(set) var gradient: [Double]
    /// The Hessian there, [order, order], the lower triangle.
    private var hessian: [Double]

    private let parts: [ProbeSums]
    private let penalty: Double
    private let exampleCount: Double
    private let pool: ThreadPool
    private static let partCount = 8

    init(_ features: StandardisedFeatures, labels: [Int], classCount: Int, penalty: Double, pool: ThreadPool) {
        // As OpenBLASArithmetic has it: each task on one thread, the tasks on our pool.
        openblas_set_num_threads(1)
        self.classCount = classCount
        self.penalty = penalty
        self.pool = pool
        width = features.width
        order = classCount * width
        exampleCount = Double(labels.count)
        gradient = [Double](repeating: 0, count: order)
        hessian = [Double](repeating: 0, count: order * order)
        let count = labels.count
        parts = (0..<ProbeObjective.partCount).map { part in
            let rows = (count * part / ProbeObjective.partCount)..<(count * (part + 1) / ProbeObjective.partCount)
            return ProbeSums(features, labels: labels, classCount: classCount, rows: rows)
        }
    }

    /// The objective at the weights: [classes, features + 1], of the standardised features, the bias last.
    func value(at weights: [Double]) -> Double {
        evaluate(weights, withDerivatives: false)
        return loss(weights)
    }

    /// The objective at the weights; leaves its derivatives in ``gradient`` and for ``newtonStep()``.
    func valueWithDerivatives(at weights: [Double]) -> Double {
        evaluate(weights, withDerivatives: true)
        for index in 0..<order {
            let isBias = index % width == width - 1
            gradient[index] = parts.reduce(0) { $0 + $1.gradient[index] } / exampleCount + (isBias ? 0 : penalty * weights[index])
        }
        for row in 0..<order {
            for column in 0...row {
                let place = row * order + column
                var entry = parts.reduce(0) { $0 + $1.hessian[place] } / exampleCount
                let isBias = row % width == width - 1
                if row == column, !isBias { entry += penalty }
                // One number added to all biases changes no probability. The term makes that direction, along which the gradient is zero, definite; the step does
                // not move along it.
                if isBias, column % width == width - 1 { entry += 1 / Double(classCount) }
                hessian[place] = entry
            }
        }
        return loss(weights)
    }

    /// Hessian⁻¹ · gradient; nil where the Hessian is not positive definite. The Hessian is used up.
    func newtonStep() -> [Double]? {
        var step = gradient
        let order = [blasint(self.order)]
        var info: blasint = 0
        // Lower by rows is upper by columns, which is how LAPACK counts.
        dposv_("U", order, [1], &hessian, order, &step, order, &info, 1)
        return info == 0 ? step : nil
    }

    private func evaluate(_ weights: [Double], withDerivatives: Bool) {
        weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress else { return }
            pool.run(tasks: parts.count) { parts[$0].evaluate(weights, withDerivatives: withDerivatives) }
        }
    }

    private func loss(_ weights: [Double]) -> Double {
        var squares = 0.0
        for index in 0..<order where index % width != width - 1 { squares += weights[index] * weights[index] }
        return parts.reduce(0) { $0 + $1.loss } / exampleCount + penalty / 2 * squares
    }
}
