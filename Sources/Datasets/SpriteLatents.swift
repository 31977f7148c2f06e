/// One image of dSprites, named by its latent values as indices into dSprites' own grid (Matthey, Higgins, Hassabis, Lerchner 2017):
/// 3 shapes × 6 scales × 40 orientations × 32 × 32 positions.
public struct SpriteLatents: Hashable, Sendable {
    public var shape: SpriteShape
    /// 0 ..< 6: sizes 0.5, 0.6, … 1.
    public var scale: Int
    /// 0 ..< 40: angles 2π·k/39, counter-clockwise on the screen; the last is the first again, as in dSprites.
    public var orientation: Int
    /// 0 ..< 32, left to right: the centre lies at a quarter of the frame's side plus k/31 of half of it.
    public var x: Int
    /// 0 ..< 32, top to bottom, likewise.
    public var y: Int

    public static let scales = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    public static let orientationCount = 40
    public static let positionCount = 32

    /// - Throws: ``DatasetError/invalidParameter(name:reason:)`` for a value outside the grid.
    public init(shape: SpriteShape, scale: Int, orientation: Int, x: Int, y: Int) throws(DatasetError) {
        for (name, value, size) in [
            ("scale", scale, SpriteLatents.scales.count), ("orientation", orientation, SpriteLatents.orientationCount),
            ("x", x, SpriteLatents.positionCount), ("y", y, SpriteLatents.positionCount),
        ] where value < 0 || value >= size {
            throw .invalidParameter(name: name, reason: "\(value) is not one of dSprites' \(size) values, 0 to \(size - 1)")
        }
        self.init(shape, scale, orientation, x, y)
    }

    /// Values known to lie in the grid.
    init(_ shape: SpriteShape, _ scale: Int, _ orientation: Int, _ x: Int, _ y: Int) {
        self.shape = shape
        self.scale = scale
        self.orientation = orientation
        self.x = x
        self.y = y
    }

    /// The centre's coordinate in sixty-fourths of the frame's side, from its left or upper edge.
    static func centre(_ position: Int) -> Double { 16 + 32 * Double(position) / 31 }

    /// (cos, sin) of the orientations, rounded from 40 digits: a C library's own cosines differ between platforms.
    static let cosinesAndSines: [(Double, Double)] = [
        (1.0, 0.0),
        (0.9870502626379128, 0.16041128085776024),
        (0.9485364419471455, 0.3166679938014725),
        (0.8854560256532099, 0.46472317204376856),
        (0.7994427634035012, 0.6007422642379789),
        (0.6927243535095994, 0.7212024473438146),
        (0.5680647467311558, 0.8229838658936564),
        (0.4286925614030542, 0.9034504346103823),
        (0.27821746391645263, 0.9605181116313724),
        (0.12053668025532305, 0.992708874098054),
        (-0.040265940109415144, 0.9991889981715696),
        (-0.20002569377604443, 0.9797906520422677),
        (-0.3546048870425356, 0.9350162426854148),
        (-0.5, 0.8660254037844386),
        (-0.6324453755953773, 0.7746049618276546),
        (-0.7485107481711011, 0.6631226582407952),
        (-0.8451900855437947, 0.5344658261278011),
        (-0.9199794436588242, 0.3919666098600751),
        (-0.970941817426052, 0.23931566428755777),
        (-0.99675730813421, 0.08046656871672588),
        (-0.99675730813421, -0.08046656871672588),
        (-0.970941817426052, -0.23931566428755777),
        (-0.9199794436588242, -0.3919666098600751),
        (-0.8451900855437947, -0.5344658261278011),
        (-0.7485107481711011, -0.6631226582407952),
        (-0.6324453755953773, -0.7746049618276546),
        (-0.5, -0.8660254037844386),
        (-0.3546048870425356, -0.9350162426854148),
        (-0.20002569377604443, -0.9797906520422677),
        (-0.040265940109415144, -0.9991889981715696),
        (0.12053668025532305, -0.992708874098054),
        (0.27821746391645263, -0.9605181116313724),
        (0.4286925614030542, -0.9034504346103823),
        (0.5680647467311558, -0.8229838658936564),
        (0.6927243535095994, -0.7212024473438146),
        (0.7994427634035012, -0.6007422642379789),
        (0.8854560256532099, -0.46472317204376856),
        (0.9485364419471455, -0.3166679938014725),
        (0.9870502626379128, -0.16041128085776024),
        (1.0, 0.0),
    ]
}
