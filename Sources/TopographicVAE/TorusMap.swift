/// A number for each latent, laid out on a torus: side × side positions, row after row.
public struct TorusMap: Hashable, Sendable {
    public let side: Int
    /// [side · side]
    public let values: [Double]

    /// The smallest torus on which a position's 8 neighbours are 8 positions.
    public static let smallestSide = 3

    /// - Precondition: side ≥ 3 and one value for each position.
    public init(side: Int, values: [Double]) {
        precondition(side >= TorusMap.smallestSide && values.count == side * side, "\(values.count) values on a torus of side \(side)")
        self.side = side
        self.values = values
    }

    /// Distances at which rings of positions do not meet themselves on the other side.
    public static func distances(side: Int) -> Range<Int> { 1..<max(2, (side + 1) / 2) }

    /// Moran's I, how alike positions are that lie `distance` apart (the larger of the two shifts, along rows and columns; 1 means the 8
    /// neighbours): 1 is alike, −1 unlike, and −1 / (n − 1) is expected of positions in random order. nil where the map is constant.
    ///
    ///     I = (n / Σ w_ij) · Σ w_ij (x_i − x̄)(x_j − x̄) / Σ (x_i − x̄)²,   w_ij = 1 where j is so far from i, else 0.
    ///
    /// Source: Moran, "Notes on continuous stochastic phenomena", Biometrika 37, 1950.
    public func moranI(distance: Int = 1) -> Double? {
        guard let standardised else { return nil }
        let pairs = NeighbourPairs(side: side, distance: distance)
        return pairs.sumOfProducts(standardised) / Double(pairs.shifts.count)
    }

    /// The values less their mean, scaled so that their squares sum to 1: Moran's I is then the mean over shifts of Σ x_i x_j. nil where the
    /// map is constant.
    var standardised: [Double]? {
        // Rounding would leave a constant map with some variance.
        guard let first = values.first, values.contains(where: { $0 != first }) else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let scale = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
        return scale > 0 && scale.isFinite ? values.map { ($0 - mean) / scale } : nil
    }
}

/// The pairs of positions of a torus that lie so far apart, each pair once.
struct NeighbourPairs {
    let side: Int
    /// (rows, columns): half of a ring; the other half would give the same pairs again.
    let shifts: [(rows: Int, columns: Int)]

    init(side: Int, distance: Int) {
        self.side = side
        var shifts: [(rows: Int, columns: Int)] = []
        for rows in 0...distance {
            for columns in -distance...distance where max(rows, abs(columns)) == distance && (rows > 0 || columns > 0) {
                shifts.append((rows, columns))
            }
        }
        self.shifts = shifts
    }

    /// Calls `body` with both positions of each pair.
    @inline(__always)
    func forEach(_ body: (Int, Int) -> Void) {
        for (rows, columns) in shifts {
            for row in 0..<side {
                let other = (row + rows) % side * side
                for column in 0..<side { body(row * side + column, other + (column + columns + side) % side) }
            }
        }
    }

    /// Σ x_i x_j over the pairs.
    func sumOfProducts(_ values: [Double]) -> Double {
        var sum = 0.0
        forEach { sum += values[$0] * values[$1] }
        return sum
    }
}
