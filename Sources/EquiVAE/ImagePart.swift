import Datasets
import Numerics

/// One part of a data set of labelled images: what an evaluation looks at.
public struct ImagePart: Sendable {
    public let parts: LabelledImageParts
    public let split: Split

    public init(_ parts: LabelledImageParts, _ split: Split) {
        self.parts = parts
        self.split = split
    }

    public var count: Int { parts.count(of: split) }

    /// 0 ..< K.
    public func label(of image: Int) -> Int { parts.label(of: image, in: split) }

    /// Writes images' values in [0, 1], [H, W, C], into consecutive rows.
    func fill(_ matrix: Matrix, firstRow: Int = 0, images: some Collection<Int>) {
        parts.fill(matrix, firstRow: firstRow, images: images, of: split)
    }
}
