import Datasets
import Testing

@Suite("dSprites archives")
struct DSpritesArchiveTests {
    /// A small archive of dSprites' layout: 2 · 3 · 4 · 2 · 2 images of 8×8, a third of which is kept.
    static let grid = DSpritesGrid(
        factors: [
            .init("shape", size: 2, kept: [0, 1]), .init("scale", size: 3, kept: [1, 2]), .init("orientation", size: 4, kept: [0, 2]),
            .init("x", size: 2, kept: [0, 1]), .init("y", size: 2, kept: [1]),
        ], side: 8)
    static let count = 96

    static func latents(_ image: Int) -> [Int] { [image / 48, image / 16 % 3, image / 4 % 4, image / 2 % 2, image % 2] }

    /// [96, 8, 8], no two images alike.
    static let pixels: [UInt8] = {
        var source = ByteSource(state: 9)
        return source.bytes(count * 64).map { $0 & 1 }
    }()
    static let classes: [Int] = (0..<count).flatMap { [0] + latents($0) }

    /// What a Python would have to run; to us nothing but bytes.
    static let metadata = Compression.Entry(name: "metadata.npy", contents: Array("\u{80}csystem\nrm -rf /\n".utf8))

    static func npy(_ header: String, _ data: [UInt8]) -> [UInt8] { NPYArrayTests.file(header, data: data) }

    static func images(
        descr: String = "|u1", order: String = "False", shape: String = "96, 8, 8", _ pixels: [UInt8] = pixels
    ) -> Compression.Entry {
        Compression.Entry(
            name: "imgs.npy", contents: npy("{'descr': '\(descr)', 'fortran_order': \(order), 'shape': (\(shape)), }\n", pixels))
    }

    static func classes(descr: String = "<i8", shape: String = "96, 6", _ values: [Int] = classes) -> Compression.Entry {
        Compression.Entry(
            name: "latents_classes.npy",
            contents: npy(
                "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(shape)), }\n", values.flatMap { Compression.little($0, 8) }))
    }

    static let values = Compression.Entry(
        name: "latents_values.npy",
        contents: npy("{'descr': '<f8', 'fortran_order': False, 'shape': (96, 6), }\n", [UInt8](repeating: 0, count: 96 * 48)))

    static func subset(_ entries: [Compression.Entry]) throws -> NPYArray { try subset(Compression.zip(entries)) }

    static func subset(_ archive: [UInt8]) throws -> NPYArray {
        try withFile(archive) { try DSpritesArchive(path: $0, grid: grid).subset() }
    }

    /// The refusal of an archive; nil where it was taken.
    static func refusal(_ entries: [Compression.Entry]) -> String? {
        do {
            _ = try subset(entries)
            return nil
        } catch { return "\(error)" }
    }

    static var expected: [UInt8] {
        var packed: [UInt8] = []
        for image in 0..<count where zip(latents(image), grid.factors).allSatisfy({ $1.kept.contains($0) }) {
            for row in 0..<8 {
                let start = image * 64 + row * 8
                packed.append(pixels[start..<(start + 8)].reduce(0) { $0 << 1 | $1 })
            }
        }
        return packed
    }

    @Test("the kept images come out in the archive's order, a bit a pixel")
    func subset() throws {
        let subset = try Self.subset([Self.metadata, Self.images(), Self.classes(), Self.values])
        #expect(subset.shape == [16, 8])
        #expect(subset.bytes == Self.expected)
    }

    @Test("the arrays' order in the archive does not matter, and what is not needed may be missing")
    func anyOrder() throws {
        #expect(try Self.subset([Self.classes(), Self.images()]).bytes == Self.expected)
        #expect(try Self.subset([Self.values, Self.images(), Self.metadata, Self.classes()]).bytes == Self.expected)
    }

    @Test("a header as Python 2 wrote it is read")
    func longIntegers() throws {
        #expect(try Self.subset([Self.images(shape: "96L, 8L, 8L"), Self.classes()]).bytes == Self.expected)
    }

    @Test("what is kept of dSprites itself is the subset, image by image in its order")
    func published() {
        let grid = DSpritesGrid.published
        #expect(grid.imageCount == 737_280 && grid.keptCount == SpriteSubset.count)
        let sizes = grid.factors.map(\.kept.count)
        for index in stride(from: 0, to: SpriteSubset.count, by: 97) {
            var rest = index
            var values = [Int](repeating: 0, count: 5)
            for factor in (0..<5).reversed() {
                values[factor] = grid.factors[factor].kept[rest % sizes[factor]]
                rest /= sizes[factor]
            }
            let latents = SpriteSubset.Position(index: index).latents
            #expect(values == [latents.shape.rawValue, latents.scale, latents.orientation, latents.x, latents.y])
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var entries: @Sendable () -> [Compression.Entry]
        /// What the refusal says.
        var says: String
        var testDescription: String { name }
    }

    static func pixels(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var changed = pixels
        change(&changed)
        return changed
    }

    static func classes(_ change: (inout [Int]) -> Void) -> Compression.Entry {
        var changed = classes
        change(&changed)
        return classes(changed)
    }

    static let hostile: [Case] = [
        Case(name: "no images", entries: { [classes()] }, says: "no entry imgs.npy"),
        Case(name: "no classes", entries: { [images()] }, says: "no entry latents_classes.npy"),
        Case(name: "an array twice", entries: { [images(), images(), classes()] }, says: "imgs.npy occurs twice"),
        Case(
            name: "an array more", entries: { [images(), classes(), Compression.Entry(name: "more.npy", contents: [1])] },
            says: "\"more.npy\" is none of dSprites' arrays"),
        Case(
            name: "a name that leaves the folder", entries: { [Compression.Entry(name: "../imgs.npy", contents: [1]), classes()] },
            says: "none of dSprites' arrays"),
        Case(name: "signed bytes", entries: { [images(descr: "|i1"), classes()] }, says: "element type |i1 is not read"),
        Case(name: "truth values", entries: { [images(descr: "|b1"), classes()] }, says: "its elements are |b1, dSprites' are |u1"),
        Case(name: "pickled objects", entries: { [images(descr: "|O"), classes()] }, says: "element type |O is not read"),
        Case(name: "Fortran order", entries: { [images(order: "True"), classes()] }, says: "Fortran order"),
        Case(
            name: "another shape", entries: { [images(shape: "96, 64"), classes()] }, says: "its shape is [96, 64], dSprites' is [96, 8, 8]"
        ),
        Case(name: "more images", entries: { [images(shape: "97, 8, 8"), classes()] }, says: "its shape is [97, 8, 8]"),
        Case(name: "an axis turned", entries: { [images(shape: "8, 8, 96"), classes()] }, says: "its shape is [8, 8, 96]"),
        Case(
            name: "a shape that overflows", entries: { [images(shape: "4294967296, 4294967296, 4294967296"), classes()] }, says: "overflows"
        ),
        Case(
            name: "fewer bytes than the header says", entries: { [images(Array(pixels.dropLast())), classes()] },
            says: "declares 6144 bytes, 6143 are there"),
        Case(name: "no bytes at all", entries: { [images([]), classes()] }, says: "declares 6144 bytes, 0 are there"),
        Case(
            name: "a member that ends in its header",
            entries: { [Compression.Entry(name: "imgs.npy", contents: Array(images().contents.prefix(40))), classes()] },
            says: "is truncated"
        ),
        Case(name: "a byte too many", entries: { [images(pixels + [0]), classes()] }, says: "more bytes follow"),
        Case(
            name: "a pixel that is neither 0 nor 1", entries: { [images(pixels { $0[64 * 70 + 5] = 2 }), classes()] },
            says: "image 70 has a pixel of value 2"),
        Case(
            name: "a grey pixel of an image that is not kept", entries: { [images(pixels { $0[3] = 255 }), classes()] },
            says: "image 0 has a pixel of value 255"),
        Case(
            name: "images in another order", entries: { [images(), classes { $0.swapAt(6 * 50 + 4, 6 * 50 + 5) }] },
            says: "image 50 has x"),
        Case(name: "another colour", entries: { [images(), classes { $0[6 * 9] = 1 }] }, says: "image 9 has color 1"),
        Case(name: "a negative class", entries: { [images(), classes { $0[6 * 9 + 1] = -1 }] }, says: "image 9 has shape -1"),
        Case(
            name: "classes of another type", entries: { [images(), classes(descr: "<f8")] }, says: "its elements are <f8, dSprites' are <i8"
        ),
        Case(
            name: "classes without the colour", entries: { [images(), classes(shape: "96, 5", (0..<count).flatMap(latents))] },
            says: "its shape is [96, 5]"),
    ]

    @Test("anything but dSprites is refused in one line that says what is wrong and where", arguments: hostile)
    func refused(_ hostile: Case) {
        let refusal = Self.refusal(hostile.entries())
        #expect(refusal?.contains(hostile.says) == true, "\(refusal ?? "it was taken")")
        #expect(refusal?.contains("\n") == false)
    }

    @Test("a member that unpacks without end stops at the first byte too many", arguments: [10, 6_400, 4_000_000_000])
    func bomb(claimed: Int) throws {
        // A valid header of stored bytes, then a gigabyte's worth of zeros in 6 MB.
        let header = Self.images([]).contents
        let stored = [0] + Compression.little(header.count, 2) + Compression.little(~header.count, 2) + header
        let bomb = Compression.Entry(
            name: "imgs.npy", contents: [], deflated: stored + Compression.zeros(runs: 400_000), size: claimed)
        let refusal = Self.refusal([bomb, Self.classes()])
        #expect(refusal?.contains("more bytes follow") == true, "\(refusal ?? "it was taken")")
    }

    @Test("a checksum that does not fit the bytes is noticed, in either array", arguments: ["imgs.npy", "latents_classes.npy"])
    func checksum(name: String) throws {
        var archive = Compression.zip([Self.images(), Self.classes()])
        // The name stands first in its local header, 16 bytes after the checksum; the central directory repeats both and is what readers take.
        let places = archive.indices.dropLast(name.utf8.count).filter { archive[$0..<($0 + name.utf8.count)].elementsEqual(name.utf8) }
        archive[places[0] - 16] ^= 1
        archive[places[1] - 30] ^= 1
        #expect { try Self.subset(archive) } throws: { "\($0)".contains("CRC") }
    }

    @Test("an archive cut anywhere is refused")
    func cut() throws {
        let archive = Compression.zip([Self.images(), Self.classes()])
        for end in stride(from: 0, to: archive.count, by: 61) {
            #expect(throws: DatasetError.self, "cut at byte \(end)") { try Self.subset(Array(archive[..<end])) }
        }
    }

    @Test("an archive with any byte changed gives the same images or is refused, never a crash")
    func changedBytes() throws {
        let archive = Compression.zip([Self.images(), Self.classes()])
        var source = ByteSource(state: 5)
        for _ in 0..<150 {
            var changed = archive
            changed[source.below(archive.count)] ^= UInt8(1 << source.below(8))
            if let subset = try? Self.subset(changed) { #expect(subset.bytes == Self.expected) }
        }
    }

    @Test("something else than an archive is named", arguments: ["<!DOCTYPE html><title>Log in</title>", "PK", "\u{93}NUMPY"])
    func notAnArchive(text: String) {
        #expect(throws: DatasetError.self) { try Self.subset(Array(text.utf8)) }
    }
}
