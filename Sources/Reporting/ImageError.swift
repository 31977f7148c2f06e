/// What can go wrong when pixels become a picture.
public enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A side is zero, negative or beyond ``PNGImage/largestSide``, or the area is beyond ``PNGImage/largestArea``.
    case size(width: Int, height: Int)
    /// The number of values is not channels × height × width.
    case count(expected: Int, found: Int)
    /// Pictures are grey (1 channel) or RGB (3 channels).
    case channels(Int)
    /// A gap below 0, a scale below 1, or either beyond ``PNGImage/largestSide``.
    case spacing(gap: Int, scale: Int)
    /// libpng refused.
    case encoder(reason: String)

    public var description: String {
        switch self {
        case .size(let width, let height):
            "a picture of \(width) × \(height) pixels cannot be drawn: each side must be 1 to \(PNGImage.largestSide), "
                + "the area at most \(PNGImage.largestArea); use fewer frames or a smaller scale"
        case .count(let expected, let found):
            "the picture needs \(expected) values and got \(found): pass channels × height × width of them"
        case .channels(let channels):
            "a picture cannot have \(channels) channels: use 1 (grey) or 3 (red, green, blue)"
        case .spacing(let gap, let scale):
            "a grid cannot have a gap of \(gap) pixels and a scale of \(scale): use a gap of 0 or more and a scale of 1 or more, "
                + "both at most \(PNGImage.largestSide)"
        case .encoder(let reason):
            "libpng refuses the picture: \(reason)"
        }
    }
}
