/// What a training measures of itself, by the names that its metrics have.
struct TrainingMeasures: Hashable {
    /// Of every step. A point of the curve has their means over its stretch.
    var averaged: [String]
    /// Of the batch of a point's last step alone, because they cost more; a model may have no such value.
    var momentary: [String] = []
}
