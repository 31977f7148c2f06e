import NeuralNetworks

/// What a training minimises, beside the bound itself.
///
///     − (1 / N) [ Σ_labelled L(x, y) + Σ_unlabelled (U(x) + λ H(q̄)) ] − α · mean_labelled log q(y | x)
///     U(x) = Σ_y q(y | x) L(x, y) − KL(q(y | x) ‖ p(y)),   p(y) = 1 / K
///
/// over all N images of the training, as in model M2 of Kingma et al., NeurIPS 2014, whose form the paper follows (recalled). A step
/// estimates it: labelled images enter the bound in proportion to their number, however often a step draws them, so that few labels
/// do not come to be remembered one by one. (Draws are class-balanced: of classes that differ in size the sums are estimated as if they did
/// not.) H(q̄), the entropy of the mean of q(y | x) over a step's unlabelled images, is this project's own
/// term: it holds the classes to the uniform p(y) that the model assumes.
public struct TrainingObjective: Hashable, Sendable {
    /// α
    public var classificationWeight: Double
    /// Unlabelled images of a step; 0 trains on the labelled ones alone.
    public var unlabelledBatch: Int
    /// Of the m + 1 labelled images of a class that a step draws, how many enter the bound (all of them enter log q and r).
    public var boundExamples: Int
    /// Over so many first steps the unlabelled images' part in the gradient by q(y | x) grows from 0 to 1, so that q learns from labels
    /// before it sorts what has none. The balance term is there from the first step.
    public var classifierWarmup: Int
    /// λ
    public var balanceWeight: Double
    /// The probability with which q(y | x) does without a feature of a LABELLED image in a step (Srivastava et al., JMLR 2014); the features that
    /// are left are scaled up. Unlabelled images, r and evaluation have all features.
    public var dropout: Double
    /// How many of the most probable classes of an unlabelled image are summed exactly (``ClassExpectation``).
    public var exactClasses: Int

    public init(
        classificationWeight: Double, unlabelledBatch: Int, boundExamples: Int, classifierWarmup: Int, balanceWeight: Double = 0,
        dropout: Double = 0, exactClasses: Int
    ) {
        self.classificationWeight = classificationWeight
        self.unlabelledBatch = unlabelledBatch
        self.boundExamples = boundExamples
        self.classifierWarmup = classifierWarmup
        self.balanceWeight = balanceWeight
        self.dropout = dropout
        self.exactClasses = exactClasses
    }

    /// Canonical text, part of a checkpoint's identity.
    public var identity: String {
        "alpha=\(classificationWeight) unlabelled=\(unlabelledBatch) bounds=\(boundExamples) warmup=\(classifierWarmup) lambda=\(balanceWeight) dropout=\(dropout) exact=\(exactClasses)"
    }

    func validate(_ model: EquiVAEConfiguration) throws(ConfigurationError) {
        let classes = model.classes
        try ConfigurationError.require(
            classificationWeight.isFinite && classificationWeight >= 0, "the classification weight", classificationWeight,
            "a number of at least 0")
        try ConfigurationError.require(
            balanceWeight.isFinite && balanceWeight >= 0, "the balance weight", balanceWeight, "a number of at least 0")
        try ConfigurationError.require((0..<1).contains(dropout), "the dropout", dropout, "at least 0 and below 1")
        try ConfigurationError.require((0...4096).contains(unlabelledBatch), "the unlabelled batch", unlabelledBatch, "0 ... 4096")
        try ConfigurationError.require(
            (1...model.complementaryExamples + 1).contains(boundExamples), "the number of a class's images in the bound", boundExamples,
            "1 ... \(model.complementaryExamples + 1)")
        try ConfigurationError.require(
            (0...1 << 31).contains(classifierWarmup), "the classifier's warm-up", classifierWarmup, "0 ... 2147483648 steps")
        try ConfigurationError.require(
            (1...classes).contains(exactClasses), "the number of exact classes", exactClasses, "1 ... \(classes)")
    }
}
