import Datasets
import Numerics

/// The sequences that steps are timed on.
enum Sequences {
    static let seed: UInt64 = 1

    /// MNIST's, from a folder with its four files.
    static func mnist(_ folder: String) throws -> MNISTSequences {
        func images(_ prefix: String) throws -> MNISTImages {
            try MNISTImages(
                imagesPath: "\(folder)/\(prefix)-images-idx3-ubyte.gz", labelsPath: "\(folder)/\(prefix)-labels-idx1-ubyte.gz")
        }
        return try MNISTSequences(images: images("train"), testImages: images("t10k"), splitSeed: seed)
    }

    /// Strokes through the middle of each picture: what needs the shape of MNIST and not its contents.
    static func madeUp() throws -> MNISTSequences {
        let (count, side) = (128, MNISTImages.side)
        let pixels = (0..<count * side * side).map { place in
            let (row, column) = (place / side % side, place % side)
            return UInt8((10..<14).contains(column) && (4..<24).contains(row) ? 255 : 0)
        }
        let images = try MNISTImages(pixels: pixels, labels: [UInt8](repeating: 1, count: count))
        return try MNISTSequences(images: images, testImages: images, splitSeed: seed)
    }

    /// The batches of a training's first steps, as ``Trainer`` takes them.
    static func batches(_ dataset: MNISTSequences, count: Int) -> [[Float]] {
        let order = Philox(seed: seed).permutation(of: dataset.count(of: .training), .dataOrder, step: 1)
        return (0..<count).map { index in
            let first = index * Contender.sequences
            var batch = SequenceBatch(
                sequences: Contender.sequences, sequenceLength: dataset.sequenceLength, frameShape: dataset.frameShape,
                factorCount: dataset.factorNames.count)
            dataset.fill(
                &batch, split: .training, images: Array(order[first..<first + Contender.sequences]), epoch: 1, seed: seed)
            return batch.frames
        }
    }
}
