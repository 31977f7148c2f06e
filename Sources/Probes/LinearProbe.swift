import Numerics

/// How well a class can be read off features by a linear classifier: multinomial logistic regression, fitted to the one optimum there is.
///
/// The features are standardised (mean 0, standard deviation 1 over the examples it is fitted to; one that never varies is left out), the weights W, not the biases
/// b, are penalised:
///
///     J(W, b) = mean of −log softmax(W x + b)_y + ½ · penalty · ‖W‖²
///
/// J is convex, so Newton's method with halved steps finds its minimum from zero: each step solves Hessian · step = gradient in double precision with LAPACK's
/// dposv (Nocedal, Wright: Numerical Optimization, chapter 3). The number of threads changes no bit. Another OpenBLAS or processor may change the last digits
/// of the weights, not the minimum that they approximate to about ten digits: an accuracy, which is a count, stays what it is unless an example lies as close as
/// that to a boundary.
public struct LinearProbe: Hashable, Sendable {
    /// [classes, features]: of the features as they come, not standardised.
    public let weights: [Double]
    /// [classes].
    public let biases: [Double]
    public let classCount: Int
    public let featureCount: Int
    /// How many Newton steps were taken.
    public let steps: Int
    /// The norm of J's gradient where the steps ended.
    public let gradientNorm: Double
    /// J there.
    public let objective: Double

    /// The penalty of scikit-learn's default, C = 1, at 10,000 examples.
    public static let defaultPenalty = 1e-4
    /// The gradient's norm that counts as zero.
    public static let tolerance = 1e-11
    /// The most parameters, classes · (features + 1), whose Hessian is kept.
    public static let maximumOrder = 2048

    /// Fits a probe.
    ///
    /// - Parameters:
    ///   - features: [N, D], finite.
    ///   - labels: [N], each from 0 to `classCount` − 1.
    ///   - classCount: the number of classes; classes · (D + 1) is at most ``maximumOrder``.
    ///   - penalty: of the squared weights, above 0.
    ///   - maximumSteps: after which it gives up; ten are usual.
    ///   - pool: the threads that share the work.
    /// - Throws: ``ProbeError`` where the examples are not as described or the optimum is not reached.
    public init(
        features: Matrix, labels: [Int], classCount: Int, penalty: Double = LinearProbe.defaultPenalty, maximumSteps: Int = 100,
        pool: ThreadPool
    ) throws(ProbeError) {
        try ProbeExamples.check(features: features, labels: labels, classCount: classCount)
        guard penalty > 0, penalty.isFinite else { throw .invalid(parameter: "penalty", reason: "\(penalty) is not above 0") }
        let (order, overflow) = classCount.multipliedReportingOverflow(by: features.columns + 1)
        guard !overflow, order <= LinearProbe.maximumOrder else {
            throw .invalid(
                parameter: "features",
                reason: "\(features.columns) of them for \(classCount) classes have more than \(LinearProbe.maximumOrder) weights")
        }

        let standardised = StandardisedFeatures(features)
        let objective = ProbeObjective(standardised, labels: labels, classCount: classCount, penalty: penalty, pool: pool)
        var place = [Double](repeating: 0, count: order)
        var value = objective.valueWithDerivatives(at: place)
        var norm = LinearProbe.norm(objective.gradient)
        var taken = 0
        while norm > LinearProbe.tolerance {
            guard taken < maximumSteps else { throw .notConverged(steps: taken, gradientNorm: norm) }
            guard let step = objective.newtonStep() else { throw .singular(step: taken + 1) }
            guard let next = LinearProbe.descend(objective, from: place, value: value, along: step) else {
                throw .notConverged(steps: taken, gradientNorm: norm)
            }
            place = next
            value = objective.valueWithDerivatives(at: place)
            norm = LinearProbe.norm(objective.gradient)
            taken += 1
        }

        // Back from the standardised features: w · (x − mean) · scale + b.
        let columns = features.columns
        var weights: [Double] = []
        var biases: [Double] = []
        for label in 0..<classCount {
            let row = place[(label * (columns + 1))..<((label + 1) * (columns + 1))]
            let own = zip(row, standardised.scales).map { $0 * $1 }
            weights += own
            biases.append(zip(own, standardised.means).reduce(row[row.endIndex - 1]) { $0 - $1.0 * $1.1 })
        }
        self.weights = weights
        self.biases = biases
        self.classCount = classCount
        featureCount = columns
        steps = taken
        gradientNorm = norm
        self.objective = value
    }

    /// The most probable class of each example, the lowest among equals.
    ///
    /// - Parameter features: [N, D], finite.
    public func predictions(for features: Matrix) throws(ProbeError) -> [Int] {
        try ProbeExamples.check(features: features, columns: featureCount)
        return (0..<features.rows).map { example in
            let row = features.row(example)
            var best = (label: 0, score: -Double.infinity)
            for label in 0..<classCount {
                var score = biases[label]
                for column in 0..<featureCount { score += weights[label * featureCount + column] * Double(row[column]) }
                if score > best.score { best = (label, score) }
            }
            return best.label
        }
    }

    /// The fraction of examples whose class is predicted, from 0 to 1.
    ///
    /// - Parameters:
    ///   - features: [N, D], finite, N at least 1.
    ///   - labels: [N], each from 0 to ``classCount`` − 1.
    public func accuracy(on features: Matrix, labels: [Int]) throws(ProbeError) -> Double {
        try ProbeExamples.check(features: features, labels: labels, classCount: classCount)
        return ProbeExamples.accuracy(try predictions(for: features), labels: labels)
    }

    private static func norm(_ gradient: [Double]) -> Double { gradient.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    /// The first of the whole step, its half, its quarter … that lowers the objective enough (Armijo's condition); nil where none does.
    private static func descend(_ objective: ProbeObjective, from place: [Double], value: Double, along step: [Double]) -> [Double]? {
        let slope = zip(objective.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
        // Beside the optimum the objective's last digits decide nothing.
        let rounding = 1e-13 * max(1, abs(value))
        var length = 1.0
        for _ in 0..<40 {
            let next = zip(place, step).map { $0 - length * $1 }
            if objective.value(at: next) <= value - 1e-4 * length * slope + rounding { return next }
            length /= 2
        }
        return nil
    }
}
