/// Turning an image's hue: RGB → HSV, hue ← hue + φ modulo a full turn, → RGB.
///
/// φ is the angle less half a turn, as in the Topographic VAE's reference implementation: angle 180° leaves the colours alone. The angles are
/// multiples of 20°, so the sextant of the colour circle and the position in it are exact quotients and every machine makes the same bits.
public struct HueRotation: Hashable, Sendable {
    /// The angles of the Topographic VAE's MNIST sequences, degrees: 0, 20, … 340.
    public static let angles: [Int] = (0..<18).map { 20 * $0 }

    /// φ in degrees, 0 ..< 360.
    private let turn: Int

    /// - Parameter angle: an index into ``angles``.
    public init(angle: Int) {
        turn = (HueRotation.angles[angle] + 180) % 360
    }

    /// What pure red of brightness 1 becomes. HSV is homogeneous in brightness, so an image in the red channel alone is turned by multiplying it
    /// with these three numbers.
    public var gainsOfRed: SIMD3<Float> {
        HueRotation.color(sextant: turn / 60, fraction: Float(turn % 60) / 60, saturation: 1, value: 1)
    }

    /// The colour (red, green, blue), each in [0, 1], turned.
    public func apply(to color: SIMD3<Float>) -> SIMD3<Float> {
        let value = color.max()
        let chroma = value - color.min()
        guard value > 0, chroma > 0 else { return color }
        // The hue in sixths of a turn, 0 ..< 6.
        var hue: Float =
            if color.x == value {
                (color.y - color.z) / chroma
            } else if color.y == value {
                2 + (color.z - color.x) / chroma
            } else {
                4 + (color.x - color.y) / chroma
            }
        hue += Float(turn) / 60
        while hue < 0 { hue += 6 }
        while hue >= 6 { hue -= 6 }
        let sextant = Int(hue)
        return HueRotation.color(sextant: sextant, fraction: hue - Float(sextant), saturation: chroma / value, value: value)
    }

    /// HSV → RGB (Smith, "Color gamut transform pairs", SIGGRAPH 1978).
    private static func color(sextant: Int, fraction: Float, saturation: Float, value: Float) -> SIMD3<Float> {
        let low = value * (1 - saturation)
        let falling = value * (1 - saturation * fraction)
        let rising = value * (1 - saturation * (1 - fraction))
        return switch sextant {
        case 0: SIMD3(value, rising, low)
        case 1: SIMD3(falling, value, low)
        case 2: SIMD3(low, value, rising)
        case 3: SIMD3(low, falling, value)
        case 4: SIMD3(rising, low, value)
        default: SIMD3(value, low, falling)
        }
    }
}
