import Datasets
import Foundation
import Numerics
import Testing

/// The reference vectors: NumPy files computed with the paper's PyTorch implementation.
enum Reference {
    static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["REPRISE_REFERENCE"] { return named }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/reference").path
    }()

    static let isPresent = FileManager.default.fileExists(atPath: folder + "/topographic-vae/metrics.npz")
    static let absence: Comment = "no reference vectors: set REPRISE_REFERENCE to their folder"

    static func open(_ name: String) throws -> NPZFile { try NPZFile(path: "\(folder)/topographic-vae/\(name).npz") }
}

extension NPZFile {
    /// An array as a matrix with its last `trailing` dimensions as columns.
    func matrix(_ name: String, trailing: Int) throws -> Matrix {
        let (shape, values) = try floats(name)
        let columns = shape.suffix(trailing).reduce(1, *)
        return Matrix(rows: values.count / columns, columns: columns, values: values)
    }

    func scalar(_ name: String) throws -> Double {
        let values = try floats(name).values
        return Double(try #require(values.first, "\(name) is empty"))
    }
}

/// The largest difference of two arrays relative to the largest entry of the expected one.
func relativeDifference(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs(Double($1))) }
    let difference = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    if difference.isNaN || found.contains(where: \.isNaN) { return .infinity }
    return scale > 0 ? difference / scale : difference
}

func relativeDifference(_ found: Double, _ expected: Double) -> Double {
    abs(found - expected) / max(abs(expected), .leastNormalMagnitude)
}

/// An arithmetic on so many threads.
func arithmetic(threads: Int = 2) -> PortableArithmetic { PortableArithmetic(pool: ThreadPool(threads: threads)) }
