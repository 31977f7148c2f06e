import Datasets
import Foundation
import Integrity
import Testing

@Suite("Generated sprites")
struct SpriteTests {
    static let images32 = Result { try SpriteImages(SpriteGenerator(side: 32).generate(), name: "generated") }

    @Test(
        "the generated files' bytes are the same on every machine",
        arguments: [
            (32, 6_480_128, "3016b125311ab5c1b8887e514a219beffc71dc04f9d89acfaa8269b96335164a"),
            (64, 25_920_128, "95fa4e885c20ea18216efb9fc709f2f232174e6418b15d6da482f5c58f512dd3"),
        ])
    func pinnedBytes(side: Int, size: Int, digest: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/sprites.npy"
            try SpriteGenerator(side: side).write(to: path)
            let file = try SHA256Digest.ofFile(at: path)
            #expect(file.size == size)
            #expect(file.digest.hex == digest)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sprites.npy"])
            #expect(try SpriteImages(path: path).side == side)
        }
    }

    @Test("an index and its place in the subset name each other")
    func mixedRadix() {
        #expect(SpriteSubset.count == 50_625)
        #expect((0..<SpriteSubset.count).allSatisfy { SpriteSubset.Position(index: $0).index == $0 })
        let last = SpriteSubset.Position(index: SpriteSubset.count - 1)
        #expect((last.shape, last.scale, last.orientation, last.x, last.y) == (2, 4, 14, 14, 14))
        #expect(last.latents == (try? SpriteLatents(shape: .heart, scale: 5, orientation: 28, x: 28, y: 28)))
    }

    @Test("no image of the subset is empty, touches the frame's edge or equals its neighbour in the subset")
    func everyImageIsWhole() throws {
        let images = try Self.images32.get()
        var before = [Float](repeating: 0, count: 1024)
        var image = before
        for index in 0..<SpriteSubset.count {
            image.withUnsafeMutableBufferPointer { images.unpack(index, into: $0) }
            let border = (0..<32).flatMap { [$0, 992 + $0, 32 * $0, 32 * $0 + 31] }
            let edge = border.contains { image[$0] > 0 }
            if edge || image == before || image.reduce(0, +) < 16 {
                Issue.record("image \(index) at \(SpriteSubset.Position(index: index))")
                return
            }
            swap(&before, &image)
        }
    }

    @Test("side 32 halves the areas of side 64 twice")
    func resolutions() throws {
        for shape in SpriteShape.allCases {
            let latents = try SpriteLatents(shape: shape, scale: 5, orientation: 8, x: 10, y: 20)
            func area(_ side: Int) throws -> Int {
                try SpriteGenerator(side: side).packedImage(latents).reduce(0) { $0 + $1.nonzeroBitCount }
            }
            let ratio = Double(try area(64)) / Double(try area(32))
            #expect(abs(ratio - 4) < 0.3, "\(shape): \(ratio)")
        }
    }

    @Test("values outside dSprites' grid and other sides are refused")
    func outside() {
        #expect(throws: DatasetError.self) { try SpriteGenerator(side: 48) }
        #expect(throws: DatasetError.self) { try SpriteLatents(shape: .square, scale: 6, orientation: 0, x: 0, y: 0) }
        #expect(throws: DatasetError.self) { try SpriteLatents(shape: .square, scale: 0, orientation: 40, x: 0, y: 0) }
        #expect(throws: DatasetError.self) { try SpriteLatents(shape: .square, scale: 0, orientation: 0, x: -1, y: 0) }
        #expect(throws: DatasetError.self) { try SpriteLatents(shape: .square, scale: 0, orientation: 0, x: 0, y: 32) }
    }

    @Test("a file of another shape or element type is refused by name")
    func wrongFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/other.npy"
            try NPYArray(uint8s: [UInt8](repeating: 0, count: 128), shape: [1, 128]).write(to: path)
            #expect { try SpriteImages(path: path) } throws: { "\($0)".contains(path) && "\($0)".contains("[1, 128]") }
            try NPYArray(floats: [1], shape: [1]).write(to: path)
            #expect(throws: DatasetError.self) { try SpriteImages(path: path) }
        }
    }

    // MARK: Sequences

    @Test("a sequence does not depend on the batch that it is in")
    func batchIndependence() throws {
        let dataset = SpriteSequences(images: try Self.images32.get())
        let alone = MNISTSequencesTests.batch(dataset, [40_000])
        let together = MNISTSequencesTests.batch(dataset, [1, 2, 40_000])
        let size = 15 * 1024
        #expect(alone.frames == Array(together.frames[(2 * size)...]))
        #expect(alone.factors == Array(together.factors[120...]))
    }

    @Test("one factor moves from the image's own values, modulo its size; frames are the images that the factors name")
    func sequences() throws {
        let images = try Self.images32.get()
        let dataset = SpriteSequences(images: images)
        let indices = [0, 777, 12_345, 33_333, 50_624]
        var moved: Set<Int> = []
        for epoch in 0..<UInt32(4) {
            let batch = MNISTSequencesTests.batch(dataset, indices, epoch: epoch)
            for (sequence, index) in indices.enumerated() {
                let own = SpriteSubset.Position(index: index)
                let start = [own.x, own.y, own.orientation, own.scale]
                #expect(batch.labels[sequence] == own.shape)
                moved.insert(batch.movingFactor[sequence])
                for frame in 0..<15 {
                    let row = sequence * 15 + frame
                    let expected = (0..<4).map {
                        $0 == batch.movingFactor[sequence] ? (start[$0] + frame) % dataset.factorSizes[$0] : start[$0]
                    }
                    #expect(Array(batch.factors[(row * 4)..<(row * 4 + 4)]) == expected)
                    var named = own
                    (named.x, named.y, named.orientation, named.scale) = (expected[0], expected[1], expected[2], expected[3])
                    var image = [Float](repeating: .nan, count: 1024)
                    image.withUnsafeMutableBufferPointer { images.unpack(named.index, into: $0) }
                    #expect(Array(batch.frames[(row * 1024)..<((row + 1) * 1024)]) == image, "sequence \(sequence), frame \(frame)")
                }
            }
        }
        #expect(moved == [0, 1, 2, 3])
    }

    @Test("splits share the images but not the draws")
    func splits() throws {
        let dataset = SpriteSequences(images: try Self.images32.get())
        #expect(!dataset.hasHeldOutParts)
        let images = Array(100..<120)
        let moving = Split.allCases.map { MNISTSequencesTests.batch(dataset, images, split: $0).movingFactor }
        #expect(Set(moving).count == 3)
        #expect(moving[0] != MNISTSequencesTests.batch(dataset, images, epoch: 1).movingFactor)
    }
}
