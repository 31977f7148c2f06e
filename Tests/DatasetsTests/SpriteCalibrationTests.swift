import Datasets
import Testing

@Suite(
    "Sprites against frames of dSprites itself",
    .enabled(if: Fixtures.hasCalibrationFrames, "the calibration frames are not on this machine"))
struct SpriteCalibrationTests {
    /// Which latent values the frames show, in the order of the authors' animation: for the heart a sweep of scale up, down and up, of orientation,
    /// of y and x to the far corner and back, and of scale down; for the others the sweeps of scale and orientation, which a frame or two joins.
    static let latents: [SpriteLatents?] = {
        func sprite(_ shape: SpriteShape, _ scale: Int, _ orientation: Int, _ x: Int, _ y: Int) -> SpriteLatents? {
            try? SpriteLatents(shape: shape, scale: scale, orientation: orientation, x: x, y: y)
        }
        func sweepsOfScaleAndOrientation(_ shape: SpriteShape) -> [SpriteLatents?] {
            (Array(0..<6) + (0..<6).reversed() + Array(0..<6)).map { sprite(shape, $0, 0, 0, 0) }
                + (0..<40).map { sprite(shape, 5, $0, 0, 0) }
        }
        let heart =
            sweepsOfScaleAndOrientation(.heart) + (0..<32).map { sprite(.heart, 5, 0, 0, $0) }
            + (0..<32).map { sprite(.heart, 5, 0, $0, 31) } + (0..<32).reversed().map { sprite(.heart, 5, 0, 31, $0) }
            + (0..<32).reversed().map { sprite(.heart, 5, 0, $0, 0) } + (0..<6).reversed().map { sprite(.heart, $0, 0, 0, 0) }
        return heart
            + [SpriteShape.ellipse, .square].flatMap { shape in
                sweepsOfScaleAndOrientation(shape) + (0..<6).reversed().map { sprite(shape, $0, 0, 0, 0) }
            }
    }()

    @Test("areas agree within 5 %, and shapes overlap: square and ellipse by 0.90, the heart by 0.85")
    func overlap() throws {
        let frames = try NPYArray(path: Fixtures.calibrationFrames, limit: 1 << 22)
        try #require(frames.shape == [320, 64, 64])
        try #require(Self.latents.count == 320)
        let generator = try SpriteGenerator(side: 64)

        for shape in SpriteShape.allCases {
            var overlaps: [Double] = []
            var areas: [Int: (real: Int, generated: Int)] = [:]
            for (index, latents) in Self.latents.enumerated() {
                guard let latents, latents.shape == shape else { continue }
                let packed = generator.packedImage(latents)
                var both = 0
                var either = 0
                var area = (real: 0, generated: 0)
                for pixel in 0..<4096 {
                    let real = Int(frames.bytes[index * 4096 + pixel])
                    let generated = Int(packed[pixel >> 3] >> UInt8(7 - pixel & 7)) & 1
                    both += real & generated
                    either += real | generated
                    area.real += real
                    area.generated += generated
                }
                overlaps.append(Double(both) / Double(either))
                if latents.orientation == 0, latents.x == 0, latents.y == 0 { areas[latents.scale] = area }
            }
            let mean = overlaps.reduce(0, +) / Double(overlaps.count)
            let text = areas.sorted { $0.key < $1.key }.map { "\($0.value.generated)/\($0.value.real)" }.joined(separator: " ")
            print(
                "\(shape): areas generated/real by scale \(text); intersection over union, mean of \(overlaps.count) frames "
                    + "\(rounded(mean)), least \(rounded(overlaps.min() ?? 0))")
            #expect(areas.count == 6)
            for (scale, area) in areas {
                #expect(abs(Double(area.generated) / Double(area.real) - 1) <= 0.05, "\(shape), scale \(scale): \(area)")
            }
            #expect(mean >= (shape == .heart ? 0.85 : 0.90), "\(shape): \(mean)")
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
