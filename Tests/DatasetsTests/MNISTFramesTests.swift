import Datasets
import Testing

@Suite("MNIST frames")
struct MNISTFramesTests {
    static func dataset(splitSeed: UInt64 = 1) throws -> MNISTFrames {
        try MNISTFrames(
            images: MNISTSequencesTests.images(50, state: 1), testImages: MNISTSequencesTests.images(20, state: 2), splitSeed: splitSeed)
    }

    @Test("a sequence is one image in grey, untouched, with its class", arguments: Split.allCases)
    func untouched(split: Split) throws {
        let dataset = try Self.dataset()
        let batch = MNISTSequencesTests.batch(dataset, [3, 7], split: split)
        let source = try MNISTSequencesTests.images(split == .test ? 20 : 50, state: split == .test ? 2 : 1)
        for (position, image) in [3, 7].enumerated() {
            let index = dataset.sourceIndex(of: image, in: split)
            #expect(batch.labels[position] == Int(source.labels[index]))
            let expected = source.pixels[(index * 784)..<((index + 1) * 784)].map { Float($0) / 255 }
            #expect(Array(batch.frames[(position * 784)..<((position + 1) * 784)]) == expected)
        }
        #expect(batch.movingFactor == [-1, -1])
        #expect(batch.factors.isEmpty)
    }

    @Test("the parts are those of the sequences of the same seed")
    func parts() throws {
        let frames = try Self.dataset(splitSeed: 5)
        let sequences = try MNISTSequencesTests.dataset(splitSeed: 5)
        for split in Split.allCases {
            #expect(frames.count(of: split) == sequences.count(of: split))
            let all = 0..<frames.count(of: split)
            #expect(all.map { frames.sourceIndex(of: $0, in: split) } == all.map { sequences.sourceIndex(of: $0, in: split) })
        }
    }
}
