/// A point of a curve.
public struct ChartPoint: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A line chart, such as a learning curve, drawn as SVG. The same chart gives the same text.
///
/// Text and axes take the page's colour (`currentColor`); series take `--series-1` to `--series-6` where the page defines them, which
/// is how one drawing serves light and dark. Each series, or family of series, has a dash pattern of its own, so colour is never the only
/// difference; where a family has several, they are drawn thinner.
public struct LineChart: Hashable, Sendable {
    /// How values are spread along an axis.
    public enum Scale: String, Hashable, Sendable, CaseIterable {
        case linear
        /// Values of 0 and below have no place on it and are left out.
        case logarithmic
    }

    public struct Series: Hashable, Sendable {
        public var name: String
        /// Series of one family, such as the replicates of a row, share a colour and a place in the legend; nil for a series by itself.
        public var family: String?
        /// In the order of x. Values that are not finite are left out.
        public var points: [ChartPoint]

        public init(name: String, family: String? = nil, points: [ChartPoint]) {
            self.name = name
            self.family = family
            self.points = points
        }
    }

    /// No series draws more points than this.
    public static let largestPointCount = 400

    public var title: String
    /// What the chart shows, for who cannot see it.
    public var summary: String
    public var xLabel: String
    public var yLabel: String
    public var xScale: Scale
    public var yScale: Scale
    public var series: [Series]

    public init(
        title: String, summary: String, xLabel: String, yLabel: String, xScale: Scale = .linear, yScale: Scale = .linear, series: [Series]
    ) {
        self.title = title
        self.summary = summary
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.xScale = xScale
        self.yScale = yScale
        self.series = series
    }

    /// The chart as one `<svg>` element, to stand in a page or in a file of its own.
    ///
    /// - Parameter identifier: makes the ids inside unique on the page; characters other than ASCII letters, digits and hyphens are dropped.
    public func svg(identifier: String = "chart") -> String {
        var drawing = ChartDrawing(chart: self, identifier: identifier)
        return drawing.text()
    }
}
