import Reporting
import TopographicVAE

/// The map of class selectivity as figure 3 draws it: one cell a latent, in its class's colour and with its class's number, and a legend below.
struct ClassMapPicture {
    let png: [UInt8]

    private static let cell = 17
    /// Enlarges the digits' pixels.
    private static let scale = 2

    /// (red, green, blue) of the classes 0 to 9, apart in lightness as in hue.
    private static let colours: [SIMD3<Float>] = [
        SIMD3(0.12, 0.47, 0.71), SIMD3(1.00, 0.50, 0.05), SIMD3(0.17, 0.63, 0.17), SIMD3(0.84, 0.15, 0.16), SIMD3(0.58, 0.40, 0.74),
        SIMD3(0.55, 0.34, 0.29), SIMD3(0.89, 0.47, 0.76), SIMD3(0.40, 0.40, 0.40), SIMD3(0.74, 0.74, 0.13), SIMD3(0.09, 0.75, 0.81),
    ]

    init(_ organisation: TopographicOrganisation) throws {
        var grid = try ImageGrid(channels: 3, height: ClassMapPicture.cell, width: ClassMapPicture.cell, gap: 1, scale: 1, background: 1)
        let selectivity = organisation.selectivity
        for row in 0..<organisation.side {
            try grid.append(
                row: (0..<organisation.side).map { column in
                    guard let (label, discriminability) = selectivity.preferred(row * organisation.side + column) else {
                        return ClassMapPicture.cell(label: 0, strength: 0, isNumbered: false)
                    }
                    return ClassMapPicture.cell(
                        label: label, strength: Float(discriminability / (2 * ClassSelectivity.threshold)),
                        isNumbered: discriminability >= ClassSelectivity.threshold)
                })
        }
        try grid.append(row: [])
        try grid.append(
            row: selectivity.discriminability.indices.map { ClassMapPicture.cell(label: $0, strength: 1, isNumbered: true) })
        png = try grid.image().encoded()
    }

    /// One cell, [3, cell, cell]. A strength of 0 is near white, of 1 or more the class's full colour.
    private static func cell(label: Int, strength: Float, isNumbered: Bool) -> [Float] {
        let share = min(1, max(0, strength))
        let colour = SIMD3<Float>(repeating: 0.96) * (1 - share) + colours[label % colours.count] * share
        let isDark = (colour * SIMD3(0.3, 0.59, 0.11)).sum() < 0.55
        var pixels: [Float] = []
        let digit = isNumbered ? PixelDigit(label) : nil
        let (left, top) = ((cell - PixelDigit.width * scale) / 2, (cell - PixelDigit.height * scale) / 2)
        for channel in 0..<3 {
            for row in 0..<cell {
                for column in 0..<cell {
                    let (down, across) = (row - top, column - left)
                    let isInk = down >= 0 && across >= 0 && digit?.hasInk(row: down / scale, column: across / scale) == true
                    pixels.append(isInk ? (isDark ? 1 : 0) : colour[channel])
                }
            }
        }
        return pixels
    }
}
