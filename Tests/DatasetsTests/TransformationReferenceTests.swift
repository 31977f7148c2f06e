import Datasets
import Testing

@Suite(
    "Warp and hue against the reference implementation",
    .enabled(if: Fixtures.hasTransforms, "the reference vectors or the MNIST files are not on this machine"))
struct TransformationReferenceTests {
    @Test("every frame of the recorded sequences agrees within 1e-5", arguments: ["rotation", "scale", "hue"])
    func frames(moving: String) throws {
        let reference = try NPZFile(path: Fixtures.transforms)
        let images = try IDXFile(path: Fixtures.mnist("train-images-idx3-ubyte.gz"))
        let index = try #require(try reference.integers("\(moving)_image_index").values.first)
        let degrees = try reference.doubles("\(moving)_angle_degrees").values
        let scales = try reference.doubles("\(moving)_scale").values
        let turns = try reference.doubles("\(moving)_hue_radians").values
        let frames = try reference.floats("\(moving)_frames")
        try #require(frames.shape == [18, 3, 28, 28])

        var image = [Float](repeating: 0, count: 30 * 30)
        for pixel in 0..<784 { image[(pixel / 28 + 1) * 30 + pixel % 28 + 1] = Float(images.bytes[index * 784 + pixel]) / 255 }
        var largest: Float = 0
        for frame in 0..<18 {
            let rotation = try #require(AffineWarp.rotations.firstIndex { Double($0) == degrees[frame] })
            let scale = try #require(AffineWarp.scales.firstIndex(of: scales[frame]))
            let angle = try #require(
                HueRotation.angles.firstIndex { abs(Double($0) * .pi / 180 - .pi - turns[frame]) < 1e-9 })
            var warped = [Float](repeating: .nan, count: 784)
            image.withUnsafeBufferPointer { image in
                warped.withUnsafeMutableBufferPointer { AffineWarp(rotation: rotation, scale: scale).apply(to: image, into: $0) }
            }
            for pixel in 0..<784 {
                let color = HueRotation(angle: angle).apply(to: SIMD3(warped[pixel], 0, 0))
                for channel in 0..<3 {
                    largest = max(largest, abs(color[channel] - frames.values[(frame * 3 + channel) * 784 + pixel]))
                }
            }
        }
        print("\(moving): largest difference from the reference \(largest)")
        #expect(largest <= 1e-5, "largest difference \(largest)")
    }
}
