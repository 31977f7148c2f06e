/// Which images of a training part keep their labels and which lose them: every image is in one of the two lists.
public struct LabelledDraw: Hashable, Sendable {
    /// Positions in the training part, ascending.
    public let labelled: [Int]
    /// Positions in the training part, ascending.
    public let unlabelled: [Int]
}
