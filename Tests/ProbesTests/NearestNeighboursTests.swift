import Foundation
import Numerics
import Probes
import Testing

@Suite("Nearest neighbours")
struct NearestNeighboursTests {
    static let pool = ThreadPool(threads: 2)

    /// Points on a line.
    static func line(_ values: [Float]) -> Matrix { Matrix(rows: values.count, columns: 1, values: values) }

    static func prediction(_ points: [Float], _ labels: [Int], neighbours: Int, at place: Float) throws -> Int {
        try NearestNeighbours(features: line(points), labels: labels, classCount: 4, neighbours: neighbours)
            .predictions(for: line([place]), pool: pool)[0]
    }

    @Test("the majority of the nearest decides")
    func majority() throws {
        let points: [Float] = [0, 1, 2, 10, 11, 12, 13]
        let labels = [0, 0, 1, 1, 1, 1, 1]
        #expect(try Self.prediction(points, labels, neighbours: 1, at: 1.9) == 1)
        #expect(try Self.prediction(points, labels, neighbours: 3, at: 1.9) == 0)
        #expect(try Self.prediction(points, labels, neighbours: 7, at: 1.9) == 1)
    }

    @Test("of classes with as many votes, the one with the nearest voter wins")
    func tiedVotes() throws {
        #expect(try Self.prediction([1, -2, 3, -4], [2, 3, 3, 2], neighbours: 4, at: 0) == 2)
        #expect(try Self.prediction([2, -1, 4, -3], [2, 3, 2, 3], neighbours: 4, at: 0) == 3)
        #expect(try Self.prediction([1, 2, 3], [0, 3, 1], neighbours: 3, at: 4) == 1)
    }

    @Test("of equally near examples, the one with the lower index is nearer")
    func tiedDistances() throws {
        #expect(try Self.prediction([-1, 1], [3, 1], neighbours: 1, at: 0) == 3)
        #expect(try Self.prediction([1, -1], [1, 3], neighbours: 1, at: 0) == 1)
        // The third vote goes to the first of three at distance 2.
        #expect(try Self.prediction([2, -2, 2, 1, 1], [0, 2, 2, 0, 2], neighbours: 3, at: 0) == 0)
        #expect(try Self.prediction([2, -2, 2, 1, 1], [2, 0, 0, 0, 2], neighbours: 3, at: 0) == 2)
    }

    @Test(
        "agrees with sorting all distances, on a grid where most are equal to others",
        arguments: [(1, 1), (5, 1), (17, 3), (203, 5), (203, 16), (40, 40)])
    func sorting(count: Int, neighbours: Int) throws {
        func grid(_ count: Int, seed: UInt64) -> Matrix {
            Matrix(rows: count, columns: 3, values: randomLabels(count * 3, classes: 5, seed: seed).map { Float($0) })
        }
        let examples = grid(count, seed: 1)
        let labels = randomLabels(count, classes: 4, seed: 2)
        let questions = grid(150, seed: 3)
        let expected = (0..<150).map { question in
            let order = (0..<count).map { example in
                (0..<3).reduce(0) {
                    $0 + Int((examples[example, $1] - questions[question, $1]) * (examples[example, $1] - questions[question, $1]))
                }
            }.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }.map { labels[$0.offset] }.prefix(neighbours)
            let most = (0..<4).map { label in order.count { $0 == label } }.max()
            return order.first { label in order.count { $0 == label } == most }
        }
        let probe = try NearestNeighbours(features: examples, labels: labels, classCount: 4, neighbours: neighbours)
        #expect(try probe.predictions(for: questions, pool: Self.pool) == expected)
        #expect(try probe.predictions(for: questions, pool: ThreadPool(threads: 5)) == expected)
    }

    @Test("blobs apart are told apart; labels that mean nothing are met by chance")
    func blobs() throws {
        let seen = Blobs(count: 500, features: 6, classes: 5, spread: 0.05)
        let unseen = Blobs(count: 300, features: 6, classes: 5, spread: 0.05, seed: 2)
        let probe = try NearestNeighbours(features: seen.features, labels: seen.labels, classCount: 5)
        #expect(try probe.accuracy(on: unseen.features, labels: unseen.labels, pool: Self.pool) == 1)
        let noise = Blobs(count: 2000, features: 6, classes: 1, spread: 1)
        let others = Blobs(count: 2000, features: 6, classes: 1, spread: 1, seed: 2)
        let blind = try NearestNeighbours(features: noise.features, labels: randomLabels(2000, classes: 10, seed: 1), classCount: 10)
        let accuracy = try blind.accuracy(on: others.features, labels: randomLabels(2000, classes: 10, seed: 2), pool: Self.pool)
        // Four standard deviations of a count of 2000 at 0.1.
        #expect(abs(accuracy - 0.1) < 0.027, "\(accuracy)")
    }

    @Test("what it cannot look among is refused by name")
    func refused() throws {
        let points = Self.line([0, 1, 2])
        func look(_ features: Matrix, _ labels: [Int], neighbours: Int = 1) -> String {
            refusal { try NearestNeighbours(features: features, labels: labels, classCount: 2, neighbours: neighbours) } ?? "not refused"
        }
        #expect(look(points, [0, 1]).contains("2 labels for 3 examples"))
        #expect(look(points, [0, 1, 2]).contains("label 2 of example 2"))
        for neighbours in [0, 4, -1] { #expect(look(points, [0, 1, 1], neighbours: neighbours).contains("from 1 to 3")) }
        #expect(look(Self.line([0, .infinity, 2]), [0, 1, 1]).contains("example 1 is inf"))
        let probe = try NearestNeighbours(features: points, labels: [0, 1, 1], classCount: 2, neighbours: 1)
        #expect(refusal { try probe.predictions(for: Matrix(rows: 1, columns: 2), pool: Self.pool) }?.contains("fitted to 1") == true)
        #expect(refusal { try probe.accuracy(on: points, labels: [0, 1, 5], pool: Self.pool) }?.contains("label 5") == true)
    }

    @Test(
        "10,000 questions to 10,000 examples of 64 features, for their time",
        .enabled(if: LinearProbeTests.isLong, "set REPRISE_LONG_TESTS=1"))
    func large() throws {
        let blobs = Blobs(count: 10_000, features: 64, classes: 10, spread: 0.3)
        let start = ContinuousClock.now
        let probe = try NearestNeighbours(features: blobs.features, labels: blobs.labels, classCount: 10)
        #expect(try probe.accuracy(on: blobs.features, labels: blobs.labels, pool: Self.pool) > 0.9)
        print("5 nearest neighbours, 10,000 × 10,000 × 64: \(ContinuousClock.now - start)")
    }
}
