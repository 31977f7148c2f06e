import Numerics

/// The random draws of one sequence, as a pure function of (seed, epoch, split, image): the same whatever batch the sequence is part of.
///
/// The counter's position is split · 2^40 + image · 8 + number of the draw. The numbers below are part of the recorded result: never renumber
/// the splits or the draws.
struct SequenceDraws {
    private let generator: Philox
    private let epoch: UInt32
    private let start: UInt64

    init(seed: UInt64, epoch: UInt32, split: Split, image: Int) {
        generator = Philox(seed: seed)
        self.epoch = epoch
        let code: UInt64 =
            switch split {
            case .training: 0
            case .validation: 1
            case .test: 2
            }
        start = code << 40 | UInt64(image) << 3
    }

    /// A whole number uniform on 0 ..< bound; `draw` below 8 names which of the sequence's draws it is.
    func integer(below bound: Int, draw: Int) -> Int {
        generator.integer(below: bound, .transformation, step: epoch, position: start | UInt64(draw))
    }
}
