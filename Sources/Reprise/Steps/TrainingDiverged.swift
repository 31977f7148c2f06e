import Artifacts

/// A loss that is not a number any more: going on would only waste time.
struct TrainingDiverged: ClassifiedError, Hashable {
    var position: Int
    var exitClass: ExitClass { .checkFailed }
    var description: String { "the loss or a weight is not finite at step \(position): training diverged; lower the learning rate" }
}
