import Datasets
import Numerics
import Testing

@Suite("Labelled images and their parts")
struct LabelledImagesTests {
    /// `count` images of 2×3×2 whose first value tells which image it is, with labels in turn.
    static func images(_ count: Int, classes: Int = 3, firstValue: Int = 0) throws -> LabelledImages {
        var source = ByteSource(state: 5)
        let pixels = (0..<count).flatMap { [UInt8(firstValue + $0)] + source.bytes(11) }
        return try LabelledImages(
            height: 2, width: 3, channels: 2, classCount: classes, pixels: pixels, labels: (0..<count).map { UInt8($0 % classes) })
    }

    static func parts(_ count: Int = 60, tests: Int = 7, splitSeed: UInt64 = 1) throws -> LabelledImageParts {
        try LabelledImageParts(images: images(count), testImages: images(tests, firstValue: 200), splitSeed: splitSeed)
    }

    static func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was refused"
        } catch { return "\(error)" }
    }

    @Test("MNIST's and SVHN's digits keep their pixels, labels and shapes")
    func fromDatasets() throws {
        var source = ByteSource(state: 1)
        let mnist = LabelledImages(try MNISTImages(pixels: source.bytes(2 * 784), labels: [3, 9]))
        #expect([mnist.height, mnist.width, mnist.channels, mnist.classCount, mnist.count, mnist.imageSize] == [28, 28, 1, 10, 2, 784])
        let pixels = source.bytes(3 * 3072)
        let svhn = LabelledImages(try SVHNImages(pixels: pixels, labels: [0, 1, 9]))
        #expect([svhn.height, svhn.width, svhn.channels, svhn.classCount, svhn.count, svhn.imageSize] == [32, 32, 3, 10, 3, 3072])
        #expect(svhn.pixels == pixels && svhn.labels == [0, 1, 9])
    }

    @Test("shapes, counts and labels that do not fit are refused by name")
    func refused() {
        func load(_ shape: [Int] = [1, 1, 1], classes: Int = 2, pixels: [UInt8] = [], labels: [UInt8] = []) -> String {
            Self.refusal {
                _ = try LabelledImages(
                    height: shape[0], width: shape[1], channels: shape[2], classCount: classes, pixels: pixels, labels: labels)
            }
        }
        #expect(load([0, 1, 1]).contains("0×1×1"))
        #expect(load(pixels: [1, 2, 3], labels: [0, 1]).contains("3 values"))
        #expect(load(pixels: [1, 2], labels: [0, 2]).contains("label 2 at position 1"))
        #expect(load(classes: 0).contains("classCount"))
        #expect(load([Int.max, Int.max, 2], pixels: [1], labels: [0]).contains("overflow"))
        #expect(Self.refusal { _ = try SVHNImages(pixels: [1], labels: [0]) }.contains("32×32×3"))
        #expect(Self.refusal { _ = try SVHNImages(pixels: [UInt8](repeating: 0, count: 3072), labels: [10]) }.contains("digit"))
    }

    @Test("images fill the rows of a matrix that they are given, divided by 255")
    func fill() throws {
        let images = try Self.images(5)
        let matrix = Matrix(rows: 4, columns: images.imageSize)
        matrix.fill(-1)
        images.fill(matrix, firstRow: 1, images: [4, 0])
        for (row, image) in [(1, 4), (2, 0)] {
            #expect(Array(matrix.row(row)) == images.pixels[(image * 12)..<((image + 1) * 12)].map { Float($0) / 255 })
        }
        #expect((matrix.values[..<12] + matrix.values[36...]).allSatisfy { $0 == -1 })
    }

    @Test("every image is in one part: five sixths to train on, a sixth to validate, the test images apart")
    func division() throws {
        let parts = try Self.parts(62, tests: 7)
        #expect(Split.allCases.map { parts.count(of: $0) } == [52, 10, 7])
        let sources = [Split.training, .validation].flatMap { split in
            (0..<parts.count(of: split)).map { parts.sourceIndex(of: $0, in: split) }
        }
        #expect(sources.sorted() == Array(0..<62))
        #expect(sources != Array(0..<62))
    }

    @Test("a part's pixels and labels are those of the image they came from", arguments: Split.allCases)
    func sources(split: Split) throws {
        let parts = try Self.parts()
        let chosen = [3, 0, 5]
        let matrix = Matrix(rows: 3, columns: parts.imageSize)
        parts.fill(matrix, images: chosen, of: split)
        for (row, image) in chosen.enumerated() {
            let source = parts.sourceIndex(of: image, in: split)
            #expect(matrix[row, 0] == Float((split == .test ? 200 : 0) + source) / 255)
            #expect(parts.label(of: image, in: split) == source % 3)
        }
        #expect(parts.labels(of: split).count == parts.count(of: split))
    }

    @Test("the division follows the seed, as the sequences' does")
    func seeds() throws {
        func order(_ seed: UInt64) throws -> [Int] {
            let parts = try Self.parts(splitSeed: seed)
            return (0..<50).map { parts.sourceIndex(of: $0, in: .training) }
        }
        #expect(try order(1) == order(1))
        #expect(try order(1) != order(2))
        #expect(try order(1) == Array(Philox(seed: 1).permutation(of: 60, .split, step: 0).prefix(50)))
    }

    @Test("a draw of labels has as many of each class, and leaves every other image unlabelled", arguments: [3, 9, 30])
    func balanced(count: Int) throws {
        let parts = try Self.parts()
        let draw = try parts.labelledDraw(count: count, seed: 4)
        let labels = draw.labelled.map { parts.label(of: $0, in: .training) }
        #expect((0..<3).allSatisfy { label in labels.count { $0 == label } == count / 3 })
        #expect((draw.labelled + draw.unlabelled).sorted() == Array(0..<50))
    }

    @Test("draws differ by seed, and the smaller of two with one seed is part of the larger")
    func nested() throws {
        let parts = try Self.parts()
        let small = try parts.labelledDraw(count: 6, seed: 4)
        #expect(try parts.labelledDraw(count: 6, seed: 4) == small)
        #expect(try parts.labelledDraw(count: 6, seed: 5) != small)
        #expect(try Set(parts.labelledDraw(count: 21, seed: 4).labelled).isSuperset(of: small.labelled))
    }

    @Test("a draw that the classes cannot give is refused by name")
    func impossibleDraws() throws {
        let parts = try Self.parts()
        for count in [0, -3, 4] {
            #expect(Self.refusal { _ = try parts.labelledDraw(count: count, seed: 0) }.contains("\(count) labelled images are not"))
        }
        #expect(Self.refusal { _ = try parts.labelledDraw(count: 60, seed: 0) }.contains("20 of each class"))
    }

    @Test("parts that would be empty and test images of another kind are refused by name")
    func impossibleParts() throws {
        #expect(Self.refusal { _ = try Self.parts(5) }.contains("5 images cannot be divided"))
        #expect(Self.refusal { _ = try Self.parts(tests: 0) }.contains("there are none"))
        let others = try LabelledImages(height: 1, width: 1, channels: 1, classCount: 3, pixels: [0], labels: [0])
        let images = try Self.images(60)
        let refusal = Self.refusal { _ = try LabelledImageParts(images: images, testImages: others, splitSeed: 0) }
        #expect(refusal.contains("1×1×1") && refusal.contains("2×3×2"))
    }
}
