import Foundation
import NeuralNetworks
import Numerics
import Testing

/// Exchanges files with the safetensors library; `Tests/Interop/formats` brings it.
@Suite("Safetensors beside its authors' library")
struct SafetensorsVectorTests {
    static let folder = ProcessInfo.processInfo.environment["REPRISE_VECTORS"]

    private static let values: [Float] = [1, -2, 3.5, 0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity]

    @Test("a file that the library wrote is read, bit for bit", .enabled(if: folder != nil, "REPRISE_VECTORS names no folder"))
    func theirs() throws {
        let folder = try #require(SafetensorsVectorTests.folder)
        let file = try SafetensorsFile(path: folder + "/theirs.safetensors")
        #expect(file.metadata == ["origin": "safetensors"])
        let matrix = try file.load("dense.weight", shape: [2, 4])
        #expect(matrix.values.map(\.bitPattern) == SafetensorsVectorTests.values.map(\.bitPattern))
        let vector = try file.load("dense.bias", shape: [3])
        #expect(vector.values == [0.25, -0.5, 1e-30])
    }

    @Test("a file is written for the library to read", .enabled(if: folder != nil, "REPRISE_VECTORS names no folder"))
    func ours() throws {
        let folder = try #require(SafetensorsVectorTests.folder)
        try SafetensorsFile.write(
            [
                NamedMatrix(
                    name: "dense.weight", shape: [2, 4], matrix: Matrix(rows: 2, columns: 4, values: SafetensorsVectorTests.values)),
                NamedMatrix(name: "dense.bias", shape: [3], matrix: Matrix(rows: 1, columns: 3, values: [0.25, -0.5, 1e-30])),
            ], metadata: ["origin": "reprise"], to: folder + "/ours.safetensors")
    }
}
