/// The size of an image. Its numbers lie row by row and pixel by pixel, the channels of a pixel side by side ([height, width, channels],
/// "channels last"), so that an image is one row of ``count`` numbers in a ``Matrix``.
public struct ImageShape: Hashable, Sendable {
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    public var count: Int { height * width * channels }
}
