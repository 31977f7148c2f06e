import Datasets
import Numerics

/// Makes batches of sequences on all threads: each sequence is a task of its own, which a data set's purity allows.
final class SequenceLoader {
    let dataset: any SequenceDataset
    private let pool: ThreadPool
    /// One batch of a single sequence per task.
    private(set) var sequences: [SequenceBatch]
    /// The image of each task, as data sets take images; written anew for every batch, so that loading allocates nothing.
    private var imagesOfTasks: [[Int]]

    init(dataset: any SequenceDataset, batchSize: Int, pool: ThreadPool) {
        self.dataset = dataset
        self.pool = pool
        let empty = SequenceBatch(
            sequences: 1, sequenceLength: dataset.sequenceLength, frameShape: dataset.frameShape, factorCount: dataset.factorNames.count)
        sequences = Array(repeating: empty, count: batchSize)
        imagesOfTasks = Array(repeating: [0], count: batchSize)
    }

    /// Fills ``sequences`` and copies their frames into `input` [B·S, D].
    func load(images: ArraySlice<Int>, split: Split, epoch: UInt32, seed: UInt64, into input: Matrix) {
        let frames = dataset.sequenceLength
        for (task, image) in images.enumerated() where task < imagesOfTasks.count { imagesOfTasks[task][0] = image }
        sequences.withUnsafeMutableBufferPointer { sequences in
            precondition(images.count == sequences.count && input.rows == frames * images.count, "a batch of another size")
            pool.run(tasks: images.count) { index in
                dataset.fill(&sequences[index], split: split, images: imagesOfTasks[index], epoch: epoch, seed: seed)
                sequences[index].frames.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    (input.pointer + index * frames * input.columns).update(from: base, count: values.count)
                }
            }
        }
    }
}
