import Foundation
import Numerics
import Probes
import Testing

@Suite("Linear probe")
struct LinearProbeTests {
    static let pool = ThreadPool(threads: 2)

    static func fit(_ blobs: Blobs, classes: Int, penalty: Double = LinearProbe.defaultPenalty) throws -> LinearProbe {
        try LinearProbe(features: blobs.features, labels: blobs.labels, classCount: classes, penalty: penalty, pool: pool)
    }

    /// The objective as LinearProbe's documentation defines it, written out example by example with the C library's functions.
    static func objective(_ weights: [Double], _ biases: [Double], _ features: Matrix, _ labels: [Int], penalty: Double) -> Double {
        let columns = features.columns
        var loss = 0.0
        for (example, label) in labels.enumerated() {
            let scores = biases.indices.map { k in
                (0..<columns).reduce(biases[k]) { $0 + weights[k * columns + $1] * Double(features[example, $1]) }
            }
            let largest = scores.max() ?? 0
            loss += largest + log(scores.reduce(0) { $0 + exp($1 - largest) }) - scores[label]
        }
        var squares = 0.0
        for column in 0..<columns {
            let values = (0..<features.rows).map { Double(features[$0, column]) }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
            for k in biases.indices { squares += weights[k * columns + column] * weights[k * columns + column] * variance }
        }
        return loss / Double(labels.count) + penalty / 2 * squares
    }

    @Test("classes that a plane separates are read off without error, seen and unseen")
    func separable() throws {
        let probe = try Self.fit(Blobs(count: 500, features: 6, classes: 5, spread: 0.05), classes: 5)
        let unseen = Blobs(count: 300, features: 6, classes: 5, spread: 0.05, seed: 2)
        #expect(try probe.accuracy(on: unseen.features, labels: unseen.labels) == 1)
        #expect(probe.gradientNorm <= LinearProbe.tolerance)
        #expect(probe.steps < 40)
    }

    @Test("labels that the features do not tell are predicted no better than by chance")
    func chance() throws {
        let seen = Blobs(count: 4000, features: 8, classes: 1, spread: 1)
        let probe = try LinearProbe(
            features: seen.features, labels: randomLabels(4000, classes: 10, seed: 5), classCount: 10, pool: Self.pool)
        let unseen = Blobs(count: 4000, features: 8, classes: 1, spread: 1, seed: 2)
        let accuracy = try probe.accuracy(on: unseen.features, labels: randomLabels(4000, classes: 10, seed: 6))
        // Four standard deviations of a count of 4000 at 0.1.
        #expect(abs(accuracy - 0.1) < 0.019, "\(accuracy)")
    }

    @Test("where it ends, the objective rises in every direction: its gradient by finite differences is 0")
    func stationary() throws {
        let blobs = Blobs(count: 200, features: 4, classes: 3, spread: 0.8)
        let probe = try Self.fit(blobs, classes: 3, penalty: 0.01)
        func value(_ weights: [Double], _ biases: [Double]) -> Double {
            Self.objective(weights, biases, blobs.features, blobs.labels, penalty: 0.01)
        }
        #expect(abs(value(probe.weights, probe.biases) - probe.objective) < 1e-12)
        func slope(_ change: (Double) -> Double) -> Double { (change(1e-5) - change(-1e-5)) / 2e-5 }
        for index in probe.weights.indices {
            let slope = slope { step in
                var moved = probe.weights
                moved[index] += step
                return value(moved, probe.biases)
            }
            #expect(abs(slope) < 1e-9, "weight \(index): \(slope)")
        }
        for index in probe.biases.indices {
            let slope = slope { step in
                var moved = probe.biases
                moved[index] += step
                return value(probe.weights, moved)
            }
            #expect(abs(slope) < 1e-9, "bias \(index): \(slope)")
        }
    }

    @Test("gradient descent, slow and on its own, ends at the same probe")
    func descent() throws {
        let blobs = Blobs(count: 40, features: 2, classes: 3, spread: 0.7)
        let penalty = 0.05
        let probe = try Self.fit(blobs, classes: 3, penalty: penalty)
        // Standardised by hand, so that the penalty means the same.
        var columns: [[Double]] = []
        var means: [Double] = []
        var deviations: [Double] = []
        for column in 0..<2 {
            let values = (0..<40).map { Double(blobs.features[$0, column]) }
            let mean = values.reduce(0, +) / 40
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40).squareRoot()
            columns.append(values.map { ($0 - mean) / deviation })
            means.append(mean)
            deviations.append(deviation)
        }
        var weights = [[Double]](repeating: [0, 0, 0], count: 3)
        for _ in 0..<20_000 {
            var gradient = weights.map { [$0[0] * penalty, $0[1] * penalty, 0] }
            for (example, label) in blobs.labels.enumerated() {
                let x = [columns[0][example], columns[1][example], 1]
                let odds = weights.map { exp($0[0] * x[0] + $0[1] * x[1] + $0[2]) }
                for k in 0..<3 {
                    let residual = odds[k] / odds.reduce(0, +) - (k == label ? 1 : 0)
                    for j in 0..<3 { gradient[k][j] += residual * x[j] / 40 }
                }
            }
            for k in 0..<3 { for j in 0..<3 { weights[k][j] -= 0.5 * gradient[k][j] } }
        }
        for k in 0..<3 {
            for j in 0..<2 { #expect(abs(weights[k][j] / deviations[j] - probe.weights[k * 2 + j]) < 1e-8) }
            let bias = weights[k][2] - (0..<2).reduce(0) { $0 + weights[k][$1] / deviations[$1] * means[$1] }
            #expect(abs(bias - probe.biases[k]) < 1e-8)
        }
    }

    @Test("features that never vary, or say the same twice, change nothing that it reads")
    func uselessFeatures() throws {
        let blobs = Blobs(count: 300, features: 3, classes: 3, spread: 0.6)
        let wide = Matrix(rows: 300, columns: 6)
        for row in 0..<300 {
            _ = wide.row(row).update(fromContentsOf: (0..<3).map { blobs.features[row, $0] } + [1e30, 0.1, blobs.features[row, 0]])
        }
        let probe = try LinearProbe(features: wide, labels: blobs.labels, classCount: 3, pool: Self.pool)
        let plain = try Self.fit(blobs, classes: 3)
        #expect(probe.weights.enumerated().allSatisfy { ![3, 4].contains($0.offset % 6) || $0.element == 0 })
        let difference = try zip(probe.predictions(for: wide), plain.predictions(for: blobs.features)).count { $0 != $1 }
        #expect(difference <= 1)
        let nothing = Matrix(rows: 300, columns: 2)
        let blind = try LinearProbe(
            features: nothing, labels: (0..<300).map { $0 < 200 ? 2 : 0 }, classCount: 3, pool: Self.pool)
        #expect(try Set(blind.predictions(for: nothing)) == [2])
    }

    @Test("features of any size and place are read as well", arguments: [(1e-20, 0), (1e20, 0), (1, 1e4)] as [(Float, Float)])
    func sizes(scale: Float, shift: Float) throws {
        let blobs = Blobs(count: 200, features: 3, classes: 3, spread: 0.1)
        for index in 0..<blobs.features.count { blobs.features.buffer[index] = blobs.features.buffer[index] * scale + shift }
        let probe = try Self.fit(blobs, classes: 3)
        #expect(try probe.accuracy(on: blobs.features, labels: blobs.labels) > 0.98)
    }

    @Test("a class without examples, and one class alone, are no obstacle")
    func absentClasses() throws {
        let blobs = Blobs(count: 200, features: 3, classes: 2, spread: 0.1)
        let probe = try LinearProbe(features: blobs.features, labels: blobs.labels.map { $0 * 2 }, classCount: 3, pool: Self.pool)
        #expect(try probe.accuracy(on: blobs.features, labels: blobs.labels.map { $0 * 2 }) == 1)
        let alone = try LinearProbe(features: blobs.features, labels: blobs.labels.map { _ in 0 }, classCount: 1, pool: Self.pool)
        #expect(try Set(alone.predictions(for: blobs.features)) == [0])
    }

    @Test("any number of threads gives the same bits", arguments: [1, 3, 8])
    func threads(_ threads: Int) throws {
        let blobs = Blobs(count: 3001, features: 5, classes: 4, spread: 0.7)
        let pool = ThreadPool(threads: threads)
        let probe = try LinearProbe(features: blobs.features, labels: blobs.labels, classCount: 4, pool: pool)
        #expect(try probe == Self.fit(blobs, classes: 4))
    }

    @Test("what it cannot be fitted to is refused by name")
    func refused() throws {
        let blobs = Blobs(count: 20, features: 2, classes: 2, spread: 0.5)
        func fit(_ features: Matrix? = nil, _ labels: [Int]? = nil, classes: Int = 2, penalty: Double = 1, steps: Int = 50) -> String {
            refusal {
                try LinearProbe(
                    features: features ?? blobs.features, labels: labels ?? blobs.labels, classCount: classes, penalty: penalty,
                    maximumSteps: steps, pool: Self.pool)
            } ?? "nothing was refused"
        }
        #expect(fit(nil, [0]).contains("1 labels for 20 examples"))
        #expect(fit(nil, blobs.labels.map { $0 + 1 }).contains("label 2 of example 1"))
        #expect(fit(nil, blobs.labels.map { -$0 }).contains("label -1"))
        #expect(fit(Matrix(rows: 0, columns: 2), []).contains("none"))
        #expect(fit(Matrix(rows: 20, columns: 0)).contains("none"))
        #expect(fit(classes: 0).contains("classCount"))
        #expect(fit(classes: 1000).contains("2048"))
        #expect(fit(classes: .max).contains("2048"))
        for penalty in [0, -1, .nan, .infinity] { #expect(fit(penalty: penalty).contains("penalty")) }
        #expect(fit(steps: 1).contains("after 1 Newton steps"))
        let probe = try Self.fit(blobs, classes: 2)
        #expect(refusal { try probe.predictions(for: Matrix(rows: 1, columns: 3)) }?.contains("fitted to 2") == true)
        #expect(refusal { try probe.accuracy(on: blobs.features, labels: [3]) }?.contains("1 labels for 20") == true)
        blobs.features[7, 1] = .nan
        #expect(fit().contains("feature 1 of example 7 is nan"))
        #expect(refusal { try probe.predictions(for: blobs.features) }?.contains("feature 1 of example 7") == true)
    }

    @Test("50,000 examples of 64 features and 10 classes, for its time and memory", .enabled(if: isLong, "set REPRISE_LONG_TESTS=1"))
    func large() throws {
        let blobs = Blobs(count: 50_000, features: 64, classes: 10, spread: 2)
        let start = ContinuousClock.now
        let probe = try Self.fit(blobs, classes: 10)
        print("linear probe, 50,000 × 64: \(probe.steps) steps, \(ContinuousClock.now - start)")
        #expect(try probe.accuracy(on: blobs.features, labels: blobs.labels) > 0.5)
    }

    static let isLong = ProcessInfo.processInfo.environment["REPRISE_LONG_TESTS"] == "1"
}
