/// Frames of one shape laid out in rows and columns, as in a capsule traversal: one sequence a row, one step a column.
public struct ImageGrid: Hashable, Sendable {
    public let channels: Int
    public let height: Int
    public let width: Int
    /// Pixels between neighbouring frames, after scaling. There is none at the border.
    public let gap: Int
    /// Each value becomes a square of this many pixels, so that small frames stay sharp.
    public let scale: Int
    /// The grey in [0, 1] of gaps and of missing frames.
    public let background: Float
    /// Rows of frames, each frame [channels, height, width] in [0, 1].
    public private(set) var rows: [[[Float]]] = []

    public init(channels: Int, height: Int, width: Int, gap: Int = 2, scale: Int = 1, background: Float = 0.5) throws(ImageError) {
        guard PNGImage.Colour(rawValue: channels) != nil else { throw .channels(channels) }
        try PNGImage.checkSize(width: width, height: height)
        guard (0...PNGImage.largestSide).contains(gap), (1...PNGImage.largestSide).contains(scale) else {
            throw .spacing(gap: gap, scale: scale)
        }
        self.channels = channels
        self.height = height
        self.width = width
        self.gap = gap
        self.scale = scale
        self.background = background
    }

    /// Adds a row below the others. Rows may differ in length; the rest of a short row stays background.
    public mutating func append(row: [[Float]]) throws(ImageError) {
        for frame in row where frame.count != channels * height * width {
            throw .count(expected: channels * height * width, found: frame.count)
        }
        rows.append(row)
    }

    /// The grid as one picture.
    public func image() throws(ImageError) -> PNGImage {
        let columns = rows.map(\.count).max() ?? 0
        let pixelWidth = try Self.extent(of: columns, each: width, scale: scale, gap: gap)
        let pixelHeight = try Self.extent(of: rows.count, each: height, scale: scale, gap: gap)
        try PNGImage.checkSize(width: pixelWidth, height: pixelHeight)
        var pixels = [UInt8](repeating: PNGImage.byte(background), count: pixelWidth * pixelHeight * channels)
        for (row, frames) in rows.enumerated() {
            for (column, frame) in frames.enumerated() {
                let top = row * (height * scale + gap)
                let left = column * (width * scale + gap)
                for y in 0..<height * scale {
                    for x in 0..<width * scale {
                        let source = (y / scale) * width + x / scale
                        let target = ((top + y) * pixelWidth + left + x) * channels
                        for channel in 0..<channels {
                            pixels[target + channel] = PNGImage.byte(frame[channel * height * width + source])
                        }
                    }
                }
            }
        }
        return try PNGImage(width: pixelWidth, height: pixelHeight, colour: channels == 1 ? .grey : .rgb, pixels: pixels)
    }

    /// count · each · scale + (count − 1) · gap, refused before it can overflow.
    private static func extent(of count: Int, each: Int, scale: Int, gap: Int) throws(ImageError) -> Int {
        guard count > 0, count <= PNGImage.largestSide else { throw .size(width: count, height: count) }
        // Each factor is at most 2^15, so the sum stays far below 2^63.
        return count * each * scale + (count - 1) * gap
    }
}
