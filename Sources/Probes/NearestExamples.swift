/// The nearest of the examples that were offered, in the order of their indices, so far.
struct NearestExamples {
    private let limit: Int
    /// The nearest first; of equally near ones the lower index first.
    private(set) var indices: [Int] = []
    private var distances: [Double] = []

    init(limit: Int) {
        self.limit = limit
        indices.reserveCapacity(limit)
        distances.reserveCapacity(limit)
    }

    /// An example that is not nearer than this does not count any more.
    var farthest: Double { distances.count < limit ? .infinity : distances[limit - 1] }

    /// - Parameter index: higher than any offered before.
    mutating func offer(_ index: Int, distance: Double) {
        guard distance < farthest else { return }
        if distances.count == limit {
            indices.removeLast()
            distances.removeLast()
        }
        var place = distances.count
        while place > 0, distances[place - 1] > distance { place -= 1 }
        indices.insert(index, at: place)
        distances.insert(distance, at: place)
    }
}
