import Foundation
import Reporting
import Testing

@Suite("A line chart")
struct LineChartTests {
    private func chart(_ points: [ChartPoint], xScale: LineChart.Scale = .linear, yScale: LineChart.Scale = .linear) -> LineChart {
        LineChart(
            title: "Loss", summary: "It falls.", xLabel: "step", yLabel: "nats", xScale: xScale, yScale: yScale,
            series: [.init(name: "TVAE", points: points)])
    }

    private func pointCounts(_ svg: String) -> [Int] {
        svg.matches(of: /<polyline[^>]*points="([^"]*)"/).map { $0.1.split(separator: " ").count }
    }

    /// True when tags and quotes match.
    private func isWellFormed(_ text: String) -> Bool { TagChecker.problem(in: text) == nil }

    @Test("draws every series, named in a legend, with title and description for who cannot see it")
    func parts() {
        let svg = Sample.chart().svg(identifier: "c1")
        #expect(pointCounts(svg) == [60, 60])
        #expect(svg.contains(#"role="img" aria-labelledby="svg-c1-title svg-c1-summary""#))
        #expect(svg.contains(#"<title id="svg-c1-title">Negative log-likelihood while training</title>"#))
        #expect(svg.contains(">TVAE L=1/2</text>"))
        #expect(svg.contains(">VAE</text>"))
        #expect(svg.contains("currentColor"))
        #expect(isWellFormed(svg))
    }

    @Test("series of one family share a colour and a place in the legend, and are drawn thinner")
    func families() {
        let points = [ChartPoint(x: 0, y: 1), ChartPoint(x: 1, y: 2)]
        let series = ["TVAE", "TVAE", "VAE"].map { LineChart.Series(name: $0, family: $0, points: points) }
        let svg = LineChart(title: "Loss", summary: "", xLabel: "", yLabel: "", series: series).svg()
        let strokes = svg.matches(of: /<polyline fill="none" stroke="([^"]*)" stroke-width="([^"]*)"/).map { [String($0.1), String($0.2)] }
        #expect(strokes.count == 3 && strokes[0] == strokes[1] && strokes[0][0] != strokes[2][0], "\(strokes)")
        #expect(strokes.map { $0[1] } == ["1", "1", "1.8"])
        #expect(svg.matches(of: />TVAE<\/text>/).count == 1 && svg.matches(of: />VAE<\/text>/).count == 1)
    }

    @Test("is the same text for the same chart")
    func determinism() {
        #expect(Sample.chart().svg() == Sample.chart().svg())
    }

    @Test("draws at most 400 points a series and keeps the spike among them", arguments: [399, 400, 401, 402, 5_000, 600_000])
    func downsampling(count: Int) throws {
        let spike = count / 3
        let points = (0..<count).map { ChartPoint(x: Double($0), y: $0 == spike ? 100 : sin(Double($0))) }
        let svg = chart(points).svg()
        let drawn = try #require(pointCounts(svg).first)
        #expect(drawn <= LineChart.largestPointCount)
        #expect(drawn >= min(count, 300))
        // y = 100 is the top of the plot.
        #expect(svg.contains(",34 "), "the spike at step \(spike) is missing")
    }

    @Test("leaves out values that have no place, and says so when none is left")
    func unplaceable() {
        let points = [
            ChartPoint(x: 0, y: 1), ChartPoint(x: 1, y: .nan), ChartPoint(x: .infinity, y: 2), ChartPoint(x: 3, y: 1e300),
            ChartPoint(x: 4, y: 2),
        ]
        #expect(pointCounts(chart(points).svg()) == [2])
        for empty in [chart([]), chart([ChartPoint(x: 1, y: .nan)]), chart([ChartPoint(x: -1, y: 0)], xScale: .logarithmic)] {
            #expect(empty.svg().contains("no values to draw"))
            #expect(!empty.svg().contains("nan"))
        }
    }

    @Test("a logarithmic axis leaves out zero and labels powers of ten")
    func logarithmic() {
        let points = [0.0, 1, 10, 100, 1000, 10_000].map { ChartPoint(x: $0, y: 1) }
        let svg = chart(points, xScale: .logarithmic).svg()
        #expect(pointCounts(svg) == [5])
        for label in ["1", "10", "100", "1,000", "10,000"] { #expect(svg.contains(">\(label)</text>"), "no tick \(label)") }
    }

    @Test(
        "ticks are round numbers",
        arguments: [
            ([0.0, 600_000], ["0", "200,000", "400,000", "600,000"]), ([0, 0.31], ["0", "0.1", "0.2", "0.3"]),
            ([-0.00012, 0.00012], ["−0.00010", "0", "0.00010"]), ([68, 151], ["80", "100", "120", "140"]),
        ] as [([Double], [String])])
    func ticks(ends: [Double], labels: [String]) {
        let svg = chart(ends.map { ChartPoint(x: $0, y: 0) }).svg()
        for label in labels { #expect(svg.contains(">\(label)</text>"), "no tick \(label) for \(ends):\n\(svg)") }
    }

    @Test(
        "survives values that are equal, huge, tiny or a single point",
        arguments: [
            [0.0], [0, 0], [5, 5], [-1e99, 1e99], [1e-99, 2e-99], [1e15, 1e15 + 1], [1e100, 1e100], [-3e-90, -3e-90], [1, 1 + 1e-15],
        ] as [[Double]], LineChart.Scale.allCases)
    func extremes(values: [Double], scale: LineChart.Scale) {
        let svg = chart(values.map { ChartPoint(x: $0, y: $0) }, xScale: scale, yScale: scale).svg()
        #expect(!svg.lowercased().contains("nan"))
        #expect(!svg.lowercased().contains("inf"))
        #expect(isWellFormed(svg))
    }

    @Test("escapes every text and drops what an id may not hold")
    func escaping() {
        let evil = "</text><script>alert('1')</script>&\u{0}\"x"
        let chart = LineChart(
            title: evil, summary: evil, xLabel: evil, yLabel: evil,
            series: [.init(name: evil, points: [.init(x: 0, y: 1), .init(x: 1, y: 2)])])
        let svg = chart.svg(identifier: #"a"><script>"#)
        #expect(!svg.contains("<script"))
        #expect(svg.contains(#"id="svg-ascript-title""#))
        #expect(isWellFormed(svg))
    }
}
