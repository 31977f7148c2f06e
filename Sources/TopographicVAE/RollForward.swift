import Numerics

/// Roll-forward negative log-likelihood: decode roll(t_0, k) and score it against the real frame k.
///
/// Ours, not the paper's. Unlike E_eq and CapCorr it cannot be had from the window's own motion: the decoded picture must be the
/// right one. Sums over all frames k = 0 ..< S of a batch, nats.
public struct RollForward: Hashable, Sendable {
    /// Decodes t_k itself: the reconstruction.
    public var direct: Double
    /// Decodes t_0 rolled by k.
    public var rollForward: Double
    /// Decodes t_0 as it is: what not knowing of the motion costs.
    public var holdFirst: Double

    /// What holding the first frame must cost at least for ``gap`` to mean anything, nats per frame. An untrained or hardly trained model
    /// predicts no frame better than another; the ratio of two such differences is noise.
    public static let leastSpan = 1.0

    /// 0: rolling is as good as seeing the frame; 1: no better than not rolling. nil where holding costs less than ``leastSpan``. Of means per frame.
    public var gap: Double? {
        let span = holdFirst - direct
        guard span >= RollForward.leastSpan, span.isFinite, rollForward.isFinite else { return nil }
        return (rollForward - direct) / span
    }

    public init(direct: Double, rollForward: Double, holdFirst: Double) {
        self.direct = direct
        self.rollForward = rollForward
        self.holdFirst = holdFirst
    }

    /// - Parameters:
    ///   - pass: after ``ForwardPass/run(_:)``; its probabilities are overwritten.
    ///   - direct: the batch's negative log-likelihood, already known from that run.
    ///   - scratch: [B·S, s].
    init(_ pass: ForwardPass, direct: Double, scratch: Matrix) {
        let activations = CapsuleActivations(pass.t, pass.model.configuration)
        func score(_ shift: (Int) -> Int) -> Double {
            for sequence in 0..<activations.sequences {
                for step in 0..<activations.sequenceLength {
                    activations.rolled(
                        activations.frame(sequence, 0), by: shift(step), into: scratch.row(sequence * activations.sequenceLength + step))
                }
            }
            pass.decode(scratch)
            return pass.negativeLogLikelihood()
        }
        self.direct = direct
        rollForward = score { $0 }
        holdFirst = score { _ in 0 }
    }
}
