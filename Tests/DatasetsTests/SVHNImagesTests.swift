import Datasets
import Foundation
import Testing

@Suite("SVHN's cropped digits")
struct SVHNImagesTests {
    /// [count, 32, 32, 3], no two images alike.
    static func pixels(_ count: Int) -> [UInt8] {
        var source = ByteSource(state: 11)
        return source.bytes(count * 3072)
    }

    static func load(_ arrays: [MATFileWriter.Array], _ writer: MATFileWriter = MATFileWriter(isCompressed: true)) throws -> SVHNImages {
        try withFile(writer.file(arrays)) { try SVHNImages(path: $0) }
    }

    static func refusal(_ arrays: [MATFileWriter.Array], _ writer: MATFileWriter = MATFileWriter(isCompressed: true)) -> String {
        do {
            _ = try load(arrays, writer)
            return "it was taken"
        } catch { return "\(error)" }
    }

    @Test("images come out rows by columns by channels, and the label 10 as the digit 0", arguments: MATReaderTests.kinds.indices)
    func published(kind: Int) throws {
        let pixels = Self.pixels(7)
        let arrays = [MATFileWriter.images(pixels), MATFileWriter.labels([1, 9, 10, 2, 10, 5, 7])]
        let images = try Self.load(arrays, MATReaderTests.kinds[kind])
        #expect(images.pixels == pixels)
        #expect(images.labels == [1, 9, 0, 2, 0, 5, 7])
        #expect(try Self.load(arrays.reversed(), MATReaderTests.kinds[kind]) == images)
    }

    @Test("one image, whose last axis MATLAB drops, and more images than a block has, are read")
    func counts() throws {
        var one = MATFileWriter.images(Self.pixels(1))
        one.axes.removeLast()
        #expect(try Self.load([one, MATFileWriter.labels([4])]).pixels == Self.pixels(1))
        let pixels = Self.pixels(600)
        var progress: [[Int]] = []
        try withFile(MATFileWriter().file([MATFileWriter.images(pixels), MATFileWriter.labels([UInt8](repeating: 3, count: 600))])) {
            path in
            let images = try SVHNImages(path: path) { progress.append([$0, $1]) }
            #expect(images.pixels == pixels)
        }
        #expect(progress == [[256, 600], [512, 600], [600, 600]])
    }

    @Test("labels are read from every type that writers store them as")
    func labelTypes() throws {
        let writer = MATFileWriter(isCompressed: true)
        let labels = [10, 1, 9]
        for (storage, elements) in [
            (3, labels.flatMap { writer.integer(UInt64($0), 2) }), (9, labels.flatMap { writer.integer(Double($0).bitPattern, 8) }),
            (7, labels.flatMap { writer.integer(UInt64(Float($0).bitPattern), 4) }),
        ] as [(UInt32, [UInt8])] {
            var array = MATFileWriter.labels([0, 0, 0])
            (array.storage, array.elements) = (storage, elements)
            #expect(try Self.load([MATFileWriter.images(Self.pixels(3)), array]).labels == [0, 1, 9])
            array.axes = [1, 3]
            #expect(try Self.load([MATFileWriter.images(Self.pixels(3)), array]).labels == [0, 1, 9])
        }
    }

    @Test("counts, shapes, labels and arrays that are not SVHN's are refused by name")
    func refused() {
        let images = MATFileWriter.images(Self.pixels(2))
        let labels = MATFileWriter.labels([1, 2])
        #expect(Self.refusal([images, MATFileWriter.labels([1, 2, 3])]).contains("3 labels for the 2 images"))
        #expect(Self.refusal([MATFileWriter.labels([1]), images]).contains("1 labels for the 2 images"))
        #expect(Self.refusal([images, MATFileWriter.labels([1, 0])]).contains("label 0 at position 1"))
        #expect(Self.refusal([images, MATFileWriter.labels([11, 1])]).contains("label 11 at position 0"))
        #expect(Self.refusal([images]).contains("has no entry y"))
        #expect(Self.refusal([labels]).contains("has no entry X"))
        #expect(Self.refusal([]).contains("has no entry X"))
        #expect(Self.refusal([images, images, labels]).contains("array X is none of SVHN's X and y, or there twice"))
        #expect(Self.refusal([.init(name: "z", axes: [1, 1], elements: [1]), images, labels]).contains("array z"))
        #expect(Self.refusal([images, labels, labels]).contains("bytes follow its arrays"))

        func changed(_ change: (inout MATFileWriter.Array) -> Void) -> String {
            var array = images
            change(&array)
            return Self.refusal([array, labels])
        }
        #expect(changed { $0.axes = [2, 32, 32, 3] }.contains("[2, 32, 32, 3], not images of 32×32×3"))
        #expect(changed { $0.axes = [32, 32, 6] }.contains("not images of 32×32×3"))
        #expect(
            changed {
                $0.axes = [32, 32, 3, 0]; $0.elements = []
            }.contains("0 images, not from 1"))
        #expect(changed { $0.arrayClass = 6 }.contains("an array of doubles stored as uint8"))
        #expect(changed { $0.storage = 1 }.contains("stored as int8"))
        var square = labels
        square.axes = [2, 2]
        square.elements += [3, 4]
        #expect(Self.refusal([MATFileWriter.images(Self.pixels(4)), square]).contains("not one label per image"))
    }

    @Test("a small file that unpacks to more images than are accepted is refused before it is unpacked")
    func tooMany() throws {
        let file = MATFileWriter(isCompressed: true).file([
            MATFileWriter.images([UInt8](repeating: 0, count: 101 * 3072)), MATFileWriter.labels([UInt8](repeating: 1, count: 101)),
        ])
        #expect(file.count < 3000)
        try withFile(file) { path in
            let images = try SVHNImages(path: path, maximumCount: 101)
            #expect(images.count == 101)
            #expect { try SVHNImages(path: path, maximumCount: 100) } throws: { "\($0)".contains("101 images, not from 1 to 100") }
            #expect(throws: DatasetError.self) { try SVHNImages(path: path, maximumCount: 0) }
        }
    }

    @Test("a download that broke off is called truncated, wherever it broke")
    func truncated() throws {
        let file = MATFileWriter(isCompressed: true).file([MATFileWriter.images(Self.pixels(2)), MATFileWriter.labels([1, 2])])
        for end in stride(from: 1, to: file.count, by: 97) {
            try withFile(Array(file[..<end])) { path in
                #expect { try SVHNImages(path: path) } throws: { "\($0)".contains("is truncated") || "\($0)".contains("no entry") }
            }
        }
    }

    @Test(
        "the first 139,264 bytes of the real training file are called truncated",
        .enabled(if: Fixtures.exists(Fixtures.truncatedSVHN), "the fixture is not on this machine"))
    func realBeginning() throws {
        #expect(throws: DatasetError.truncated(path: Fixtures.truncatedSVHN, expected: 182_004_483, actual: 139_264)) {
            try SVHNImages(path: Fixtures.truncatedSVHN)
        }
    }

    @Test(
        "the real training file is what it is taken for, as far as its beginning tells",
        .enabled(if: Fixtures.exists(Fixtures.truncatedSVHN), "the fixture is not on this machine"))
    func realImages() throws {
        let beginning = try Data(contentsOf: URL(fileURLWithPath: Fixtures.truncatedSVHN))
        try withFile(Array(beginning)) { path in
            // As long as the array claims, without taking the place on the disk.
            try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 182_040_794)
            var reader = try MATReader(path: path)
            let array = try #require(try reader.next())
            #expect(array.name == "X" && array.shape == [32, 32, 3, 73_257] && array.arrayClass == .uint8 && array.storage == .uint8)
            // Of the bytes that are there, the stream gives 55 images; zeros behind them could unpack to anything.
            let enough = DatasetError.tooLarge(path: path, limit: 55)
            var images: [[UInt8]] = []
            #expect(throws: enough) {
                try reader.forEachBlock(of: 3072) { image, position throws(DatasetError) in
                    guard position < 55 * 3072 else { throw enough }
                    images.append(image)
                }
            }
            // Neighbours in a photograph are more alike than places apart: down the columns, which are stored first, and from column to column.
            func difference(_ distance: Int) -> Int {
                let differences = images.flatMap { image in (distance..<1024).map { abs(Int(image[$0]) - Int(image[$0 - distance])) } }
                return differences.reduce(0, +) / (1024 - distance)
            }
            for distance in [1, 32] { #expect(difference(distance) < difference(16 * 32 + 16) / 2) }
        }
    }

    @Test("what SciPy writes is read as SciPy has it", .enabled(if: SciPy.isThere, "this machine has no python3 with SciPy"))
    func scipy() throws {
        try withTemporaryFolder { folder in
            try SciPy.run(
                """
                import numpy, scipy.io
                images = numpy.fromfunction(lambda r, c, k, n: (r * 7 + c * 3 + k * 50 + n * 11) % 256, (32, 32, 3, 5)).astype(numpy.uint8)
                for name, compressed in [("packed", True), ("plain", False)]:
                    for kind in [numpy.uint8, numpy.int16, numpy.float64]:
                        y = numpy.array([[10], [1], [2], [9], [10]], kind)
                        scipy.io.savemat(f"{folder}/{name}-{numpy.dtype(kind)}.mat", {"X": images, "y": y}, do_compression=compressed)
                """, folder: folder)
            var expected: [UInt8] = []
            for image in 0..<5 {
                for row in 0..<32 {
                    for column in 0..<32 {
                        for channel in 0..<3 { expected.append(UInt8((row * 7 + column * 3 + channel * 50 + image * 11) % 256)) }
                    }
                }
            }
            for name in ["packed", "plain"] {
                for kind in ["uint8", "int16", "float64"] {
                    let images = try SVHNImages(path: "\(folder)/\(name)-\(kind).mat")
                    #expect(images.pixels == expected)
                    #expect(images.labels == [0, 1, 2, 9, 0])
                }
            }
        }
    }
}

/// Python with SciPy, where this machine has it.
enum SciPy {
    static let isThere = (try? run("import numpy, scipy.io", folder: "/")) != nil

    struct Failure: Error { var status: Int32 }

    /// Runs a program that finds `folder` under that name.
    static func run(_ program: String, folder: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import sys\nfolder = sys.argv[1]\n" + program, folder]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
    }
}
