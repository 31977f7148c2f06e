import Numerics

/// A convolutional VAE's training step on each arithmetic and number of threads, in interleaved rounds, beside the machine's limits.
struct ConvolutionBenchmark {
    let options: Options

    private final class Contender {
        let name: String
        let threads: Int
        let model: ConvolutionalVAE
        var seconds: [Double] = []

        init(_ name: String, threads: Int, options: Options) {
            self.name = name
            self.threads = threads
            let pool = ThreadPool(threads: threads)
            let arithmetic: any Arithmetic = name == "openblas" ? OpenBLASArithmetic(pool: pool) : PortableArithmetic(pool: pool)
            model = ConvolutionalVAE(arithmetic: arithmetic, batch: options.batch, channels: options.channels)
            for _ in 0..<2 { _ = model.step() }
        }
    }

    func run() {
        let contenders = options.arithmetics.flatMap { name in
            options.threads.map { Contender(name, threads: $0, options: options) }
        }
        let canaries = options.threads.map { ($0, Canaries(threads: $0)) }
        var peak: [Int: Double] = [:]
        var bandwidth: [Int: Double] = [:]
        for _ in 0..<options.rounds {
            for (threads, canary) in canaries {
                peak[threads] = max(peak[threads] ?? 0, canary.multiplyAdds())
                bandwidth[threads] = max(bandwidth[threads] ?? 0, canary.bandwidth())
            }
            for contender in contenders { for _ in 0..<3 { contender.seconds.append(duration { _ = contender.model.step() }) } }
        }
        var limits: [Int: Double] = [:]
        for (threads, _) in canaries {
            guard let model = contenders.first?.model, let peak = peak[threads], let bandwidth = bandwidth[threads] else { continue }
            let limit = model.operations / peak / 1e6 + model.bytes / bandwidth / 1e6
            limits[threads] = limit
            print("\(threads) thread(s): best \(text(peak, 0)) GFLOP/s, best \(text(bandwidth)) GB/s; limit \(text(limit, 2)) ms")
        }
        print("contender              threads   min ms  median ms  min / limit")
        for contender in contenders {
            let times = contender.seconds.map { $0 * 1e3 }
            let least = times.min() ?? 0
            let columns = [
                String(contender.threads), text(least, 2), text(median(times), 2), text(least / (limits[contender.threads] ?? 1), 2),
            ]
            print(
                contender.name.padding(toLength: 20, withPad: " ", startingAt: 0)
                    + columns.map { $0.leftPadded(to: 10) }.joined(separator: " "))
        }
    }
}
