import Reporting

/// A leaderboard as a small picture: the paper's number as a line, each entry as a dot with its spread, beside its own untrained control.
struct LeaderboardChart {
    /// More entries than these are in the table alone.
    static let limit = 40

    private static let width = 400.0
    private static let left = 26.0
    private static let right = 24.0
    private static let pitch = 20.0

    private let board: Leaderboard
    private let entries: [IndexedEntry]
    private let axis: ChartAxis
    private let lowest: Double
    private let highest: Double
    /// Room for the paper's number, where there is one.
    private var top: Double { board.subject.reported == nil ? 8 : 30 }

    /// Nil where nothing can be placed.
    init?(_ board: Leaderboard, entries: [IndexedEntry]) {
        self.board = board
        self.entries = entries
        let shown = board.standings.prefix(LeaderboardChart.limit)
        var values: [Double] = []
        for standing in shown {
            let spread = standing.measure.measuredSeeds?.standardDeviation ?? 0
            values += [standing.measure.measured - spread, standing.measure.measured + spread]
        }
        if let reported = board.subject.reported {
            values += [reported.value - (reported.uncertainty ?? 0), reported.value + (reported.uncertainty ?? 0)]
        }
        let measured = values.filter { ChartAxis.isPlaceable($0, on: .linear) }
        guard measured.count == values.count, let low = measured.min(), let high = measured.max() else { return nil }
        // A control, or chance, that lies so far away that it would press everything else together is left to the table.
        let reach = max(high - low, max(high.magnitude, low.magnitude) * 0.02) * 3
        let references = shown.flatMap { [$0.measure.control, $0.measure.chance].compactMap(\.self) }
        values += references.filter { ChartAxis.isPlaceable($0, on: .linear) && $0 >= low - reach && $0 <= high + reach }
        axis = ChartAxis(values: values, scale: .linear, tickCount: 4, isTight: false)
        lowest = values.min() ?? 0
        highest = values.max() ?? 1
    }

    private func x(_ value: Double) -> Double {
        LeaderboardChart.left + axis.position(of: value) * (LeaderboardChart.width - LeaderboardChart.left - LeaderboardChart.right)
    }

    private func isOnChart(_ value: Double) -> Bool { value.isFinite && value >= lowest && value <= highest }

    /// The picture; the numbers stand in the table, so that readers of the page's text lose nothing.
    func svg(identifier: String) -> [String] {
        let shown = board.standings.prefix(LeaderboardChart.limit)
        let bottom = top + Double(shown.count) * LeaderboardChart.pitch
        let height = bottom + 22
        var lines = [
            #"<svg viewBox="0 0 \#(Int(LeaderboardChart.width)) \#(Int(height))" role="img" aria-labelledby="\#(identifier)-name">"#,
            #"<title id="\#(identifier)-name">\#(SitePage.text(summary))</title>"#,
            line("axis", LeaderboardChart.left, bottom, LeaderboardChart.width - LeaderboardChart.right, bottom),
        ]
        for tick in axis.ticks {
            let place = x(tick.value)
            lines.append(line("axis", place, bottom, place, bottom + 4))
            lines.append(#"<text x="\#(number(place))" y="\#(number(bottom + 16))" text-anchor="middle">\#(tick.label)</text>"#)
        }
        lines += paper(bottom: bottom)
        for (index, standing) in shown.enumerated() { lines += row(index, standing) }
        return lines + ["</svg>"]
    }

    /// What the picture shows, in a sentence.
    var summary: String {
        let paper = board.reportedText.map { "The paper's \($0) (\(board.mark?.rawValue ?? "unmarked")) is the line. " } ?? ""
        let left = board.standings.count - LeaderboardChart.limit
        return paper
            + "Dots are measured means with their standard deviation over seeds, hollow where the scale is reduced; squares the same model untrained"
            + (board.standings.contains { $0.measure.chance != nil } ? "; dotted strokes chance" : "")
            + ". Numbers are those of the table." + (left > 0 ? " \(left) more entries are in the table alone." : "")
    }

    private func paper(bottom: Double) -> [String] {
        guard let reported = board.subject.reported else { return [] }
        let place = x(reported.value)
        var lines: [String] = []
        if let uncertainty = reported.uncertainty, uncertainty > 0 {
            let (low, high) = (x(reported.value - uncertainty), x(reported.value + uncertainty))
            lines.append(
                #"<rect class="band" x="\#(number(low))" y="\#(number(top - 8))" width="\#(number(high - low))" height="\#(number(bottom - top + 8))"/>"#
            )
        }
        lines.append(line("paper", place, top - 12, place, bottom))
        let isLeft = place < LeaderboardChart.width / 2
        lines.append(
            #"<text class="paper" x="\#(number(place + (isLeft ? -2 : 2)))" y="13" text-anchor="\#(isLeft ? "start" : "end")">"#
                + #"paper \#(NumberText.exact(reported.value)) (\#(board.mark?.rawValue ?? "unmarked"))</text>"#)
        return lines
    }

    private func row(_ index: Int, _ standing: Leaderboard.Standing) -> [String] {
        let measure = standing.measure
        let entry = entries[standing.entry]
        let y = top + (Double(index) + 0.5) * LeaderboardChart.pitch
        var lines = [
            "<g\(BenchmarkPage.attributes(of: entry))>",
            #"<text x="2" y="\#(number(y + 4))">\#(index + 1)</text>"#,
        ]
        if let chance = measure.chance, isOnChart(chance) { lines.append(line("chance", x(chance), y - 7, x(chance), y + 7)) }
        if let control = measure.control, isOnChart(control) {
            lines.append(#"<rect class="control" x="\#(number(x(control) - 3.5))" y="\#(number(y - 3.5))" width="7" height="7"/>"#)
        }
        if let spread = measure.measuredSeeds?.standardDeviation {
            lines.append(line("spread", x(measure.measured - spread), y, x(measure.measured + spread), y))
        }
        lines.append(
            #"<circle class="dot\#(entry.isPaperScale ? "" : " reduced")" cx="\#(number(x(measure.measured)))" cy="\#(number(y))" r="4"/>"#)
        return lines + ["</g>"]
    }

    private func line(_ className: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        #"<line class="\#(className)" x1="\#(number(x1))" y1="\#(number(y1))" x2="\#(number(x2))" y2="\#(number(y2))"/>"#
    }

    /// A coordinate in tenths: the same text on every machine.
    private func number(_ value: Double) -> String {
        let tenths = Int((min(1e6, max(-1e6, value)) * 10).rounded())
        let text = tenths.magnitude % 10 == 0 ? "\(tenths.magnitude / 10)" : "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
        return tenths < 0 ? "-" + text : text
    }
}
