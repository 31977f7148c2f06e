import NeuralNetworks
import Numerics

/// The evidence lower bound of images, each under a class's representation r (Feige 2019):
///
///     L(x, y) = E_q(v | r_y, x) [log p(x | r_y, v)] − KL(q(v | r_y, x) ‖ N(0, I))
///
/// for M pairs (image, representation), with its gradient. Made once for M pairs and filled again and again.
final class BoundPass {
    /// Which image is looked at under which representation, by row numbers.
    struct Pair: Hashable {
        var image: Int
        var representation: Int
    }

    let model: EquiVAE
    private(set) var pairs: [Pair]
    /// Features of the image beside r, [M, F + R].
    private let encoderInput: Matrix
    private let encoded: MultilayerPerceptron.Activations
    /// v, [M, V], with its noise.
    let v: GaussianHead
    /// r beside v, [M, R + V].
    private let decoderInput: Matrix
    private let decoded: ConvolutionalDecoder.Activations
    private let encoderInputGradient: Matrix
    private let decoderInputGradient: Matrix
    private let sampleGradient: Matrix
    /// −log p(x | r, v) of each pair, nats.
    private(set) var negativeLogLikelihoods: [Double]
    /// KL(q(v | r, x) ‖ N(0, I)) of each pair, nats.
    private(set) var divergences: [Double]

    init(model: EquiVAE, pairs count: Int, training: Bool = false) {
        self.model = model
        let configuration = model.configuration
        let (invariant, equivariant) = (configuration.invariantSize, configuration.equivariantSize)
        func gradient(_ columns: Int) -> Matrix { Matrix(rows: training ? count : 0, columns: columns) }
        pairs = [Pair](repeating: Pair(image: 0, representation: 0), count: count)
        encoderInput = Matrix(rows: count, columns: model.encoderFeatures.count + invariant)
        encoded = MultilayerPerceptron.Activations(model.encoderHead, rows: count, training: training)
        v = GaussianHead(size: equivariant, rows: count)
        decoderInput = Matrix(rows: count, columns: invariant + equivariant)
        decoded = ConvolutionalDecoder.Activations(model.decoder, rows: count, training: training)
        encoderInputGradient = gradient(model.encoderFeatures.count + invariant)
        decoderInputGradient = gradient(invariant + equivariant)
        sampleGradient = gradient(equivariant)
        negativeLogLikelihoods = [Double](repeating: 0, count: count)
        divergences = [Double](repeating: 0, count: count)
    }

    var count: Int { pairs.count }
    private var elementwise: Elementwise { model.arithmetic.elementwise }
    /// Means, then log-variances, of q(v | r, x), [M, 2V]; after ``infer(_:features:representations:)``.
    var posterior: Matrix { encoded.output }
    /// What the decoder gives, [M, H·W·C].
    var image: Matrix { decoded.image }

    /// q(v | r, x) of each pair.
    ///
    /// - Parameters:
    ///   - features: of the images, [N, F].
    ///   - representations: [rows, R].
    func infer(_ pairs: [Pair], features: Matrix, representations: Matrix) {
        precondition(pairs.count == count, "\(pairs.count) pairs for a pass of \(count)")
        self.pairs = pairs
        let (size, invariant) = (features.columns, representations.columns)
        for (row, pair) in pairs.enumerated() {
            let place = encoderInput.pointer + row * encoderInput.columns
            place.update(from: features.pointer + pair.image * size, count: size)
            (place + size).update(from: representations.pointer + pair.representation * invariant, count: invariant)
            (decoderInput.pointer + row * decoderInput.columns).update(
                from: representations.pointer + pair.representation * invariant, count: invariant)
        }
        model.encoderHead.forward(encoderInput, encoded, arithmetic: model.arithmetic)
    }

    /// Draws v with the noise that lies in ``v``, and computes the divergences.
    func sample() {
        v.reparameterize(encoded.output, elementwise: elementwise)
        divergences.withUnsafeMutableBufferPointer { rows in
            _ = elementwise.gaussianDivergence(head: encoded.output, deviation: v.deviation, rowSums: rows)
        }
        setEquivariant(v.sample)
    }

    /// Decodes from these v, [M, V], instead of the drawn.
    func setEquivariant(_ values: Matrix) {
        let (invariant, equivariant) = (model.configuration.invariantSize, values.columns)
        for row in 0..<count {
            (decoderInput.pointer + row * decoderInput.columns + invariant).update(
                from: values.pointer + row * equivariant, count: equivariant)
        }
    }

    /// Decodes under these representations instead of those that v was inferred with.
    func setInvariant(_ rows: [Int], of representations: Matrix) {
        let invariant = representations.columns
        for (row, representation) in rows.enumerated() {
            (decoderInput.pointer + row * decoderInput.columns).update(
                from: representations.pointer + representation * invariant, count: invariant)
        }
    }

    /// p(x | r, v).
    func decode() { model.decoder.forward(decoderInput, decoded, arithmetic: model.arithmetic) }

    /// −log p(x | r, v) of each pair.
    ///
    /// - Parameters:
    ///   - targets: the images, [N, H·W·C].
    ///   - weights: where given, of each pair in the loss that ``backward(weights:featuresGradient:representationsGradient:updating:)`` continues.
    func compareWith(_ targets: Matrix, weights: [Float]? = nil) {
        let rows = pairs.map(\.image)
        if let logScale = model.logScale {
            let scaleGradient = GaussianLikelihood.negativeLogLikelihood(
                mean: decoded.image, target: targets, targetRows: rows, logScale: logScale.value[0, 0], weights: weights,
                meanGradient: weights == nil ? nil : decoded.imageGradient, rows: &negativeLogLikelihoods, pool: elementwise.pool)
            if weights != nil { logScale.gradient[0, 0] = Float(scaleGradient) }
        } else {
            BernoulliLikelihood.negativeLogLikelihood(
                probability: decoded.image, target: targets, targetRows: rows, weights: weights,
                argumentGradient: weights == nil ? nil : decoded.imageGradient, rows: &negativeLogLikelihoods, elementwise: elementwise)
        }
    }

    /// L(x, y) of a pair, nats; one sample of v.
    func bound(_ row: Int) -> Double { -negativeLogLikelihoods[row] - divergences[row] }

    /// The gradient of Σ_i weights_i · (−L_i) by the decoder's and the encoder head's parameters, and ADDED into the gradients by the features
    /// and the representations. After ``compareWith(_:weights:)`` with the same weights.
    func backward(weights: [Float], featuresGradient: Matrix, representationsGradient: Matrix, updating: OptimizerStep?) {
        let arithmetic = model.arithmetic
        if let logScale = model.logScale, let updating {
            elementwise.apply(updating.update(of: logScale), gradient: logScale.gradient)
        }
        model.decoder.backward(
            decoderInput, decoded, inputGradient: decoderInputGradient, updating: updating, arithmetic: arithmetic)
        let (size, invariant) = (featuresGradient.columns, representationsGradient.columns)
        let equivariant = sampleGradient.columns
        for row in 0..<count {
            (sampleGradient.pointer + row * equivariant).update(
                from: decoderInputGradient.pointer + row * (invariant + equivariant) + invariant, count: equivariant)
        }
        v.backward(
            sampleGradient: sampleGradient, encoded: encoded.output, divergenceWeights: weights, encodedGradient: encoded.outputGradient,
            elementwise: elementwise)
        model.encoderHead.backward(
            encoderInput, encoded, inputGradient: encoderInputGradient, updating: updating, arithmetic: arithmetic)
        for (row, pair) in pairs.enumerated() {
            let encoderRow = encoderInputGradient.pointer + row * (size + invariant)
            let featuresRow = featuresGradient.pointer + pair.image * size
            for column in 0..<size { featuresRow[column] += encoderRow[column] }
            let representationRow = representationsGradient.pointer + pair.representation * invariant
            let decoderRow = decoderInputGradient.pointer + row * (invariant + equivariant)
            for column in 0..<invariant { representationRow[column] += encoderRow[size + column] + decoderRow[column] }
        }
    }
}
