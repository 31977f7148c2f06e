import Numerics

/// The random streams of an evaluation that are not numbered by batch: `step` of the purpose `evaluation`, counted down from the top, where no batch's
/// number comes.
enum EvaluationStream {
    /// v of the images that probes are fitted to, and of those that they are asked about.
    static let fittedRepresentations: UInt32 = .max - 1
    static let askedRepresentations: UInt32 = .max - 5
    /// v of the routing controls, the class whose r replaces an image's own, and the noise that replaces v.
    static let routing: UInt32 = .max - 2
    static let otherClass: UInt32 = .max - 3
    static let noise: UInt32 = .max - 4
}
