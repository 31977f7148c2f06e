import Foundation
import NeuralNetworks
import Numerics
import TopographicVAE

/// Trainings on portable arithmetic, alone in the process: the memory that one takes, and how often they ask for some once they run.
struct SteadyState {
    let options: Options

    /// - Returns: whether no step after the second asked for memory, where Tests/CrossChecks/allocations counts.
    func run() throws -> Bool {
        let dataset = try options.mnist.map(Sequences.mnist) ?? Sequences.madeUp()
        let threads = options.threads.max() ?? 1
        let optimizers: [OptimizerConfiguration] = [.momentumSGD(learningRate: 1e-4, momentum: 0.9), .adam(learningRate: 1e-4)]
        var isSteady = true
        for (index, optimizer) in optimizers.enumerated() {
            let arithmetic = PortableArithmetic(pool: ThreadPool(threads: threads))
            let trainer = try Trainer(
                model: TopographicVAE(configuration: Contender.configuration, seed: Sequences.seed, arithmetic: arithmetic),
                dataset: dataset, optimizer: optimizer, batchSize: Contender.sequences, seed: Sequences.seed)
            // As the training step watches it in the last epoch: E_eq and the observed rolls of every batch.
            var rolls = RollCounts(factorSizes: dataset.factorSizes, capsuleSize: Contender.configuration.capsuleSize)
            func watch() {
                _ = trainer.equivarianceError()
                trainer.countRolls(into: &rolls)
            }
            func step() {
                _ = trainer.step()
                watch()
            }
            let isStill = asksForNothing(optimizer.identity, step)
            if index == 0 {
                if let peak = SteadyState.peakMemory { print("peak memory of a training on \(threads) threads: \(peak)") }
                let times = (0..<20).map { _ in (duration { _ = trainer.step() }, duration(watch)) }
                let (training, watching) = (times.map(\.0).sorted()[10], times.map(\.1).sorted()[10])
                print("E_eq and observed rolls of a batch take \((1000 * watching / training).rounded() / 10) % of a step")
            }
            isSteady = isSteady && isStill
        }
        let model = ConvolutionalVAE(
            arithmetic: PortableArithmetic(pool: ThreadPool(threads: threads)), batch: options.batch, channels: options.channels)
        isSteady = asksForNothing("convolutional VAE") { _ = model.step() } && isSteady
        if SteadyState.counter == nil { print("allocations are not counted: run Tests/CrossChecks/allocations") }
        return isSteady
    }

    /// Whether the third to eighth of these steps ask for no memory; true where nobody counts.
    private func asksForNothing(_ name: String, _ step: () -> Void) -> Bool {
        for _ in 0..<2 { step() }
        let count = SteadyState.counter
        SteadyState.trace?(1)
        let before = count?() ?? 0
        for _ in 0..<6 { step() }
        let after = count?() ?? 0
        SteadyState.trace?(0)
        guard count != nil else { return true }
        print("allocations in steps 3 to 8, \(name): \(after - before)")
        // A program that has come so far without one is not being counted.
        return after == before && before > 0
    }

    /// The line that Linux keeps of this process.
    private static var peakMemory: String? {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.map { $0.dropFirst("VmHWM:".count).trimmingCharacters(in: .whitespaces) }
    }

    /// What Tests/CrossChecks/allocations.c defines.
    private static var counter: (@convention(c) () -> Int)? {
        dlsym(nil, "allocation_count").map { unsafeBitCast($0, to: (@convention(c) () -> Int).self) }
    }

    private static var trace: (@convention(c) (Int32) -> Void)? {
        dlsym(nil, "allocation_trace").map { unsafeBitCast($0, to: (@convention(c) (Int32) -> Void).self) }
    }
}
