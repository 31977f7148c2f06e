import Datasets
import Testing

@Suite("IDX files and the MNIST digits in them")
struct IDXFileTests {
    static func file(type: UInt8 = 8, axes: [Int], data: [UInt8]) -> [UInt8] {
        [0, 0, type, UInt8(axes.count)] + axes.flatMap { Compression.little($0, 4).reversed() } + data
    }

    @Test("the same array is read plain and from gzip")
    func plainAndCompressed() throws {
        let file = Self.file(axes: [2, 3, 1], data: [1, 2, 3, 4, 5, 6])
        for bytes in [file, Compression.gzip(file)] {
            try withFile(bytes) { path in
                let idx = try IDXFile(path: path)
                #expect(idx.shape == [2, 3, 1])
                #expect(idx.bytes == [1, 2, 3, 4, 5, 6])
            }
        }
    }

    @Test("a file cut at any byte, or with a byte too many, is refused")
    func cut() throws {
        let file = Self.file(axes: [4], data: [1, 2, 3, 4])
        for end in 0..<file.count {
            #expect(throws: DatasetError.self, "cut at byte \(end)") { try IDXFile(parsing: Array(file[..<end]), name: "test") }
        }
        #expect(throws: DatasetError.self) { try IDXFile(parsing: file + [0], name: "test") }
    }

    @Test("a gzip stream cut at any byte is refused")
    func cutCompressed() throws {
        let file = Compression.gzip(Self.file(axes: [100], data: [UInt8](repeating: 7, count: 100)))
        // Inside the eight bytes of checksum and size after the data, nothing of the array is missing.
        for end in 0..<(file.count - 8) {
            try withFile(Array(file[..<end])) { path in
                #expect(throws: DatasetError.self, "cut at byte \(end)") { try IDXFile(path: path) }
            }
        }
    }

    @Test(
        "sizes that lie are refused before anything is allocated for them",
        arguments: [[0xffff_ffff], [0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0x7fff_ffff, 2, 2], [5], [0]])
    func lyingSizes(axes: [Int]) {
        #expect(throws: DatasetError.self) { try IDXFile(parsing: Self.file(axes: axes, data: [1, 2, 3, 4]), name: "test") }
    }

    @Test("other element types, other numbers of axes and other kinds of file are named")
    func otherKinds() {
        #expect { try IDXFile(parsing: Self.file(type: 13, axes: [0], data: []), name: "x") } throws: {
            "\($0)".contains("element type 13")
        }
        #expect { try IDXFile(parsing: Self.file(axes: [1, 1], data: [1]), name: "x") } throws: { "\($0)".contains("2 axes") }
        #expect { try IDXFile(parsing: Array("<!DOCTYPE html>".utf8), name: "x") } throws: { "\($0)".contains("two zero bytes") }
    }

    @Test("a small file that unpacks to more than the bound is refused at the bound")
    func bomb() throws {
        let bomb = Compression.gzip(deflated: Compression.zeros(runs: 40_000), crc: 0, size: 0)
        try withFile(bomb) { path in
            #expect(throws: DatasetError.tooLarge(path: path, limit: 1_000_000)) { try IDXFile(path: path, limit: 1_000_000) }
        }
    }

    @Test("random bytes, bare and behind a gzip header, are refused, never a crash")
    func randomBytes() throws {
        var source = ByteSource(state: 3)
        for _ in 0..<100 {
            let bytes = source.bytes(source.below(200))
            try withFile(bytes) { path in #expect(throws: DatasetError.self) { try IDXFile(path: path) } }
            try withFile([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + bytes) { path in
                #expect(throws: DatasetError.self) { try IDXFile(path: path) }
            }
        }
    }

    @Test("images that are not 28×28, labels that are not digits and unequal counts are named")
    func wrongDigits() throws {
        func load(_ axes: [Int], _ labels: [UInt8], labelAxes: [Int]? = nil) throws {
            let images = Self.file(axes: axes, data: [UInt8](repeating: 0, count: axes.reduce(1, *)))
            try withFile(images) { imagesPath in
                try withFile(Self.file(axes: labelAxes ?? [labels.count], data: labels)) { labelsPath in
                    _ = try MNISTImages(imagesPath: imagesPath, labelsPath: labelsPath)
                }
            }
        }
        try load([2, 28, 28], [0, 9])
        #expect { try load([2, 32, 32], [0, 9]) } throws: { "\($0)".contains("not images of 28×28") }
        #expect { try load([2], [0, 9]) } throws: { "\($0)".contains("not images of 28×28") }
        #expect { try load([2, 28, 28], [0, 10]) } throws: { "\($0)".contains("label 10 at position 1") }
        #expect { try load([2, 28, 28], [0, 1, 2]) } throws: { "\($0)".contains("3 labels for the 2 images") }
        #expect { try load([1, 28, 28], [0], labelAxes: [1, 1, 1]) } throws: { "\($0)".contains("one label per image") }
    }

    @Test("the real files hold 60,000 and 10,000 digits", .enabled(if: Fixtures.hasMNIST, "the MNIST files are not on this machine"))
    func realFiles() throws {
        let training = try MNISTImages(
            imagesPath: Fixtures.mnist("train-images-idx3-ubyte.gz"), labelsPath: Fixtures.mnist("train-labels-idx1-ubyte.gz"))
        let test = try MNISTImages(
            imagesPath: Fixtures.mnist("t10k-images-idx3-ubyte.gz"), labelsPath: Fixtures.mnist("t10k-labels-idx1-ubyte.gz"))
        #expect(training.count == 60_000)
        #expect(test.count == 10_000)
        #expect(training.labels.prefix(5) == [5, 0, 4, 1, 9])
    }
}
