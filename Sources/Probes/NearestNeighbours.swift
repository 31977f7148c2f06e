import Numerics

/// How well a class can be read off features by their neighbours: the majority among the k nearest examples by Euclidean distance, found exactly.
///
/// Squared distances are sums in double precision in the features' order. Of equally near examples the one with the lower index is nearer; of classes with as
/// many votes the one whose nearest voter is nearest wins. So there is one answer, whatever the number of threads or the processor.
public struct NearestNeighbours: Sendable {
    /// How many neighbours vote.
    public let neighbours: Int
    public let classCount: Int
    public let featureCount: Int

    private let labels: [Int]
    /// [blocks, D]: eight examples abreast; behind the last one infinities, which are no one's neighbour.
    private let examples: [SIMD8<Double>]

    private static let abreast = 8
    /// So many questions a task; the examples pass once for all of them.
    private static let grain = 64

    /// - Parameters:
    ///   - features: [N, D], finite.
    ///   - labels: [N], each from 0 to `classCount` − 1.
    ///   - neighbours: how many vote, from 1 to N.
    /// - Throws: ``ProbeError/invalid(parameter:reason:)``.
    public init(features: Matrix, labels: [Int], classCount: Int, neighbours: Int = 5) throws(ProbeError) {
        try ProbeExamples.check(features: features, labels: labels, classCount: classCount)
        guard neighbours >= 1, neighbours <= labels.count else {
            throw .invalid(parameter: "neighbours", reason: "\(neighbours) is not from 1 to \(labels.count), the number of examples")
        }
        self.neighbours = neighbours
        self.classCount = classCount
        self.labels = labels
        let columns = features.columns
        featureCount = columns
        let blocks = (features.rows + NearestNeighbours.abreast - 1) / NearestNeighbours.abreast
        var examples = [SIMD8<Double>](repeating: SIMD8(repeating: .infinity), count: blocks * columns)
        for row in 0..<features.rows {
            let (block, lane) = row.quotientAndRemainder(dividingBy: NearestNeighbours.abreast)
            let values = features.row(row)
            for column in 0..<columns { examples[block * columns + column][lane] = Double(values[column]) }
        }
        self.examples = examples
    }

    /// Each question's class.
    ///
    /// - Parameters:
    ///   - features: [N, D], finite.
    ///   - pool: the threads that share the work.
    public func predictions(for features: Matrix, pool: ThreadPool) throws(ProbeError) -> [Int] {
        try ProbeExamples.check(features: features, columns: featureCount)
        var predictions = [Int](repeating: 0, count: features.rows)
        predictions.withUnsafeMutableBufferPointer { predictions in
            examples.withUnsafeBufferPointer { examples in
                pool.forRanges(of: features.rows, grain: NearestNeighbours.grain) { questions in
                    let nearest = nearest(to: features, questions, examples)
                    for (question, found) in zip(questions, nearest) { predictions[question] = vote(found) }
                }
            }
        }
        return predictions
    }

    /// The fraction of questions whose class is predicted, from 0 to 1.
    ///
    /// - Parameters:
    ///   - features: [N, D], finite, N at least 1.
    ///   - labels: [N], each from 0 to ``classCount`` − 1.
    ///   - pool: the threads that share the work.
    public func accuracy(on features: Matrix, labels: [Int], pool: ThreadPool) throws(ProbeError) -> Double {
        try ProbeExamples.check(features: features, labels: labels, classCount: classCount)
        return ProbeExamples.accuracy(try predictions(for: features, pool: pool), labels: labels)
    }

    private func nearest(to features: Matrix, _ questions: Range<Int>, _ examples: UnsafeBufferPointer<SIMD8<Double>>) -> [NearestExamples]
    {
        var found = questions.map { _ in NearestExamples(limit: neighbours) }
        let values = questions.flatMap { features.row($0).map(Double.init) }
        values.withUnsafeBufferPointer { values in
            for block in 0..<(examples.count / featureCount) {
                let examples = UnsafeBufferPointer(rebasing: examples[(block * featureCount)..<((block + 1) * featureCount)])
                for question in 0..<questions.count {
                    var squares = SIMD8<Double>(repeating: 0)
                    for column in 0..<featureCount {
                        let difference = examples[column] - values[question * featureCount + column]
                        squares += difference * difference
                    }
                    guard squares.min() < found[question].farthest else { continue }
                    for lane in 0..<NearestNeighbours.abreast {
                        found[question].offer(block * NearestNeighbours.abreast + lane, distance: squares[lane])
                    }
                }
            }
        }
        return found
    }

    private func vote(_ found: NearestExamples) -> Int {
        var votes = [Int](repeating: 0, count: classCount)
        for index in found.indices { votes[labels[index]] += 1 }
        let most = votes.max() ?? 0
        // The nearest first: the first class with most votes is the one whose nearest voter is nearest.
        return found.indices.lazy.map { labels[$0] }.first { votes[$0] == most } ?? 0
    }
}
