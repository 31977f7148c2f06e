import Datasets
import NeuralNetworks
import Numerics

/// The invariant-equivariant autoencoder of Feige, ICML 2019 (PMLR 97:1882–1891).
///
/// Two representations of an image x of class y: r_y = (1/m) Σ f(x_i), deterministic, from m OTHER examples of the class, and v, drawn from
/// q(v | r_y, x) with prior N(0, I). The decoder p(x | r_y, v) sees nothing else. What is common to a class is free in r and paid for
/// in v, by v's divergence; what sets x apart from its class can be nowhere but in v, because x has no part in its own r.
public final class EquiVAE {
    public let configuration: EquiVAEConfiguration
    public let arithmetic: any Arithmetic
    /// f: x [N, H·W·C] → [N, R], the terms of r.
    let invariantFeatures: ConvolutionalFeatures
    let invariantDense: Dense
    let invariantHead: Dense
    /// q(y | x) from the dense layer of f: logits [N, K]. Sharing them is this project's choice: what tells classes apart is what r is made of.
    let classifierHead: Dense
    /// q(v | r, x): features of x beside r → means and log-variances of v, [N, 2V].
    let encoderFeatures: ConvolutionalFeatures
    let encoderHead: MultilayerPerceptron
    let decoder: ConvolutionalDecoder
    /// log σ of the Gaussian likelihood; nil with a Bernoulli.
    let logScale: Parameter?

    private init(shapedBy configuration: EquiVAEConfiguration, arithmetic: any Arithmetic) throws(ConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.arithmetic = arithmetic
        invariantFeatures = ConvolutionalFeatures(prefix: "f", configuration)
        invariantDense = Dense(
            prefix: "f.dense", inputs: invariantFeatures.count, outputs: configuration.hidden, activation: .rectifier)
        invariantHead = Dense(prefix: "f.head", inputs: configuration.hidden, outputs: configuration.invariantSize, activation: .identity)
        encoderFeatures = ConvolutionalFeatures(prefix: "encoder", configuration)
        encoderHead = MultilayerPerceptron(
            prefix: "encoder.head",
            sizes: [encoderFeatures.count + configuration.invariantSize, configuration.hidden, 2 * configuration.equivariantSize],
            outputActivation: .identity)
        decoder = ConvolutionalDecoder(prefix: "decoder", configuration)
        classifierHead = Dense(prefix: "classifier", inputs: configuration.hidden, outputs: configuration.classes, activation: .identity)
        logScale = configuration.likelihood == .gaussian ? Parameter(name: "log_scale", shape: [1]) : nil
    }

    /// An untrained model. Parameters are numbered in the order of ``parameters``.
    public convenience init(configuration: EquiVAEConfiguration, seed: UInt64, arithmetic: any Arithmetic) throws(ConfigurationError) {
        try self.init(shapedBy: configuration, arithmetic: arithmetic)
        let philox = Philox(seed: seed)
        let elementwise = arithmetic.elementwise
        var index: UInt32 = 0
        func features(_ layers: ConvolutionalFeatures) {
            layers.initialise(philox: philox, firstIndex: index, elementwise: elementwise)
            index += ConvolutionalFeatures.parameterCount
        }
        func dense(_ layer: Dense) {
            layer.initialise(fanIn: layer.inputs, philox: philox, index: index, elementwise: elementwise)
            index += 2
        }
        features(invariantFeatures)
        dense(invariantDense)
        dense(invariantHead)
        dense(classifierHead)
        features(encoderFeatures)
        encoderHead.layers.forEach(dense)
        enlargeInvariantColumns()
        decoder.initialise(philox: philox, firstIndex: index, elementwise: elementwise)
    }

    /// The encoder's dense layer sees F features beside the R values of r, and torch's default initialisation, which looks at their number alone,
    /// would make r a whisper: its columns are scaled to what they would be in a layer of their own, from ±1/√(F + R) to ±1/√R.
    private func enlargeInvariantColumns() {
        let weight = encoderHead.layers[0].weight.value
        let features = encoderFeatures.count
        let factor = Float((Double(weight.columns) / Double(weight.columns - features)).squareRoot())
        for row in 0..<weight.rows {
            for column in features..<weight.columns { weight.pointer[row * weight.columns + column] *= factor }
        }
    }

    /// A model with weights from a safetensors file. Files of another configuration are refused.
    public convenience init(configuration: EquiVAEConfiguration, weights path: String, arithmetic: any Arithmetic) throws {
        try self.init(shapedBy: configuration, arithmetic: arithmetic)
        try WeightsFile.read(path, configuration: configuration.identity, into: parameters)
    }

    /// Every trainable parameter, in a fixed order.
    public var parameters: [Parameter] {
        invariantFeatures.parameters + invariantDense.parameters + invariantHead.parameters + classifierHead.parameters
            + encoderFeatures.parameters + encoderHead.parameters + decoder.parameters + [logScale].compactMap { $0 }
    }

    /// Writes the weights as safetensors, named as in ``parameters``. The bytes depend on the weights and the configuration alone; the file
    /// appears under its name only when complete.
    public func saveWeights(_ path: String) throws(SafetensorsError) {
        try WeightsFile.write(parameters, configuration: configuration.identity, to: path)
    }

    /// Refuses a data set whose images this model cannot read.
    func checkFits(_ parts: LabelledImageParts) throws(ConfigurationError) {
        let image = configuration.image
        guard (image.height, image.width, image.channels) == (parts.height, parts.width, parts.channels) else {
            throw .mismatch(
                what: "image", model: "\(image.height)×\(image.width)×\(image.channels)",
                dataset: "\(parts.height)×\(parts.width)×\(parts.channels)")
        }
        guard configuration.classes == parts.classCount else {
            throw .mismatch(what: "number of classes", model: "\(configuration.classes)", dataset: "\(parts.classCount)")
        }
    }
}
