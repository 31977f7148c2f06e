import Foundation

/// A dense matrix of `Float`, row-major and contiguous: the storage of weights, activations and gradients.
///
/// A matrix is a place, not a value: layers write results into matrices that were made once, so that a training step allocates
/// nothing. It is not `Sendable`; the threads of a ``ThreadPool`` share it only within one operation, each writing its own part.
public final class Matrix {
    public let rows: Int
    public let columns: Int

    /// Row r, column c is at r · columns + c. Aligned to 64 bytes; valid as long as the matrix lives.
    public let pointer: UnsafeMutablePointer<Float>

    public var count: Int { rows * columns }

    /// A matrix of zeros.
    ///
    /// - Precondition: neither size is negative, and rows · columns floats are representable and available. Sizes that come from
    ///   outside are checked where they enter (a model's configuration, a file's header).
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix of \(rows) by \(columns)")
        self.rows = rows
        self.columns = columns
        let bytes = max(rows * columns, 1) * MemoryLayout<Float>.stride
        // Matrices above a few megabytes ask for large pages: fewer misses of the address cache while products stream them.
        let hugePage = 2 << 20
        let alignment = bytes >= 2 * hugePage ? hugePage : 64
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, alignment, bytes) == 0, let memory else {
            preconditionFailure("no memory for a matrix of \(rows) by \(columns)")
        }
        if alignment == hugePage { _ = madvise(memory, bytes, Int32(MADV_HUGEPAGE)) }
        pointer = memory.initializeMemory(as: Float.self, repeating: 0, count: max(rows * columns, 1))
    }

    /// A matrix with the given values, row by row.
    ///
    /// - Precondition: `values` holds rows · columns numbers.
    public convenience init(rows: Int, columns: Int, values: [Float]) {
        self.init(rows: rows, columns: columns)
        copy(from: values)
    }

    deinit { free(pointer) }

    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "row \(row), column \(column) of \(rows) by \(columns)")
            return pointer[row * columns + column]
        }
        set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "row \(row), column \(column) of \(rows) by \(columns)")
            pointer[row * columns + column] = newValue
        }
    }

    /// All values, row by row.
    public var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }

    /// A copy of all values, row by row.
    public var values: [Float] { Array(buffer) }

    /// The values of one row.
    public func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
        return UnsafeMutableBufferPointer(start: pointer + index * columns, count: columns)
    }

    /// - Precondition: `values` holds exactly ``count`` numbers.
    public func copy(from values: [Float]) {
        values.withUnsafeBufferPointer { source in
            precondition(source.count == count, "\(source.count) values for a matrix of \(rows) by \(columns)")
            guard let base = source.baseAddress else { return }
            pointer.update(from: base, count: count)
        }
    }

    /// - Precondition: `other` has the same shape.
    public func copy(from other: Matrix) {
        precondition(other.rows == rows && other.columns == columns, "\(other.rows) by \(other.columns) into \(rows) by \(columns)")
        pointer.update(from: other.pointer, count: count)
    }

    public func fill(_ value: Float) { pointer.update(repeating: value, count: count) }
}
