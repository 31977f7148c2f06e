import Datasets
import Integrity
import Testing

@Suite("MNIST sequences")
struct MNISTSequencesTests {
    /// Images of noise: no two alike, so that mixing them up shows.
    static func images(_ count: Int, state: UInt64) throws -> MNISTImages {
        var source = ByteSource(state: state)
        return try MNISTImages(pixels: source.bytes(count * 784), labels: (0..<count).map { UInt8($0 % 10) })
    }

    static func dataset(splitSeed: UInt64 = 1, mode: MNISTSequences.Mode = .single) throws -> MNISTSequences {
        try MNISTSequences(images: images(50, state: 1), testImages: images(20, state: 2), splitSeed: splitSeed, mode: mode)
    }

    static func batch(
        _ dataset: some SequenceDataset, _ images: [Int], split: Split = .training, epoch: UInt32 = 0, seed: UInt64 = 7
    ) -> SequenceBatch {
        var batch = SequenceBatch(
            sequences: images.count, sequenceLength: dataset.sequenceLength, frameShape: dataset.frameShape,
            factorCount: dataset.factorNames.count)
        dataset.fill(&batch, split: split, images: images, epoch: epoch, seed: seed)
        return batch
    }

    @Test("a sequence does not depend on the batch that it is in")
    func batchIndependence() throws {
        let dataset = try Self.dataset()
        let alone = Self.batch(dataset, [11])
        let together = Self.batch(dataset, [3, 11, 39])
        let size = 18 * dataset.frameShape.count
        #expect(alone.frames == Array(together.frames[size..<(2 * size)]))
        #expect(alone.factors == Array(together.factors[54..<108]))
        #expect(alone.movingFactor == [together.movingFactor[1]])
        #expect(alone.labels == [together.labels[1]])
    }

    @Test("a batch filled again holds nothing of what it held before")
    func refill() throws {
        let dataset = try Self.dataset()
        var batch = Self.batch(dataset, [1, 2])
        dataset.fill(&batch, split: .test, images: [5, 6], epoch: 3, seed: 8)
        #expect(batch.frames == Self.batch(dataset, [5, 6], split: .test, epoch: 3, seed: 8).frames)
    }

    @Test("the parts are disjoint, four to one, and decided by the split's seed alone")
    func parts() throws {
        let dataset = try Self.dataset()
        #expect(Split.allCases.map(dataset.count) == [40, 10, 20])
        let training = (0..<40).map { dataset.sourceIndex(of: $0, in: .training) }
        let validation = (0..<10).map { dataset.sourceIndex(of: $0, in: .validation) }
        #expect(Set(training + validation) == Set(0..<50))
        #expect(training == (try Self.dataset()).sourceIndices(of: .training))
        #expect(training != (try Self.dataset(splitSeed: 2)).sourceIndices(of: .training))
    }

    @Test("exactly one factor moves, one step a frame, and wraps round", arguments: 0..<40)
    func oneMoves(image: Int) throws {
        let batch = Self.batch(try Self.dataset(), [image])
        for factor in 0..<3 {
            let start = batch.factors[factor]
            let expected = (0..<18).map { factor == batch.movingFactor[0] ? (start + $0) % 18 : start }
            #expect((0..<18).map { batch.factors[$0 * 3 + factor] } == expected)
        }
    }

    @Test("in combined sequences both factors move together, each from its own start", arguments: [3, 4, 11])
    func combined(image: Int) throws {
        for (mode, names) in [
            (MNISTSequences.Mode.rotationAndHue, ["rotation", "hue"]), (.perspectiveAndHue, ["perspective", "hue"]),
        ] {
            let dataset = try Self.dataset(mode: mode)
            let batch = Self.batch(dataset, [image])
            #expect(dataset.factorNames == names && dataset.factorSizes == [18, 18])
            #expect(batch.movingFactor == [-1])
            #expect(batch.movingFactors(of: 0) == [0, 1])
            for frame in 1..<18 {
                let before = batch.factors[(frame * 2 - 2)..<(frame * 2)].map { ($0 + 1) % 18 }
                #expect(Array(batch.factors[(frame * 2)..<(frame * 2 + 2)]) == before)
            }
        }
    }

    @Test("starts of combined sequences are drawn independently and take every value")
    func combinedStarts() throws {
        for mode in [MNISTSequences.Mode.rotationAndHue, .perspectiveAndHue] {
            let dataset = try Self.dataset(mode: mode)
            var pairs: Set<[Int]> = []
            for epoch in 0..<UInt32(30) {
                let factors = Self.batch(dataset, Array(0..<40), epoch: epoch).factors
                for sequence in 0..<40 { pairs.insert(Array(factors[(sequence * 36)..<(sequence * 36 + 2)])) }
            }
            // 1200 draws from 324 pairs miss 8 of them on average.
            #expect(pairs.count > 290, "\(pairs.count) pairs")
        }
    }

    @Test("combined sequences show the digit at its own size, warped and recoloured", arguments: [0, 7])
    func combinedFrames(image: Int) throws {
        let images = try Self.images(50, state: 1)
        for mode in [MNISTSequences.Mode.rotationAndHue, .perspectiveAndHue] {
            let dataset = try Self.dataset(mode: mode)
            let batch = Self.batch(dataset, [image])
            let bordered = Self.bordered(images, dataset.sourceIndex(of: image, in: .training))
            for frame in 0..<18 {
                let (geometry, hue) = (batch.factors[frame * 2], batch.factors[frame * 2 + 1])
                var warped = [Float](repeating: 0, count: 784)
                bordered.withUnsafeBufferPointer { image in
                    warped.withUnsafeMutableBufferPointer { output in
                        if mode == .rotationAndHue {
                            AffineWarp(rotation: geometry).apply(to: image, into: output)
                        } else {
                            PerspectiveWarp(angle: geometry).apply(to: image, into: output)
                        }
                    }
                }
                let gains = HueRotation(angle: hue).gainsOfRed
                let expected = (0..<3).flatMap { channel in warped.map { $0 * gains[channel] } }
                #expect(Array(batch.frames[(frame * 2352)..<((frame + 1) * 2352)]) == expected, "frame \(frame)")
            }
        }
    }

    /// An image with its border of zeros, [30, 30].
    static func bordered(_ images: MNISTImages, _ index: Int) -> [Float] {
        var image = [Float](repeating: 0, count: 900)
        for pixel in 0..<784 { image[(pixel / 28 + 1) * 30 + pixel % 28 + 1] = Float(images.pixels[index * 784 + pixel]) / 255 }
        return image
    }

    @Test("frames show what the factors say")
    func framesFollowFactors() throws {
        let images = try Self.images(50, state: 1)
        let dataset = try Self.dataset()
        let batch = Self.batch(dataset, [9])
        let source = dataset.sourceIndex(of: 9, in: .training)
        #expect(batch.labels == [source % 10])
        let image = Self.bordered(images, source)
        for frame in 0..<18 {
            let factors = batch.factors[(frame * 3)..<(frame * 3 + 3)].map { $0 }
            var warped = [Float](repeating: 0, count: 784)
            image.withUnsafeBufferPointer { image in
                warped.withUnsafeMutableBufferPointer { AffineWarp(rotation: factors[0], scale: factors[1]).apply(to: image, into: $0) }
            }
            let gains = HueRotation(angle: factors[2]).gainsOfRed
            let expected = (0..<3).flatMap { channel in warped.map { $0 * gains[channel] } }
            #expect(Array(batch.frames[(frame * 2352)..<((frame + 1) * 2352)]) == expected, "frame \(frame)")
        }
    }

    @Test("epochs, splits and seeds draw differently; the same call draws the same")
    func draws() throws {
        let dataset = try Self.dataset()
        let images = Array(0..<10)
        let factors = Self.batch(dataset, images).factors
        #expect(factors == Self.batch(dataset, images).factors)
        #expect(factors != Self.batch(dataset, images, epoch: 1).factors)
        #expect(factors != Self.batch(dataset, images, split: .validation).factors)
        #expect(factors != Self.batch(dataset, images, split: .test).factors)
        #expect(factors != Self.batch(dataset, images, seed: 8).factors)
    }

    @Test("over many epochs every factor moves equally often and every value occurs")
    func uniformity() throws {
        let dataset = try Self.dataset()
        var moved = [0, 0, 0]
        var values: [Set<Int>] = [[], [], []]
        for epoch in 0..<UInt32(30) {
            let batch = Self.batch(dataset, Array(0..<40), epoch: epoch)
            for factor in batch.movingFactor { moved[factor] += 1 }
            for index in batch.factors.indices { values[index % 3].insert(batch.factors[index]) }
        }
        // 1200 draws: 400 each, standard deviation 16.
        for count in moved { #expect(abs(count - 400) < 65, "moved \(moved)") }
        #expect(values == [Set(0..<18), Set(0..<18), Set(0..<18)])
    }

    @Test("the bits of a batch are the same on every machine")
    func pinnedBits() throws {
        let batch = Self.batch(try Self.dataset(), Array(0..<8))
        let bytes = batch.frames.flatMap { Compression.little(Int($0.bitPattern), 4) }
        #expect(SHA256Digest.of(bytes).hex == "5ab0929e4fc8ba91a5fe94cd5a58c546a67f4074e0d079f38cde6aeb9bff8338")
    }

    @Test("too few images to divide are refused")
    func tooFew() throws {
        let few = try Self.images(4, state: 1)
        #expect(throws: DatasetError.self) { try MNISTSequences(images: few, testImages: few, splitSeed: 1) }
        let none = try MNISTImages(pixels: [], labels: [])
        #expect(throws: DatasetError.self) { try MNISTSequences(images: Self.images(5, state: 1), testImages: none, splitSeed: 1) }
    }
}

extension MNISTSequences {
    fileprivate func sourceIndices(of split: Split) -> [Int] { (0..<count(of: split)).map { sourceIndex(of: $0, in: split) } }
}
