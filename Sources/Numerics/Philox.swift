import CKernels

/// What a random draw is for. Draws of different purposes never share a counter, so adding a consumer of randomness
/// cannot change what another consumer sees. The raw values are part of the recorded result: never renumber them.
public struct RandomPurpose: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Initial weights and biases; `step` is the parameter's index in the model.
    public static let initialisation = RandomPurpose(rawValue: 1)
    /// ε of the z encoder's reparameterised sample; `step` is the training step.
    public static let reparameteriseZ = RandomPurpose(rawValue: 2)
    /// ε of the u encoder's reparameterised sample; `step` is the training step.
    public static let reparameteriseU = RandomPurpose(rawValue: 3)
    /// The shuffled order of an epoch; `step` is the epoch.
    public static let dataOrder = RandomPurpose(rawValue: 4)
    /// Which factor moves in a sequence, where it starts, what the others hold; `step` is the epoch.
    public static let transformation = RandomPurpose(rawValue: 5)
    /// Division of a data set into training and validation parts.
    public static let split = RandomPurpose(rawValue: 6)
    /// The samples of importance sampling for log p(x); `step` is the sample's number.
    public static let importanceSampling = RandomPurpose(rawValue: 7)
    /// ε of the evaluation passes; `step` is the batch.
    public static let evaluation = RandomPurpose(rawValue: 8)
    /// Which frames and sequences a figure shows.
    public static let figure = RandomPurpose(rawValue: 9)
    /// Which segments an auditor replays.
    public static let audit = RandomPurpose(rawValue: 10)
    /// The random orders that a permutation test compares with; `step` is the permutation's number.
    public static let permutationTest = RandomPurpose(rawValue: 11)
    /// Which training images keep their labels where the others lose them.
    public static let labelledDraw = RandomPurpose(rawValue: 12)
    /// Which examples of each class complement an image; `step` is the training step.
    public static let classExamples = RandomPurpose(rawValue: 13)
    /// The shuffled order of the unlabelled images of an epoch; `step` is the epoch.
    public static let unlabelledOrder = RandomPurpose(rawValue: 14)
    /// ε of the reparameterised sample of v; `step` is the training step.
    public static let reparameteriseV = RandomPurpose(rawValue: 15)
    /// The class that stands for those that a sum over classes leaves out; `step` is the training step.
    public static let sampledClass = RandomPurpose(rawValue: 16)
    /// Which features a classifier does without in a step; `step` is the training step.
    public static let dropout = RandomPurpose(rawValue: 17)
}

/// Philox 4×32-10: random words as a pure function of (seed, purpose, step, position).
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. The key is the seed; the counter
/// is (position low, position high, step, purpose). Nothing is carried from draw to draw, so threads, batching and resume
/// points cannot change a draw.
public struct Philox: Hashable, Sendable {
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// The four words at one counter.
    public func words(_ purpose: RandomPurpose, step: UInt32, position: UInt64) -> SIMD4<UInt32> {
        Philox.block(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32), step, purpose.rawValue),
            key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    }

    /// The generator itself, for comparison with its published known-answer vectors.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var counter = counter
        var key = key
        var output = SIMD4<UInt32>()
        withUnsafeBytes(of: &counter) { counter in
            withUnsafeBytes(of: &key) { key in
                withUnsafeMutableBytes(of: &output) { output in
                    philox4x32_10(
                        counter.bindMemory(to: UInt32.self).baseAddress, key.bindMemory(to: UInt32.self).baseAddress,
                        output.bindMemory(to: UInt32.self).baseAddress)
                }
            }
        }
        return output
    }

    /// A whole number uniform on 0 ..< bound, without bias: 64 random bits scaled by multiplication, redrawn in the rare
    /// remainder zone by moving to the next counter of a private sub-range (the position's top bits).
    ///
    /// - Precondition: `bound` > 0 and `position` < 2^56.
    public func integer(below bound: Int, _ purpose: RandomPurpose, step: UInt32, position: UInt64) -> Int {
        let bound = UInt64(bound)
        let threshold = (0 &- bound) % bound
        var attempt: UInt64 = 0
        while true {
            let word = words(purpose, step: step, position: position | (attempt << 56))
            let product = (UInt64(word[0]) | UInt64(word[1]) << 32).multipliedFullWidth(by: bound)
            if product.low >= threshold || attempt == 255 { return Int(product.high) }
            attempt += 1
        }
    }

    /// A seeded shuffle of 0 ..< count (Fisher–Yates, Durstenfeld's form).
    public func permutation(of count: Int, _ purpose: RandomPurpose, step: UInt32) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        for last in stride(from: count - 1, to: 0, by: -1) {
            let other = integer(below: last + 1, purpose, step: step, position: UInt64(last))
            order.swapAt(last, other)
        }
        return order
    }
}
