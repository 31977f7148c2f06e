import EquiVAE
import Integrity
import NeuralNetworks
import Numerics
import Reporting

/// The figures of an EquiVAE: class archetypes, one v across all classes, interpolations, samples of each class.
struct EquiVAEPictures {
    struct File {
        var name: String
        var png: [UInt8]
        var caption: String
        var alternative: String
        var rowLabels: [String]

        var json: JSONValue {
            [
                "file": .string(name), "caption": .string(caption), "alternative": .string(alternative),
                "row_labels": .array(rowLabels.map { .string($0) }),
            ]
        }
    }

    private(set) var files: [File] = []

    init(_ model: EquiVAE, _ protocolUsed: EquiVAEProtocol, row: String) throws {
        let codes = protocolUsed.codes(model)
        let figures = EquiVAEFigures(model: model, codes: codes, seed: protocolUsed.seed)
        let shape = model.configuration.image
        func picture(_ rows: [[[Float]]]) throws -> [UInt8] {
            var grid = try ImageGrid(channels: shape.channels, height: shape.height, width: shape.width, gap: 1, scale: 1, background: 0.5)
            for row in rows { try grid.append(row: row.map { channelFirst($0, shape) }) }
            return try grid.image().encoded()
        }
        let shown = Array(protocolUsed.images.prefix(protocolUsed.figureImages))
        files.append(
            File(
                name: "archetypes.png", png: try picture([figures.archetypes()]),
                caption: "\(row): class archetypes, decoded from each class's r and v = 0",
                alternative: "One small image per class: what the model takes for the class itself", rowLabels: ["v = 0"]))
        files.append(
            File(
                name: "style-transfer.png", png: try picture(figures.styleTransfer(shown, from: protocolUsed.part)),
                caption: "\(row): an image, then its v decoded under every class's r",
                alternative: "Rows of small images: a test image, then the same style in each of the classes",
                rowLabels: shown.map { "class \(protocolUsed.part.label(of: $0))" }))
        let pairs = Array(Self.pairs(protocolUsed.images, protocolUsed.part).prefix(protocolUsed.figureImages))
        files.append(
            File(
                name: "interpolation.png", png: try picture(figures.interpolations(pairs, steps: 8, from: protocolUsed.part)),
                caption: "\(row): from one image (left) to another of its class (right) in equal steps of v",
                alternative: "Rows of small images that change gradually from one test image into another of the same class",
                rowLabels: pairs.map { "class \(protocolUsed.part.label(of: $0.0))" }))
        let samples = figures.classSamples(10)
        files.append(
            File(
                name: "class-samples.png", png: try picture(samples),
                caption: "\(row): samples of each class, v drawn from its prior, the same ten in each row",
                alternative: "One row of small images per class: ten images that the model imagines of it",
                rowLabels: samples.indices.map { "class \($0)" }))
    }

    /// The first two images of each class that has two.
    static func pairs(_ images: [Int], _ part: ImagePart) -> [(Int, Int)] {
        var first: [Int: Int] = [:]
        var pairs: [Int: (Int, Int)] = [:]
        for image in images {
            let label = part.label(of: image)
            guard pairs[label] == nil else { continue }
            if let other = first[label] { pairs[label] = (other, image) } else { first[label] = image }
        }
        return pairs.sorted { $0.key < $1.key }.map(\.value)
    }

    /// [H, W, C] as [C, H, W].
    private func channelFirst(_ image: [Float], _ shape: ImageShape) -> [Float] {
        (0..<shape.channels).flatMap { channel in stride(from: channel, to: image.count, by: shape.channels).map { image[$0] } }
    }
}
