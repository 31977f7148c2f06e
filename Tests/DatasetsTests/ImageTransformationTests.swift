import Datasets
import Testing

@Suite("Warp and hue")
struct ImageTransformationTests {
    static func warp(_ dot: (x: Int, y: Int), rotation: Int, scale: Int) -> [Float] {
        var image = [Float](repeating: 0, count: 900)
        image[(dot.y + 1) * 30 + dot.x + 1] = 1
        var warped = [Float](repeating: .nan, count: 784)
        image.withUnsafeBufferPointer { image in
            warped.withUnsafeMutableBufferPointer { AffineWarp(rotation: rotation, scale: scale).apply(to: image, into: $0) }
        }
        return warped
    }

    /// The centre of the ink.
    static func centre(_ image: [Float]) -> (x: Float, y: Float) {
        var x: Float = 0
        var y: Float = 0
        var total: Float = 0
        for (pixel, ink) in image.enumerated() {
            x += ink * Float(pixel % 28)
            y += ink * Float(pixel / 28)
            total += ink
        }
        return (x / total, y / total)
    }

    @Test("a positive rotation is counter-clockwise on the screen")
    func direction() {
        let turned = Self.centre(Self.warp((x: 22, y: 14), rotation: 4, scale: 10))
        #expect(turned.y < 8, "80° should carry a dot at the right to the top; it is at \(turned)")
    }

    @Test("pixel (14, 14) stays where it is under every rotation and scale")
    func fixedPoint() {
        for rotation in 0..<18 {
            for scale in 0..<18 {
                let warped = Self.warp((x: 14, y: 14), rotation: rotation, scale: scale)
                #expect(warped[14 * 28 + 14] == 1)
            }
        }
    }

    @Test("every pixel is written and stays in [0, 1], also where the source lies outside")
    func range() {
        for rotation in 0..<18 {
            for scale in [0, 17] {
                #expect(Self.warp((x: 27, y: 0), rotation: rotation, scale: scale).allSatisfy { (0...1).contains($0) })
            }
        }
    }

    @Test("the angle 180° leaves colours alone, as the reference's offset of half a turn asks")
    func neutralHue() {
        let colors: [SIMD3<Float>] = [SIMD3(1, 0, 0), SIMD3(0.5, 0.5, 0.5), SIMD3(0, 0, 0), SIMD3(0.25, 0.75, 0.5), SIMD3(0.5, 0.25, 1)]
        for color in colors {
            let turned = HueRotation(angle: 9).apply(to: color)
            for channel in 0..<3 { #expect(abs(turned[channel] - color[channel]) < 1e-6, "\(color) became \(turned)") }
        }
    }

    @Test("turning pure red agrees with multiplying by red's gains", arguments: 0..<18)
    func gains(angle: Int) {
        let hue = HueRotation(angle: angle)
        let turned = hue.apply(to: SIMD3(0.7, 0, 0))
        for channel in 0..<3 { #expect(abs(turned[channel] - 0.7 * hue.gainsOfRed[channel]) < 1e-6) }
    }

    @Test("a third of a turn carries red to green and green to blue")
    func thirdOfATurn() {
        let hue = HueRotation(angle: 15)  // 300° − 180°
        #expect(hue.gainsOfRed == SIMD3(0, 1, 0))
        #expect(hue.apply(to: SIMD3(0, 1, 0)) == SIMD3(0, 0, 1))
    }
}
