import Datasets
import NeuralNetworks

/// Which training images have labels: training draws complementary examples from them, and so does evaluation.
public struct TrainingLabels: Hashable, Sendable {
    /// For each class its labelled training images, ascending.
    public let classes: [[Int]]
    /// The others, ascending. No training looks at their labels; an evaluation's probes do.
    public let unlabelled: [Int]

    /// - Parameters:
    ///   - labelled: how many training images keep their label, as many of each class; nil: all.
    ///   - seed: decides which.
    public init(_ parts: LabelledImageParts, labelled: Int?, seed: UInt64) throws(DatasetError) {
        var classes = [[Int]](repeating: [], count: parts.classCount)
        if let labelled {
            let draw = try parts.labelledDraw(count: labelled, seed: seed)
            for image in draw.labelled { classes[parts.label(of: image, in: .training)].append(image) }
            unlabelled = draw.unlabelled
        } else {
            for (image, label) in parts.labels(of: .training).enumerated() { classes[label].append(image) }
            unlabelled = []
        }
        self.classes = classes
    }

    /// The images that make r of each class in an evaluation: the first `most` of each class, or all that there are.
    public func codeImages(most: Int) -> [[Int]] { classes.map { Array($0.prefix(most)) } }
}
