import NeuralNetworks
import Numerics

/// Which classes of an unlabelled image a step decodes, to estimate Σ_y q(y | x) L(x, y) without decoding all K.
///
/// The `exact` most probable classes enter with their probability; of the others ONE is drawn in proportion to its probability and stands for
/// all of them. The estimate of the sum and of its gradient is unbiased (Liu et al., "Rao-Blackwellized stochastic gradients for discrete
/// distributions", ICML 2019). With `exact` ≥ K − 1 it is the sum itself.
public struct ClassExpectation: Hashable, Sendable {
    public let classes: Int
    /// How many of the most probable classes are summed, 1 … K.
    public let exact: Int

    public init(classes: Int, exact: Int) {
        precondition((1...classes).contains(exact), "\(exact) of \(classes) classes")
        self.classes = classes
        self.exact = exact
    }

    /// Whether a class stands for the others.
    var samples: Bool { exact < classes - 1 }
    /// Classes decoded for each image.
    public var classesPerImage: Int { samples ? exact + 1 : classes }

    /// A class that is decoded and its share of the sum: its probability, or for the drawn class that of all whom it stands for.
    public struct Term: Hashable, Sendable {
        public var label: Int
        public var weight: Double
    }

    /// The terms of one row of q, summed classes first.
    ///
    /// - Parameter uniform: a draw from [0, 1).
    public func terms(of distribution: Categorical, row: Int, uniform: Double) -> [Term] {
        let probabilities = (0..<classes).map { distribution.probability($0, row: row) }
        guard samples else { return (0..<classes).map { Term(label: $0, weight: probabilities[$0]) } }
        // Stable: of equal probabilities the lower class comes first.
        let order = (0..<classes).sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        var terms = order[..<exact].map { Term(label: $0, weight: probabilities[$0]) }
        let rest = order[exact...]
        let total = rest.reduce(0) { $0 + probabilities[$1] }
        var threshold = uniform * total
        var drawn = rest[rest.startIndex]
        for label in rest {
            drawn = label
            threshold -= probabilities[label]
            if threshold < 0 { break }
        }
        terms.append(Term(label: drawn, weight: total))
        return terms
    }

    /// The estimate's gradient by the logits of q, as far as it goes through the weights: Σ_t w_t (L_t − L_0) (δ_{t j} − q_j), exact in
    /// expectation. Subtracting L_0, the bound of the most probable class, changes nothing in expectation, since Σ_j q_j is always 1,
    /// and makes the drawn term's noise small.
    public func logitGradient(_ terms: [Term], bounds: [Double], distribution: Categorical, row: Int) -> [Double] {
        let baseline = bounds[0]
        var gradient = [Double](repeating: 0, count: classes)
        var sum = 0.0
        for (term, bound) in zip(terms, bounds) {
            let share = term.weight * (bound - baseline)
            gradient[term.label] += share
            sum += share
        }
        for label in 0..<classes { gradient[label] -= sum * distribution.probability(label, row: row) }
        return gradient
    }
}
