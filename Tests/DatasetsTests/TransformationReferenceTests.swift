import Datasets
import Testing

@Suite(
    "Warp and hue against the reference implementation",
    .enabled(if: Fixtures.hasTransforms, "the reference vectors or the MNIST files are not on this machine"))
struct TransformationReferenceTests {
    /// What the file holds frames of. A file that cannot be read, or holds none, is a case that fails.
    static let recorded: [String] = {
        guard Fixtures.hasTransforms else { return [] }
        do {
            let names = try NPZFile(path: Fixtures.transforms).names
            let cases = Set(names.map { $0.replacing(/_(image_index|angle_degrees|scale|hue_radians|frames)$/, with: "") })
            return cases.isEmpty ? ["nothing to compare in \(Fixtures.transforms)"] : cases.sorted()
        } catch {
            return ["\(error)"]
        }
    }()

    @Test("every frame of the recorded sequences agrees within 1e-5", arguments: recorded)
    func frames(moving: String) throws {
        let reference = try NPZFile(path: Fixtures.transforms)
        let images = try IDXFile(path: Fixtures.mnist("train-images-idx3-ubyte.gz"))
        let indices = try reference.integers("\(moving)_image_index").values
        let degrees = try reference.doubles("\(moving)_angle_degrees").values
        let scales = try reference.doubles("\(moving)_scale").values
        let turns = try reference.doubles("\(moving)_hue_radians").values
        let frames = try reference.floats("\(moving)_frames")
        let count = frames.values.count / (3 * 784)
        try #require(frames.shape.suffix(3) == [3, 28, 28] && count > 0 && !indices.isEmpty && count % indices.count == 0)
        let length = count / indices.count
        // One setting a frame, or one a step that all images share.
        for settings in [degrees, scales, turns] { try #require([count, length].contains(settings.count)) }

        var largest: Float = 0
        for frame in 0..<count {
            let index = indices[frame / length]
            try #require(index >= 0 && (index + 1) * 784 <= images.bytes.count)
            var image = [Float](repeating: 0, count: 30 * 30)
            for pixel in 0..<784 { image[(pixel / 28 + 1) * 30 + pixel % 28 + 1] = Float(images.bytes[index * 784 + pixel]) / 255 }
            let degree = degrees[frame % degrees.count]
            let rotation = try #require(AffineWarp.rotations.firstIndex { abs(Double($0) - degree) < 1e-9 })
            let scale = try #require(AffineWarp.scales.firstIndex { abs($0 - scales[frame % scales.count]) < 1e-9 })
            let angle = try #require(
                HueRotation.angles.firstIndex { abs(Double($0) * .pi / 180 - .pi - turns[frame % turns.count]) < 1e-9 })
            var warped = [Float](repeating: .nan, count: 784)
            image.withUnsafeBufferPointer { image in
                warped.withUnsafeMutableBufferPointer { AffineWarp(rotation: rotation, scale: scale).apply(to: image, into: $0) }
            }
            for pixel in 0..<784 {
                let color = HueRotation(angle: angle).apply(to: SIMD3(warped[pixel], 0, 0))
                for channel in 0..<3 {
                    let difference = abs(color[channel] - frames.values[(frame * 3 + channel) * 784 + pixel])
                    largest = difference.isNaN ? .infinity : max(largest, difference)
                }
            }
        }
        #expect(largest <= 1e-5, "largest difference \(largest)")
    }
}
