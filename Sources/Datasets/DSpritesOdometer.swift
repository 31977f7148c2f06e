/// Counts through a grid's images in the archive's order.
struct DSpritesOdometer {
    /// For each factor, its value in the current image.
    private(set) var values: [Int]
    private let sizes: [Int]
    private let isKept: [[Bool]]

    init(_ grid: DSpritesGrid) {
        sizes = grid.factors.map(\.size)
        values = sizes.map { _ in 0 }
        isKept = grid.factors.map { factor in (0..<factor.size).map { factor.kept.contains($0) } }
    }

    var isCurrentKept: Bool { values.indices.allSatisfy { isKept[$0][values[$0]] } }

    mutating func advance() {
        for position in values.indices.reversed() {
            values[position] += 1
            if values[position] < sizes[position] { return }
            values[position] = 0
        }
    }
}
