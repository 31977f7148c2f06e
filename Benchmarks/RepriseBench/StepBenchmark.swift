import Datasets
import Foundation
import Numerics
import TopographicVAE

/// Interleaved rounds of all contenders and canaries, then the table.
struct StepBenchmark {
    let options: Options
    /// Multiply-adds and additions of a step's products, counting each as one; and the bytes of weights and momenta that it moves.
    static let operations = 7.15e9
    static let bytes = 217e6

    init(_ options: Options) { self.options = options }

    private func dense(_ count: Int) -> [Float] {
        let matrix = Matrix(rows: 1, columns: count)
        Elementwise(pool: ThreadPool(threads: 1)).fillUniform(matrix, bound: 0.5, Philox(seed: 1), .figure, step: 0)
        return matrix.values.map { $0 + 0.5 }
    }

    func run() throws {
        let count = Contender.sequences * Contender.configuration.sequenceLength * Contender.configuration.frameShape.count
        var inputs: [(String, Contender.Source)] = [("dense", .batches([dense(count)]))]
        if let folder = options.mnist {
            let dataset = try Sequences.mnist(folder)
            inputs.append(("MNIST", .batches(Sequences.batches(dataset, count: min(1 + 3 * options.rounds, 48)))))
            inputs.append(("MNIST with its loading", .dataset(dataset)))
        } else {
            print("no MNIST batches: name the folder of its four files with --mnist")
        }
        var contenders: [Contender] = []
        for (input, source) in inputs {
            for arithmetic in options.arithmetics {
                for threads in options.threads {
                    contenders.append(try Contender(arithmetic: arithmetic, threads: threads, input: input, source: source))
                }
            }
        }
        let products = ProductTimes.shapes.map { ProductTimes($0, threads: options.threads.max() ?? 1) }
        let canaries = options.threads.map { ($0, Canaries(threads: $0)) }
        var peak: [Int: [Double]] = [:]
        var bandwidth: [Int: [Double]] = [:]
        for _ in 0..<options.rounds {
            for (threads, canary) in canaries {
                peak[threads, default: []].append(canary.multiplyAdds())
                bandwidth[threads, default: []].append(canary.bandwidth())
            }
            for contender in contenders { for _ in 0..<3 { contender.run() } }
            for product in products { product.run() }
        }

        print("machine: \(InstructionSet.selected.name), \(OpenBLASArithmetic.library) with \(OpenBLASArithmetic.core) kernels")
        var limits: [Int: Double] = [:]
        for (threads, _) in canaries {
            let fastest = (peak[threads] ?? []).max() ?? 0
            let widest = (bandwidth[threads] ?? []).max() ?? 0
            let limit = Self.operations / fastest / 1e6 + Self.bytes / widest / 1e6
            limits[threads] = limit
            print(
                "\(threads) thread(s): best \(text(fastest, 0)) GFLOP/s, median \(text(median(peak[threads] ?? []), 0)); best \(text(widest)) GB/s; dense limit \(text(limit)) ms"
            )
        }
        print("contender                         threads   min ms  median ms  min / dense limit")
        for contender in contenders {
            let times = contender.seconds.map { $0 * 1e3 }
            let least = times.min() ?? 0
            let ratio = least / (limits[contender.threads] ?? 1)
            print(
                contender.name.padding(toLength: 33, withPad: " ", startingAt: 0)
                    + [String(contender.threads), text(least), text(median(times)), text(ratio, 2)].map { $0.leftPadded(to: 9) }.joined(
                        separator: " "))
        }
        for loaded in contenders where loaded.loads {
            guard let bare = contenders.first(where: { loaded.name.hasPrefix($0.name) && !$0.loads && $0.threads == loaded.threads })
            else { continue }
            let least = (loaded.seconds.min() ?? 0) / (bare.seconds.min() ?? 1)
            print(
                "\(loaded.name) / \(bare.name), \(loaded.threads) thread(s): \(text(least, 3)) of minima, \(text(median(loaded.seconds) / median(bare.seconds), 3)) of medians"
            )
        }
        print("portable products, best GFLOP/s of \(options.threads.max() ?? 1) thread(s): forward, gradient by the input, weight update")
        for product in products { print(product.line) }
    }
}
