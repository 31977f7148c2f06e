import Numerics

/// A view of t [B·S, s] as [B, S, capsules, d], and the roll that moves a capsule along its d positions.
struct CapsuleActivations {
    let t: Matrix
    let sequenceLength: Int
    let capsules: Int
    let capsuleSize: Int

    init(_ t: Matrix, _ configuration: ModelConfiguration) {
        self.init(t, sequenceLength: configuration.sequenceLength, capsules: configuration.capsules, capsuleSize: configuration.capsuleSize)
    }

    init(_ t: Matrix, sequenceLength: Int, capsules: Int, capsuleSize: Int) {
        precondition(
            sequenceLength > 0 && t.rows % sequenceLength == 0 && t.columns == capsules * capsuleSize,
            "activations of \(t.rows) by \(t.columns) are no sequences of \(sequenceLength) frames of \(capsules) capsules by \(capsuleSize)"
        )
        self.t = t
        self.sequenceLength = sequenceLength
        self.capsules = capsules
        self.capsuleSize = capsuleSize
    }

    var sequences: Int { t.rows / sequenceLength }

    /// The latents of one frame, capsule after capsule.
    func frame(_ sequence: Int, _ step: Int) -> UnsafeMutableBufferPointer<Float> { t.row(sequence * sequenceLength + step) }

    /// roll(t, shift)[c] = t[c − shift] in every capsule, circular: what a topographic model expects of a frame `shift` steps later.
    func rolled(_ frame: UnsafeMutableBufferPointer<Float>, by shift: Int, into output: UnsafeMutableBufferPointer<Float>) {
        let shift = (shift % capsuleSize + capsuleSize) % capsuleSize
        for capsule in 0..<capsules {
            let start = capsule * capsuleSize
            for position in 0..<capsuleSize {
                let source = position >= shift ? position - shift : position + capsuleSize - shift
                output[start + position] = frame[start + source]
            }
        }
    }
}
