import Foundation
import Numerics
import Probes

/// Repeatable features and labels: class c lies about a centre of its own, `spread` wide.
struct Blobs {
    let features: Matrix
    let labels: [Int]

    /// - Parameter spread: of the noise; centres are drawn from [−1, 1).
    init(count: Int, features columns: Int, classes: Int, spread: Float, seed: UInt64 = 1) {
        let kernels = Elementwise(pool: ThreadPool(threads: 1))
        let centres = Matrix(rows: classes, columns: columns)
        kernels.fillUniform(centres, bound: 1, Philox(seed: 99), .initialisation, step: 0)
        features = Matrix(rows: count, columns: columns)
        kernels.fillNormal(features, Philox(seed: seed), .initialisation, step: 1)
        labels = (0..<count).map { $0 % classes }
        for (example, label) in labels.enumerated() {
            for column in 0..<columns { features[example, column] = centres[label, column] + spread * features[example, column] }
        }
    }
}

/// Labels that have nothing to do with anything.
func randomLabels(_ count: Int, classes: Int, seed: UInt64) -> [Int] {
    let philox = Philox(seed: seed)
    return (0..<count).map { philox.integer(below: classes, .dataOrder, step: 0, position: UInt64($0)) }
}

/// The error's words; nil where nothing was refused.
func refusal<Result>(_ body: () throws -> Result) -> String? {
    do {
        _ = try body()
        return nil
    } catch { return "\(error)" }
}
