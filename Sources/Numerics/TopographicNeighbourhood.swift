import CKernels

/// The nonzero entries of a topographic kernel over a circular field, as the kernels take them; made once, used at every step.
public struct TopographicNeighbourhood: Sendable {
    public let rows: Int
    public let columns: Int
    let taps: [topographic_tap]

    /// - Parameters:
    ///   - taps: shifts of any size and sign; they wrap around the field.
    ///   - rows: of the field; above 0, as `columns`.
    public init(_ taps: [TopographicTap], rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0, "a topographic field of \(rows) by \(columns)")
        self.rows = rows
        self.columns = columns
        self.taps = taps.map { tap in
            topographic_tap(
                row_shift: UInt32(TopographicTap.modulo(tap.rowShift, rows)),
                column_shift: UInt32(TopographicTap.modulo(tap.columnShift, columns)))
        }
    }
}
