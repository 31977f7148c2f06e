import NeuralNetworks
import Numerics

/// One step of training: K · (m + 1) labelled images, class by class, and U unlabelled ones; their objective, its gradient by every
/// parameter, and the optimiser's update. Every network runs once forward and once backward.
public final class EquiVAEStep {
    public let model: EquiVAE
    public let objective: TrainingObjective
    public let optimizer: any Optimizer
    /// The labelled images, class by class, then the unlabelled ones, [K · (m + 1) + U, H·W·C]: to be filled by the caller.
    public let input: Matrix
    public let labelledCount: Int
    public let unlabelledCount: Int

    /// The share of the training's images that has labels: their weight in the bound.
    private let labelledShare: Double
    /// The labelled rows that enter the bound.
    private let boundRows: [Int]
    private let expectation: ClassExpectation
    private let firstUpdate: OptimizerStep
    private let classRepresentations: ClassRepresentations
    /// Of f, for all images: the labelled ones' make r, all give q(y | x).
    private let invariant: ConvolutionalFeatures.Activations
    /// Of f's dense layer, [images, hidden], and the gradient by its sums.
    private let hidden: Matrix
    private let hiddenGradient: Matrix
    private let terms: Matrix
    private let representations: Matrix
    /// The images that enter the bound: some of the labelled, all unlabelled.
    private let encoderInput: Matrix
    private let encoder: ConvolutionalFeatures.Activations
    private let logits: Matrix
    private let bound: BoundPass
    private let termsGradient: Matrix
    private let representationsGradient: Matrix
    private let logitsGradient: Matrix
    /// What q(y | x) sees of f's dense layer, and by what the labelled images' were multiplied.
    private let classifierInput: Matrix
    private let dropoutFactors: Matrix
    /// The classifier's part of the gradient by f's dense layer.
    private let classifierGradient: Matrix
    private var distribution: Categorical

    /// - Parameter labelledShare: labelled images / all images of the training; 1 where all have labels.
    public init(model: EquiVAE, objective: TrainingObjective, labelledShare: Double, optimizer: any Optimizer) {
        self.model = model
        self.objective = objective
        self.labelledShare = labelledShare
        self.optimizer = optimizer
        firstUpdate = OptimizerStep(optimizer)
        let configuration = model.configuration
        let classes = configuration.classes
        classRepresentations = ClassRepresentations(classes: classes, count: configuration.complementaryExamples)
        expectation = ClassExpectation(classes: classes, exact: objective.exactClasses)
        labelledCount = classRepresentations.labelledRows
        unlabelledCount = objective.unlabelledBatch
        let images = labelledCount + unlabelledCount
        input = Matrix(rows: images, columns: configuration.image.count)
        invariant = ConvolutionalFeatures.Activations(model.invariantFeatures, images: images, training: true)
        hidden = Matrix(rows: images, columns: configuration.hidden)
        hiddenGradient = Matrix(rows: images, columns: configuration.hidden)
        terms = Matrix(rows: images, columns: configuration.invariantSize)
        termsGradient = Matrix(rows: images, columns: configuration.invariantSize)
        representations = Matrix(rows: classRepresentations.rows, columns: configuration.invariantSize)
        representationsGradient = Matrix(rows: classRepresentations.rows, columns: configuration.invariantSize)
        logits = Matrix(rows: images, columns: classes)
        logitsGradient = Matrix(rows: images, columns: classes)
        classifierInput = Matrix(rows: images, columns: configuration.hidden)
        dropoutFactors = Matrix(rows: objective.dropout > 0 ? labelledCount : 0, columns: configuration.hidden)
        classifierGradient = Matrix(rows: images, columns: configuration.hidden)
        boundRows = (0..<labelledCount).filter { $0 % (configuration.complementaryExamples + 1) < objective.boundExamples }
        encoderInput = Matrix(rows: boundRows.count + unlabelledCount, columns: configuration.image.count)
        encoder = ConvolutionalFeatures.Activations(model.encoderFeatures, images: encoderInput.rows, training: true)
        bound = BoundPass(model: model, pairs: boundRows.count + unlabelledCount * expectation.classesPerImage, training: true)
        distribution = Categorical(rows: images, classes: classes)
    }

    /// Computes the loss of ``input`` and sets every parameter's gradient.
    ///
    /// - Parameter number: of the update that it would be, counted from 1.
    public func computeGradients(_ noise: some EquiVAENoise, number: Int) -> EquiVAEStatistics {
        compute(noise, number: number, updating: nil)
    }

    /// Computes the loss and changes the parameters by their gradients as these arise.
    ///
    /// - Parameter number: the update's number, counted from 1.
    public func run(_ noise: some EquiVAENoise, number: Int) -> EquiVAEStatistics {
        compute(noise, number: number, updating: firstUpdate.numbered(number))
    }

    /// r that the last step gave a labelled image, [R].
    package func representation(ofLabelledRow row: Int) -> [Float] { Array(representations.row(row)) }

    /// The class of a labelled row.
    private func label(ofRow row: Int) -> Int { row / (model.configuration.complementaryExamples + 1) }

    private func compute(_ noise: some EquiVAENoise, number: Int, updating: OptimizerStep?) -> EquiVAEStatistics {
        forward(noise)
        let choice = choosePairs(noise)
        bound.infer(choice.pairs, features: encoder.features, representations: representations)
        noise.fillEquivariant(bound.v.noise, elementwise: model.arithmetic.elementwise)
        bound.sample()
        bound.decode()
        bound.compareWith(encoderInput, weights: choice.weights)
        let statistics = differentiateClassifier(choice, warmth: warmth(ofStep: number))
        backward(weights: choice.weights, updating)
        return statistics
    }

    private func forward(_ noise: some EquiVAENoise) {
        let arithmetic = model.arithmetic
        model.invariantFeatures.forward(input, invariant, arithmetic: arithmetic)
        model.invariantDense.forward(invariant.features, into: hidden, arithmetic: arithmetic)
        model.invariantHead.forward(hidden, into: terms, arithmetic: arithmetic)
        classRepresentations.forward(terms, into: representations)
        classifierInput.copy(from: hidden)
        if objective.dropout > 0 {
            noise.fillDropout(dropoutFactors, elementwise: arithmetic.elementwise)
            let threshold = Float(2 * objective.dropout - 1)
            let scale = Float(1 / (1 - objective.dropout))
            for index in 0..<dropoutFactors.count {
                dropoutFactors.pointer[index] = dropoutFactors.pointer[index] < threshold ? 0 : scale
            }
            applyDropout(classifierInput)
        }
        model.classifierHead.forward(classifierInput, into: logits, arithmetic: arithmetic)
        distribution.set(logits: logits)
        for (row, image) in (boundRows + (labelledCount..<input.rows)).enumerated() {
            (encoderInput.pointer + row * input.columns).update(from: input.pointer + image * input.columns, count: input.columns)
        }
        model.encoderFeatures.forward(encoderInput, encoder, arithmetic: arithmetic)
    }

    /// Multiplies the labelled images' rows by their factors.
    private func applyDropout(_ matrix: Matrix) {
        guard objective.dropout > 0 else { return }
        for index in 0..<dropoutFactors.count { matrix.pointer[index] *= dropoutFactors.pointer[index] }
    }

    /// How much the unlabelled images count in the gradient by q at a step.
    private func warmth(ofStep number: Int) -> Double {
        objective.classifierWarmup == 0 ? 1 : min(1, Double(number) / Double(objective.classifierWarmup))
    }

    private struct Choice {
        /// The labelled images under their own r, then each unlabelled image's terms in turn.
        var pairs: [BoundPass.Pair]
        /// Of each pair's −L in the loss.
        var weights: [Float]
        var terms: [[ClassExpectation.Term]]
    }

    private var labelledWeight: Double { labelledShare / Double(boundRows.count) }
    private var unlabelledWeight: Double { unlabelledCount == 0 ? 0 : (1 - labelledShare) / Double(unlabelledCount) }

    private func choosePairs(_ noise: some EquiVAENoise) -> Choice {
        var choice = Choice(pairs: [], weights: [], terms: [])
        choice.pairs.reserveCapacity(bound.count)
        choice.weights.reserveCapacity(bound.count)
        for (image, row) in boundRows.enumerated() {
            choice.pairs.append(BoundPass.Pair(image: image, representation: row))
            choice.weights.append(Float(labelledWeight))
        }
        for image in 0..<unlabelledCount {
            let row = labelledCount + image
            let terms = expectation.terms(of: distribution, row: row, uniform: noise.uniform(row: image))
            choice.terms.append(terms)
            for term in terms {
                choice.pairs.append(BoundPass.Pair(image: boundRows.count + image, representation: labelledCount + term.label))
                choice.weights.append(Float(unlabelledWeight * term.weight))
            }
        }
        return choice
    }

    /// The losses, and their gradient by the logits of q(y | x).
    private func differentiateClassifier(_ choice: Choice, warmth: Double) -> EquiVAEStatistics {
        let classes = model.configuration.classes
        var labelledBound = 0.0
        var classification = 0.0
        var likelihood = 0.0
        var divergence = 0.0
        for pair in boundRows.indices {
            labelledBound += bound.bound(pair)
            likelihood += labelledWeight * bound.negativeLogLikelihoods[pair]
            divergence += labelledWeight * bound.divergences[pair]
        }
        labelledBound /= Double(boundRows.count)
        for row in 0..<labelledCount {
            let label = label(ofRow: row)
            classification -= distribution.logProbability(label, row: row)
            let scale = objective.classificationWeight / Double(labelledCount)
            for other in 0..<classes {
                let error = distribution.probability(other, row: row) - (other == label ? 1 : 0)
                logitsGradient.pointer[row * classes + other] = Float(scale * error)
            }
        }
        classification /= Double(labelledCount)

        var unlabelledBound = 0.0
        let uniformPrior = -PortableMath.logarithm(Double(classes))
        let balance = ClassBalance(distribution, rows: labelledCount..<input.rows)
        var pair = boundRows.count
        for (image, terms) in choice.terms.enumerated() {
            let row = labelledCount + image
            let bounds = terms.indices.map { bound.bound(pair + $0) }
            let entropy = distribution.entropy(row: row)
            for (term, bound) in zip(terms, bounds) { unlabelledBound += term.weight * bound }
            for (index, term) in terms.enumerated() {
                likelihood += unlabelledWeight * term.weight * bound.negativeLogLikelihoods[pair + index]
                divergence += unlabelledWeight * term.weight * bound.divergences[pair + index]
            }
            // −KL(q ‖ 1/K) = H(q) − log K
            unlabelledBound += entropy + uniformPrior
            let gradient = expectation.logitGradient(terms, bounds: bounds, distribution: distribution, row: row)
            for label in 0..<classes {
                let probability = distribution.probability(label, row: row)
                let entropyGradient = -probability * (distribution.logProbability(label, row: row) + entropy)
                let balanceGradient = objective.balanceWeight * balance.logitGradient(label, row: row)
                logitsGradient.pointer[row * classes + label] = Float(
                    -unlabelledWeight * (warmth * (gradient[label] + entropyGradient) + balanceGradient))
            }
            pair += terms.count
        }
        let total =
            labelledShare * labelledBound
            + unlabelledWeight * (unlabelledBound + Double(unlabelledCount) * objective.balanceWeight * balance.entropy)
        return EquiVAEStatistics(
            labelledBound: labelledBound, unlabelledBound: unlabelledCount == 0 ? nil : unlabelledBound / Double(unlabelledCount),
            negativeLogLikelihood: likelihood, divergence: divergence, classification: classification,
            loss: objective.classificationWeight * classification - total)
    }

    private func backward(weights: [Float], _ updating: OptimizerStep?) {
        let arithmetic = model.arithmetic
        encoder.featuresGradient.fill(0)
        representationsGradient.fill(0)
        bound.backward(
            weights: weights, featuresGradient: encoder.featuresGradient, representationsGradient: representationsGradient,
            updating: updating)
        maskRectifier(encoder)
        model.encoderFeatures.backward(encoderInput, encoder, updating: updating, arithmetic: arithmetic)

        termsGradient.fill(0)
        classRepresentations.backward(representationsGradient, into: termsGradient)
        model.invariantHead.backward(
            outputGradient: termsGradient, input: hidden, rectifierOutput: hidden, inputGradient: hiddenGradient, updating: updating,
            arithmetic: arithmetic)
        model.classifierHead.backward(
            outputGradient: logitsGradient, input: classifierInput, rectifierOutput: hidden, inputGradient: classifierGradient,
            updating: updating, arithmetic: arithmetic)
        applyDropout(classifierGradient)
        for index in 0..<classifierGradient.count { hiddenGradient.pointer[index] += classifierGradient.pointer[index] }
        model.invariantDense.backward(
            outputGradient: hiddenGradient, input: invariant.features, rectifierOutput: invariant.features,
            inputGradient: invariant.featuresGradient, updating: updating, arithmetic: arithmetic)
        model.invariantFeatures.backward(input, invariant, updating: updating, arithmetic: arithmetic)
    }

    /// The encoder's features reach the loss through several pairs: their gradients were added up and pass the rectifier here.
    private func maskRectifier(_ activations: ConvolutionalFeatures.Activations) {
        for index in 0..<activations.features.count where activations.features.pointer[index] <= 0 {
            activations.featuresGradient.pointer[index] = 0
        }
    }
}
