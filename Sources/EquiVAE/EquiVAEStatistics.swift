/// The means of a step's losses, nats per image.
public struct EquiVAEStatistics: Hashable, Sendable {
    /// L(x, y) of the labelled images.
    public var labelledBound: Double
    /// U(x) of the unlabelled images; nil without.
    public var unlabelledBound: Double?
    /// −log p(x | r, v) and KL(q(v | r, x) ‖ N(0, I)) of all images, as they enter the loss.
    public var negativeLogLikelihood: Double
    public var divergence: Double
    /// −log q(y | x) of the labelled images.
    public var classification: Double
    /// What is minimised (``TrainingObjective``).
    public var loss: Double
}
