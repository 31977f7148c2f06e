/// One nonzero entry of a topographic kernel: the output at (row, column) takes the input at (row − rowShift, column − columnShift), circular.
public struct TopographicTap: Hashable, Sendable {
    public var rowShift: Int
    public var columnShift: Int

    public init(rowShift: Int, columnShift: Int) {
        self.rowShift = rowShift
        self.columnShift = columnShift
    }

    /// The tap of the adjoint (backward) sum.
    public var reversed: TopographicTap { TopographicTap(rowShift: -rowShift, columnShift: -columnShift) }

    /// The representative of `value` in 0 ..< size.
    static func modulo(_ value: Int, _ size: Int) -> Int {
        let rest = value % size
        return rest < 0 ? rest + size : rest
    }
}
