import COpenBLAS
import Numerics

/// A part of the examples, and what they contribute to the loss, its gradient and its Hessian: sums, not means.
///
/// With x the features and 1, p = softmax(W x), and y the class as a unit vector, an example adds
///
///     loss      −log p_y
///     gradient  (p − y) xᵀ
///     Hessian   (diag(p) − p pᵀ) ⊗ x xᵀ
///
/// The Hessian's second term is, over all examples, one product UᵀU of the rows u = p ⊗ x.
final class ProbeSums {
    private let features: StandardisedFeatures
    private let labels: [Int]
    private let classCount: Int
    private let rows: Range<Int>
    private let width: Int
    /// The number of parameters: classes · (features + 1).
    private let order: Int

    private(set) var loss = 0.0
    /// [classes, features + 1].
    let gradient: UnsafeMutablePointer<Double>
    /// [order, order], the lower triangle.
    let hessian: UnsafeMutablePointer<Double>

    /// So many examples at a time, that what they need stays in the processor's cache.
    private static let blockSize = 256
    private let inputs: UnsafeMutablePointer<Double>
    private let scaledInputs: UnsafeMutablePointer<Double>
    private let probabilities: UnsafeMutablePointer<Double>
    private let products: UnsafeMutablePointer<Double>

    init(_ features: StandardisedFeatures, labels: [Int], classCount: Int, rows: Range<Int>) {
        self.features = features
        self.labels = labels
        self.classCount = classCount
        self.rows = rows
        width = features.width
        order = classCount * width
        gradient = .allocate(capacity: order)
        hessian = .allocate(capacity: order * order)
        inputs = .allocate(capacity: ProbeSums.blockSize * width)
        scaledInputs = .allocate(capacity: ProbeSums.blockSize * width)
        probabilities = .allocate(capacity: ProbeSums.blockSize * classCount)
        products = .allocate(capacity: ProbeSums.blockSize * order)
    }

    deinit {
        for pointer in [gradient, hessian, inputs, scaledInputs, probabilities, products] { pointer.deallocate() }
    }

    /// Computes the loss at the weights, and where asked the gradient and the Hessian.
    ///
    /// - Parameter weights: [classes, features + 1], of the standardised features, the bias last.
    func evaluate(_ weights: UnsafePointer<Double>, withDerivatives: Bool) {
        loss = 0
        if withDerivatives {
            gradient.update(repeating: 0, count: order)
            hessian.update(repeating: 0, count: order * order)
        }
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: ProbeSums.blockSize) {
            let block = start..<min(start + ProbeSums.blockSize, rows.upperBound)
            features.fill(inputs, rows: block)
            cblas_dgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, blasint(block.count), blasint(classCount), blasint(width), 1, inputs,
                blasint(width), weights, blasint(width), 0, probabilities, blasint(classCount))
            for (offset, example) in block.enumerated() {
                loss += softmax(probabilities + offset * classCount, label: labels[example])
            }
            if withDerivatives {
                addHessian(block.count)
                addGradient(block)
            }
        }
    }

    /// Turns an example's scores into probabilities.
    ///
    /// - Returns: −log of the label's probability.
    private func softmax(_ scores: UnsafeMutablePointer<Double>, label: Int) -> Double {
        var largest = scores[0]
        for index in 1..<max(1, classCount) { largest = max(largest, scores[index]) }
        let own = scores[label]
        var sum = 0.0
        for index in 0..<classCount {
            scores[index] = PortableMath.exponential(scores[index] - largest)
            sum += scores[index]
        }
        for index in 0..<classCount { scores[index] /= sum }
        return PortableMath.logarithm(sum) + largest - own
    }

    private func addHessian(_ count: Int) {
        for label in 0..<classCount {
            for example in 0..<count {
                let probability = probabilities[example * classCount + label]
                let root = probability.squareRoot()
                let input = inputs + example * width
                let scaled = scaledInputs + example * width
                let product = products + example * order + label * width
                for column in 0..<width {
                    scaled[column] = root * input[column]
                    product[column] = probability * input[column]
                }
            }
            cblas_dsyrk(
                CblasRowMajor, CblasLower, CblasTrans, blasint(width), blasint(count), 1, scaledInputs, blasint(width), 1,
                hessian + label * width * (order + 1), blasint(order))
        }
        cblas_dsyrk(
            CblasRowMajor, CblasLower, CblasTrans, blasint(order), blasint(count), -1, products, blasint(order), 1, hessian, blasint(order))
    }

    /// The last to be added: it takes the labels off the probabilities.
    private func addGradient(_ block: Range<Int>) {
        for (offset, example) in block.enumerated() { probabilities[offset * classCount + labels[example]] -= 1 }
        cblas_dgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, blasint(classCount), blasint(width), blasint(block.count), 1, probabilities,
            blasint(classCount), inputs, blasint(width), 1, gradient, blasint(width))
    }
}
