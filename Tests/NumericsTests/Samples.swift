import Foundation
import Numerics

/// Reproducible values in [−1, 1) · scale; every matrix of a test gets a stream number of its own.
func sampleMatrix(_ rows: Int, _ columns: Int, stream: UInt32, scale: Float = 1) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    Elementwise(pool: ThreadPool(threads: 1)).fillUniform(matrix, bound: scale, Philox(seed: 42), .initialisation, step: stream)
    return matrix
}

/// Units in the last place of the expected value between a Float and what it should be.
func unitsInLastPlace(_ found: Float, _ expected: Double) -> Double {
    let rounded = Float(expected)
    if rounded.isNaN || found.isNaN { return rounded.isNaN && found.isNaN ? 0 : .infinity }
    if rounded.isInfinite || found.isInfinite { return rounded == found ? 0 : .infinity }
    return abs(Double(found) - expected) / Double(max(rounded.ulp, .leastNonzeroMagnitude))
}

/// Bit patterns, so that comparisons see signs of zero and do not pass over NaN.
func bits(_ matrix: Matrix) -> [UInt32] { matrix.values.map(\.bitPattern) }
