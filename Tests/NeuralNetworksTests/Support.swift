import Foundation
import NeuralNetworks
import Numerics

func arithmetic(threads: Int = 2) -> PortableArithmetic { PortableArithmetic(pool: ThreadPool(threads: threads)) }

/// Reproducible values in [−1, 1) · scale; every matrix of a test gets a stream number of its own.
func sampleMatrix(_ rows: Int, _ columns: Int, stream: UInt32, scale: Float = 1) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    arithmetic().elementwise.fillUniform(matrix, bound: scale, Philox(seed: 42), .initialisation, step: stream)
    return matrix
}

/// Σ a · b in double: the scalar that gradient tests differentiate.
func inner(_ a: Matrix, _ b: Matrix) -> Double { zip(a.buffer, b.buffer).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

/// The derivative of `loss` along a random direction of `matrix`, by central differences, beside the gradient's projection on it.
func directionalDerivative(of matrix: Matrix, gradient: Matrix, stream: UInt32, step: Float = 1e-2, _ loss: () -> Double) -> (
    measured: Double, computed: Double
) {
    let direction = sampleMatrix(matrix.rows, matrix.columns, stream: stream)
    let original = matrix.values
    func moved(by distance: Float) -> Double {
        for index in 0..<matrix.count { matrix.pointer[index] = original[index] + distance * direction.pointer[index] }
        return loss()
    }
    let measured = (moved(by: step) - moved(by: -step)) / Double(2 * step)
    matrix.copy(from: original)
    return (measured, inner(gradient, direction))
}

func agree(_ derivative: (measured: Double, computed: Double), tolerance: Double = 2e-3) -> Bool {
    abs(derivative.measured - derivative.computed) <= tolerance * max(abs(derivative.measured), abs(derivative.computed), 1e-2)
}

/// A folder that is removed with the value that holds it.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("reprise-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}
