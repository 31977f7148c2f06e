import NeuralNetworks
import Numerics

/// r of every class for images that have no part in it: the mean of f over given labelled images of the class.
public struct ClassCodes {
    /// [K, R]
    let representations: Matrix
    /// The training images that made them, class by class.
    public let images: [[Int]]

    /// - Parameters:
    ///   - images: for each class the images, at least one.
    ///   - source: where they lie.
    public init(model: EquiVAE, images: [[Int]], source: ImagePart) {
        precondition(images.count == model.configuration.classes && images.allSatisfy { !$0.isEmpty }, "a class without images")
        self.images = images
        let size = model.configuration.invariantSize
        representations = Matrix(rows: images.count, columns: size)
        for (number, members) in images.enumerated() {
            var sums = [Double](repeating: 0, count: size)
            for part in members.batches(of: 100) {
                let batch = ImageBatch(model: model, count: part.count)
                batch.load(part, from: source)
                for row in part.indices {
                    for column in 0..<size { sums[column] += Double(batch.terms.pointer[row * size + column]) }
                }
            }
            for column in 0..<size { representations.pointer[number * size + column] = Float(sums[column] / Double(members.count)) }
        }
    }
}
