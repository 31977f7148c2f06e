import NeuralNetworks
import Numerics

/// Images that a model imagines, each [H, W, C] in [0, 1].
public struct EquiVAEFigures {
    private let model: EquiVAE
    private let codes: ClassCodes
    private let seed: UInt64

    public init(model: EquiVAE, codes: ClassCodes, seed: UInt64) {
        self.model = model
        self.codes = codes
        self.seed = seed
    }

    private var classes: Int { model.configuration.classes }

    /// What the decoder gives for classes y and equivariant representations v, one after another.
    private func decode(_ classes: [Int], _ equivariant: Matrix) -> [[Float]] {
        let pass = BoundPass(model: model, pairs: classes.count)
        pass.setInvariant(classes, of: codes.representations)
        pass.setEquivariant(equivariant)
        pass.decode()
        return classes.indices.map { pass.image.row($0).map { min(1, max(0, $0)) } }
    }

    /// The archetype of every class: v = 0, the mode of its prior.
    public func archetypes() -> [[Float]] {
        decode(Array(0..<classes), Matrix(rows: classes, columns: model.configuration.equivariantSize))
    }

    /// v of test images, means of q(v | r_y, x) under their own class.
    private func equivariantMeans(_ images: [Int], _ source: ImagePart) -> (means: Matrix, labels: [Int], inputs: [[Float]]) {
        let batch = ImageBatch(model: model, count: images.count)
        let pass = BoundPass(model: model, pairs: images.count)
        batch.load(images, from: source)
        pass.infer(
            batch.labels.enumerated().map { BoundPass.Pair(image: $0, representation: $1) }, features: batch.features,
            representations: codes.representations)
        let size = model.configuration.equivariantSize
        let means = Matrix(rows: images.count, columns: size)
        for row in images.indices {
            (means.pointer + row * size).update(from: pass.posterior.pointer + row * 2 * size, count: size)
        }
        return (means, batch.labels, images.indices.map { Array(batch.input.row($0)) })
    }

    /// One v across all classes: for each image the image itself, then what its v looks like in every class.
    public func styleTransfer(_ images: [Int], from source: ImagePart) -> [[[Float]]] {
        let (means, _, inputs) = equivariantMeans(images, source)
        return images.indices.map { row in
            let repeated = Matrix(rows: classes, columns: means.columns)
            for label in 0..<classes {
                (repeated.pointer + label * means.columns).update(from: means.pointer + row * means.columns, count: means.columns)
            }
            return [inputs[row]] + decode(Array(0..<classes), repeated)
        }
    }

    /// From one image to another of its class in `steps` equal steps of v: the first image, the decoded steps, the second image.
    public func interpolations(_ pairs: [(Int, Int)], steps: Int, from source: ImagePart) -> [[[Float]]] {
        precondition(steps >= 2, "an interpolation has two ends")
        let (means, labels, inputs) = equivariantMeans(pairs.flatMap { [$0.0, $0.1] }, source)
        return pairs.indices.map { number in
            let between = Matrix(rows: steps, columns: means.columns)
            for step in 0..<steps {
                let share = Float(step) / Float(steps - 1)
                for column in 0..<means.columns {
                    between[step, column] = means[2 * number, column] * (1 - share) + means[2 * number + 1, column] * share
                }
            }
            return [inputs[2 * number]] + decode([Int](repeating: labels[2 * number], count: steps), between) + [inputs[2 * number + 1]]
        }
    }

    /// Samples of every class: v ~ N(0, I), the same v's in each class, one row per class.
    public func classSamples(_ count: Int) -> [[[Float]]] {
        let size = model.configuration.equivariantSize
        let drawn = Matrix(rows: count, columns: size)
        model.arithmetic.elementwise.fillNormal(drawn, Philox(seed: seed), .figure, step: 1)
        return (0..<classes).map { decode([Int](repeating: $0, count: count), drawn) }
    }
}
