import Datasets
import Foundation
import Testing

@Suite("Perspective warp")
struct PerspectiveWarpTests {
    typealias Rows = [[Double]]

    /// A smooth image, so that a slip of a fraction of a pixel shows: [30, 30] with its border of zeros.
    static let image: [Float] = {
        var image = [Float](repeating: 0, count: 900)
        for row in 0..<28 {
            for column in 0..<28 {
                image[(row + 1) * 30 + column + 1] = Float(0.5 + 0.3 * sin(Double(row) / 3) + 0.2 * cos(Double(column) / 4))
            }
        }
        return image
    }()

    static func warped(_ image: [Float], angle: Int) -> [Float] {
        var output = [Float](repeating: .nan, count: 784)
        image.withUnsafeBufferPointer { image in
            output.withUnsafeMutableBufferPointer { PerspectiveWarp(angle: angle).apply(to: image, into: $0) }
        }
        return output
    }

    static func product(_ a: Rows, _ b: Rows) -> Rows {
        a.map { row in (0..<b[0].count).map { column in zip(row, b).reduce(0) { $0 + $1.0 * $1.1[column] } } }
    }

    /// The projection written as the usual chain of matrices: the pixel lifted to z = 1, turned about z, then about y, moved away, projected.
    static func projection(degrees: Double) -> Rows {
        let angle = degrees * .pi / 180
        let (c, s) = (cos(angle), sin(angle))
        let focal = (28.0 * 28 + 28 * 28).squareRoot() / (2 * s)
        let lift: Rows = [[1, 0, -14], [0, 1, -14], [0, 0, 1], [0, 0, 1]]
        let aboutZ: Rows = [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        let aboutY: Rows = [[c, 0, -s, 0], [0, 1, 0, 0], [s, 0, c, 0], [0, 0, 0, 1]]
        let away: Rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, focal], [0, 0, 0, 1]]
        let project: Rows = [[focal, 0, 14, 0], [0, focal, 14, 0], [0, 0, 1, 0]]
        return product(project, product(away, product(aboutY, product(aboutZ, lift))))
    }

    /// The inverse up to a factor: the adjugate.
    static func inverse(_ m: Rows) -> Rows {
        func minor(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double { m[a][c] * m[b][d] - m[a][d] * m[b][c] }
        return [
            [minor(1, 2, 1, 2), -minor(0, 2, 1, 2), minor(0, 1, 1, 2)], [-minor(1, 2, 0, 2), minor(0, 2, 0, 2), -minor(0, 1, 0, 2)],
            [minor(1, 2, 0, 1), -minor(0, 2, 0, 1), minor(0, 1, 0, 1)],
        ]
    }

    @Test("agrees with the chain of projection matrices that it abbreviates", arguments: 1..<18)
    func matrices(angle: Int) {
        let back = Self.inverse(Self.projection(degrees: Double(PerspectiveWarp.angles[angle])))
        let output = Self.warped(Self.image, angle: angle)
        var largest: Float = 0
        for row in 0..<28 {
            for column in 0..<28 {
                let source = Self.product(back, [[Double(column)], [Double(row)], [1]])
                let x = source[0][0] / source[2][0]
                let y = source[1][0] / source[2][0]
                var expected: Float = 0
                if x > -1, x < 28, y > -1, y < 28 {
                    let (left, top) = (Int(floor(x)), Int(floor(y)))
                    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                        let weight = (1 - abs(x - Double(left + dx))) * (1 - abs(y - Double(top + dy)))
                        expected += Float(weight) * Self.image[(top + dy + 1) * 30 + left + dx + 1]
                    }
                }
                largest = max(largest, abs(expected - output[row * 28 + column]))
            }
        }
        #expect(largest < 1e-4, "largest difference \(largest)")
    }

    @Test("no pixel of the image is behind the camera at any angle", arguments: 1..<18)
    func inFront(angle: Int) {
        let projection = Self.projection(degrees: Double(PerspectiveWarp.angles[angle]))
        let depths = [(0.0, 0.0), (27, 0), (0, 27), (27, 27)].map { Self.product(projection, [[$0.0], [$0.1], [1]])[2][0] }
        #expect(depths.allSatisfy { $0 > 0 } || depths.allSatisfy { $0 < 0 })
    }

    @Test("the angle 0 leaves the image alone")
    func identity() {
        let inside = (1...28).flatMap { row in Self.image[(row * 30 + 1)...(row * 30 + 28)] }
        #expect(Self.warped(Self.image, angle: 0) == inside)
    }

    @Test("every pixel is written and stays in the image's range", arguments: 0..<18)
    func range(angle: Int) {
        #expect(Self.warped(Self.image, angle: angle).allSatisfy { (0...1).contains($0) })
    }
}
