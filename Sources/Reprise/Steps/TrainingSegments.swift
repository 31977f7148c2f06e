/// A training's division into segments of equal length (the last may be shorter). The state at the end of each is kept, so that an auditor can
/// replay one segment and compare bits instead of repeating all of them.
struct TrainingSegments: Hashable {
    /// Of the whole training.
    let steps: Int
    /// Steps of a segment.
    let length: Int

    init(steps: Int, segments: Int) {
        self.steps = steps
        length = max(1, (steps + segments - 1) / max(1, segments))
    }

    init(_ context: StepContext) throws {
        self.init(steps: try context.integer("steps"), segments: try context.integer("segments"))
    }

    /// Whether a segment ends after so many steps.
    func isBoundary(_ position: Int) -> Bool { position > 0 && (position.isMultiple(of: length) || position == steps) }

    /// What the record has of the state after so many steps, relative to the training's outputs: a kept state, or the weights at the end.
    func recordedState(position: Int) -> String {
        position == steps ? TrainingSegments.weightsFile : TrainingSegments.checkpointPath(position: position)
    }

    /// Where a training leaves its weights, relative to its outputs.
    static let weightsFile = "weights.safetensors"

    /// Where a training keeps the state at the end of a segment, relative to its outputs.
    static func checkpointPath(position: Int) -> String { "checkpoints/step-\(String(position + 1_000_000_000).dropFirst()).safetensors" }
}
