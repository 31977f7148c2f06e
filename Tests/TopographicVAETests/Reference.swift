import Datasets
import Foundation
import Numerics
import Testing

/// The reference vectors: NumPy files computed with the paper's PyTorch implementation. What to compare is read off the files themselves, so that
/// other vectors of the same kind need only another folder in `REPRISE_REFERENCE`.
enum Reference {
    static let folder: String = {
        if let named = ProcessInfo.processInfo.environment["REPRISE_REFERENCE"] { return named }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/reference").path
    }()

    /// A folder that is there must hold every file, and a folder that was asked for must be there.
    static let isPresent =
        ProcessInfo.processInfo.environment["REPRISE_REFERENCE"] != nil || FileManager.default.fileExists(atPath: folder)
    static let absence: Comment = "no reference vectors: set REPRISE_REFERENCE to their folder"

    static func open(_ name: String) throws -> NPZFile { try NPZFile(path: "\(folder)/topographic-vae/\(name).npz") }

    /// The names that `pattern` finds among a file's arrays, in order, each once. A file without any is a case of its own, one that fails:
    /// nothing may pass because there was nothing to compare.
    static func cases(in name: String, _ pattern: some RegexComponent<(Substring, Substring)>) -> [String] {
        guard isPresent else { return [] }
        do {
            let names = Set(try open(name).names.compactMap { $0.wholeMatch(of: pattern).map { String($0.output.1) } })
            return names.isEmpty ? ["nothing to compare in \(name).npz"] : names.sorted()
        } catch {
            return ["\(error)"]
        }
    }
}

extension NPZFile {
    /// An array as a matrix with its last `trailing` dimensions as columns.
    func matrix(_ name: String, trailing: Int) throws -> Matrix {
        let (shape, values) = try floats(name)
        let columns = shape.suffix(trailing).reduce(1, *)
        try #require(!values.isEmpty && shape.count > trailing, "\(name) is empty or has too few dimensions: \(shape)")
        return Matrix(rows: values.count / columns, columns: columns, values: values)
    }

    func scalar(_ name: String) throws -> Double {
        let values = try floats(name).values
        return Double(try #require(values.first, "\(name) is empty"))
    }

    /// A number of a setting, where the file states it.
    func setting(_ name: String) throws -> Double? {
        guard names.contains(name) else { return nil }
        if let whole = try? integers(name).values.first { return Double(whole) }
        return try doubles(name).values.first
    }
}

/// The largest difference of two arrays relative to the largest entry of the expected one.
func relativeDifference(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count, !expected.isEmpty else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs(Double($1))) }
    let difference = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    if difference.isNaN || found.contains(where: \.isNaN) || !scale.isFinite { return .infinity }
    return scale > 0 ? difference / scale : difference
}

func relativeDifference(_ found: Double, _ expected: Double) -> Double {
    abs(found - expected) / max(abs(expected), .leastNormalMagnitude)
}

/// An arithmetic on so many threads.
func arithmetic(threads: Int = 2) -> PortableArithmetic { PortableArithmetic(pool: ThreadPool(threads: threads)) }
