import Datasets
import Integrity
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

/// What portable arithmetic is for: a digest of weights that anyone can check on any machine.
@Suite("Training gives the same bits everywhere")
struct SameBitsTests {
    struct Setting: CustomTestStringConvertible {
        var set: InstructionSet
        var threads: Int
        var testDescription: String { "\(set.name) on \(threads) threads" }
    }

    static let settings = InstructionSet.available.flatMap { set in [1, 2, 3].map { Setting(set: set, threads: $0) } }

    /// Pinned. A change of either is a change of what every recorded run means: raise `PortableArithmetic.revision`, and say so in
    /// docs/arithmetic.md.
    static let digests = [
        "momentum SGD": "f9a8d7e7a711f66d4300fed64f5da7598449b556134023ec81bc2a588fa9e7cb",
        "Adam": "205c83977cb85829627a3749fabf05f7647086bb2ca8ff029ef43b7fc63b08b6",
    ]

    private func digest(_ optimizer: OptimizerConfiguration, _ setting: Setting) throws -> String {
        var dataset = MovingBars()
        dataset.background = (0, 0.2)
        let arithmetic = PortableArithmetic(pool: ThreadPool(threads: setting.threads), instructionSet: setting.set)
        let trainer = try Trainer(
            model: SmallModel.make(arithmetic: arithmetic), dataset: dataset, optimizer: optimizer, batchSize: 5, seed: 1)
        var bytes: [UInt8] = []
        func add(_ word: UInt64) { withUnsafeBytes(of: word.littleEndian) { bytes += $0 } }
        for _ in 0..<3 { add(trainer.step().loss.bitPattern) }
        for parameter in trainer.model.parameters { parameter.value.values.forEach { add(UInt64($0.bitPattern)) } }
        return SHA256Digest.of(bytes).hex
    }

    @Test("three steps end in the pinned digest of losses and weights", arguments: settings)
    func pinned(_ setting: Setting) throws {
        let found = [
            "momentum SGD": try digest(.momentumSGD(learningRate: 0.01, momentum: 0.9), setting),
            "Adam": try digest(.adam(learningRate: 0.003), setting),
        ]
        for (name, digest) in Self.digests { #expect(found[name] == digest, "\(name) ends in \(found[name] ?? "nothing")") }
    }
}
