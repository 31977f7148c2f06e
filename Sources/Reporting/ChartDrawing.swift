/// Lays one line chart out and writes it as SVG.
struct ChartDrawing {
    private struct Style {
        let colour: String
        let dash: String?
    }

    // A viewBox near a phone's width: scaled to 340 px the text is still read without zooming.
    private static let width = 480.0
    private static let plotTop = 34.0
    private static let plotHeight = 216.0
    private static let plotRight = 466.0
    private static let characterWidth = 6.6
    private static let legendLine = 20.0
    private static let styles: [Style] = [
        Style(colour: "#0b62d6", dash: nil), Style(colour: "#c4451c", dash: "7 3"), Style(colour: "#1a7f37", dash: "2 3"),
        Style(colour: "#8250df", dash: "9 3 2 3"), Style(colour: "#9a6700", dash: "4 2"), Style(colour: "#bf3989", dash: "12 3"),
    ]

    private let chart: LineChart
    private let identifier: String
    private let curves: [[ChartPoint]]
    /// For each series the place of its style, which it shares with its family.
    private let places: [Int]
    private var lines: [String] = []

    init(chart: LineChart, identifier: String) {
        self.chart = chart
        let allowed = identifier.unicodeScalars.filter {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        }
        self.identifier = "svg-" + String(String.UnicodeScalarView(allowed))
        places = Self.places(of: chart.series)
        curves = chart.series.map { series in
            let placeable = series.points.filter {
                ChartAxis.isPlaceable($0.x, on: chart.xScale) && ChartAxis.isPlaceable($0.y, on: chart.yScale)
            }
            return Downsampling.extremes(placeable, limit: LineChart.largestPointCount)
        }
    }

    private static func places(of series: [LineChart.Series]) -> [Int] {
        var families: [String: Int] = [:]
        var next = 0
        return series.map { series in
            if let family = series.family, let place = families[family] { return place }
            if let family = series.family { families[family] = next }
            next += 1
            return next - 1
        }
    }

    mutating func text() -> String {
        let points = curves.flatMap { $0 }
        let x = ChartAxis(values: points.map(\.x), scale: chart.xScale, tickCount: 5, isTight: true)
        let y = ChartAxis(values: points.map(\.y), scale: chart.yScale, tickCount: 5, isTight: false)
        let plotLeft = 18 + Self.characterWidth * Double(y.ticks.map(\.label.count).max() ?? 1) + 12
        let plotBottom = Self.plotTop + Self.plotHeight
        let across = { (value: Double) in plotLeft + x.position(of: value) * (Self.plotRight - plotLeft) }
        let down = { (value: Double) in plotBottom - y.position(of: value) * Self.plotHeight }

        lines = []
        add(#"<title id="\#(identifier)-title">\#(MarkupText.escape(chart.title))</title>"#)
        add(#"<desc id="\#(identifier)-summary">\#(MarkupText.escape(chart.summary))</desc>"#)
        add(#"<text x="\#(fixed(plotLeft))" y="18" font-weight="600">\#(shortened(chart.title, to: 58))</text>"#)

        add(#"<g stroke="currentColor" stroke-opacity="0.18">"#)
        for tick in y.ticks { line(fromX: plotLeft, fromY: down(tick.value), toX: Self.plotRight, toY: down(tick.value)) }
        add("</g>")
        add(#"<g stroke="currentColor" stroke-opacity="0.55">"#)
        line(fromX: plotLeft, fromY: plotBottom, toX: Self.plotRight, toY: plotBottom)
        for tick in x.ticks { line(fromX: across(tick.value), fromY: plotBottom, toX: across(tick.value), toY: plotBottom + 4) }
        add("</g>")

        if points.isEmpty {
            write("no values to draw", x: (plotLeft + Self.plotRight) / 2, y: Self.plotTop + Self.plotHeight / 2, anchor: "middle")
        } else {
            for tick in y.ticks { write(tick.label, x: plotLeft - 6, y: down(tick.value) + 4, anchor: "end") }
            for tick in x.ticks {
                // A centred label at the right end would leave the picture.
                let place = across(tick.value)
                let half = Self.characterWidth * Double(tick.label.count) / 2
                let anchor = place + half > Self.width ? "end" : "middle"
                write(tick.label, x: anchor == "end" ? Self.width - 1 : place, y: plotBottom + 18, anchor: anchor)
            }
        }
        write(chart.xLabel, x: (plotLeft + Self.plotRight) / 2, y: plotBottom + 38, anchor: "middle")
        let middle = fixed(Self.plotTop + Self.plotHeight / 2)
        add(
            #"<text transform="translate(13 \#(middle)) rotate(-90)" text-anchor="middle">\#(shortened(chart.yLabel, to: 34))</text>"#)

        for (index, curve) in curves.enumerated() {
            draw(curve, index: index, across: across, down: down)
        }
        let height = legend(top: plotBottom + 52)

        let opening =
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(fixed(Self.width)) \#(fixed(height))" "#
            + #"role="img" aria-labelledby="\#(identifier)-title \#(identifier)-summary" "#
            + #"font-family="system-ui, sans-serif" font-size="12.5" fill="currentColor">"#
        return ([opening] + lines + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private mutating func draw(
        _ curve: [ChartPoint], index: Int, across: (Double) -> Double, down: (Double) -> Double
    ) {
        guard let first = curve.first else { return }
        if curve.count == 1 {
            add(#"<circle cx="\#(fixed(across(first.x)))" cy="\#(fixed(down(first.y)))" r="3" fill="\#(colour(places[index]))"/>"#)
            return
        }
        let path = curve.map { fixed(across($0.x)) + "," + fixed(down($0.y)) }.joined(separator: " ")
        add(#"<polyline fill="none" \#(stroke(places[index], isThin: isReplicate(index))) stroke-linejoin="round" points="\#(path)"/>"#)
    }

    /// Writes the series' names in rows and returns the drawing's height.
    private mutating func legend(top: Double) -> Double {
        var left = 20.0
        var baseline = top + 12
        for (index, series) in chart.series.enumerated() where places.firstIndex(of: places[index]) == index {
            let full = series.family ?? series.name
            let name = shortened(full, to: 58)
            let extent = 40 + Self.characterWidth * Double(min(full.count, 58)) + 14
            if left > 20, left + extent > Self.width {
                left = 20
                baseline += Self.legendLine
            }
            add(
                #"<line x1="\#(fixed(left))" y1="\#(fixed(baseline - 4))" x2="\#(fixed(left + 30))" y2="\#(fixed(baseline - 4))" \#(stroke(places[index], isThin: false))/>"#
            )
            add(#"<text x="\#(fixed(left + 37))" y="\#(fixed(baseline))">\#(name)</text>"#)
            left += extent
        }
        return baseline + 10
    }

    private mutating func add(_ line: String) { lines.append(line) }

    private mutating func write(_ text: String, x: Double, y: Double, anchor: String) {
        add(#"<text x="\#(fixed(x))" y="\#(fixed(y))" text-anchor="\#(anchor)">\#(shortened(text, to: 60))</text>"#)
    }

    private mutating func line(fromX: Double, fromY: Double, toX: Double, toY: Double) {
        add(#"<line x1="\#(fixed(fromX))" y1="\#(fixed(fromY))" x2="\#(fixed(toX))" y2="\#(fixed(toY))"/>"#)
    }

    private func colour(_ place: Int) -> String {
        let place = place % Self.styles.count
        return "var(--series-\(place + 1), \(Self.styles[place].colour))"
    }

    private func stroke(_ place: Int, isThin: Bool) -> String {
        let dash = Self.styles[place % Self.styles.count].dash.map { #" stroke-dasharray="\#($0)""# } ?? ""
        return #"stroke="\#(colour(place))" stroke-width="\#(isThin ? "1" : "1.8")"\#(dash)"#
    }

    /// Whether the series has others of its family beside it.
    private func isReplicate(_ index: Int) -> Bool { places.count { $0 == places[index] } > 1 }

    /// Escaped text of at most `count` characters.
    private func shortened(_ text: String, to count: Int) -> String {
        MarkupText.escape(text.count > count ? text.prefix(count - 1) + "…" : text)
    }

    /// A coordinate with one decimal, the same on every machine.
    private func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let whole = sign + "\(tenths.magnitude / 10)"
        return tenths % 10 == 0 ? whole : whole + ".\(tenths.magnitude % 10)"
    }
}
