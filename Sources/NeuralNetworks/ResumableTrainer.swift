/// A training of a model, step by step, that can stop after any step and go on from a checkpoint with the same bits.
///
/// Step k is a pure function of (configuration, data, seed, k, the state after step k − 1). This is what lets a killed training resume and
/// an auditor replay one stretch of it.
public protocol ResumableTrainer: AnyObject {
    /// What a step says of itself: losses and the like.
    associatedtype Statistics

    /// Completed steps.
    var position: Int { get }
    /// Everything that it trains.
    var parameters: [Parameter] { get }
    /// All that determines this training's future, the state aside: a checkpoint continues only the training that it was made by.
    var identity: [CheckpointField] { get }

    /// Makes one step.
    func step() -> Statistics

    /// Writes weights, optimiser state and position as one safetensors file. It appears under its name only when complete.
    func saveCheckpoint(_ path: String) throws
    /// Continues where a checkpoint of this very training stands. A checkpoint of any other is refused, and a refused or damaged one leaves
    /// the trainer as it was.
    func restoreCheckpoint(_ path: String) throws
    /// Writes the weights alone, as what comes after the training reads them.
    func saveWeights(_ path: String) throws
}
