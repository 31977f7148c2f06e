import Datasets
import Numerics

/// Makes batches of sequences on all threads: each sequence is a task of its own, which a data set's purity allows.
final class SequenceLoader {
    let dataset: any SequenceDataset
    private let pool: ThreadPool
    /// One batch of a single sequence per task.
    private(set) var sequences: [SequenceBatch]

    init(dataset: any SequenceDataset, batchSize: Int, pool: ThreadPool) {
        self.dataset = dataset
        self.pool = pool
        let empty = SequenceBatch(
            sequences: 1, sequenceLength: dataset.sequenceLength, frameShape: dataset.frameShape, factorCount: dataset.factorNames.count)
        sequences = Array(repeating: empty, count: batchSize)
    }

    /// Fills ``sequences`` and copies their frames into `input` [B·S, D].
    func load(images: [Int], split: Split, epoch: UInt32, seed: UInt64, into input: Matrix) {
        let frames = dataset.sequenceLength
        sequences.withUnsafeMutableBufferPointer { sequences in
            precondition(images.count == sequences.count && input.rows == frames * images.count, "a batch of another size")
            pool.run(tasks: images.count) { index in
                dataset.fill(&sequences[index], split: split, images: [images[index]], epoch: epoch, seed: seed)
                sequences[index].frames.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    (input.pointer + index * frames * input.columns).update(from: base, count: values.count)
                }
            }
        }
    }
}
