import Foundation

/// Maps values to positions along one axis and chooses round ticks.
package struct ChartAxis {
    package struct Tick: Hashable {
        package let value: Double
        package let label: String
    }

    package let scale: LineChart.Scale
    package let ticks: [Tick]
    /// The ends of the axis, in values for a linear scale and in powers of ten for a logarithmic one.
    private let lower: Double
    private let upper: Double

    /// An axis over the values, none of which may be unplaceable (see ``isPlaceable(_:on:)``).
    ///
    /// - Parameter isTight: ends the axis at the outermost values rather than at a tick; used for x, where a margin would look like missing training.
    package init(values: [Double], scale: LineChart.Scale, tickCount: Int, isTight: Bool) {
        self.scale = scale
        let placed = scale == .linear ? values : values.map(log10)
        var lowest = placed.min() ?? 0
        var highest = placed.max() ?? 1
        // Values that are equal, or equal but for rounding, still get an axis with some room.
        if highest - lowest <= max(highest.magnitude, lowest.magnitude) * 1e-9 {
            let room = scale == .logarithmic ? 0.5 : max(lowest.magnitude * 0.1, lowest == 0 ? 1 : 1e-90)
            lowest -= room
            highest += room
        }
        let step = Self.roundStep((highest - lowest) / Double(max(1, tickCount)))
        switch scale {
        case .linear:
            let first = (lowest / step + (isTight ? -1e-9 : 1e-9)).rounded(isTight ? .up : .down)
            let last = (highest / step + (isTight ? 1e-9 : -1e-9)).rounded(isTight ? .down : .up)
            lower = isTight ? lowest : first * step
            upper = isTight ? highest : last * step
            // Multiples of the step rather than repeated sums, so that 0.3 is not 0.30000000000000004.
            ticks = (0...max(0, min(50, Int(last - first)))).map { index in
                let value = (first + Double(index)) * step
                return Tick(value: value, label: NumberText.tick(value, step: step))
            }
        case .logarithmic:
            lower = isTight ? lowest : lowest.rounded(.down)
            upper = isTight ? highest : highest.rounded(.up)
            ticks = Self.logarithmicTicks(lower: lower, upper: upper, tickCount: tickCount)
        }
    }

    /// True for a finite value, of sane size, that the scale can show.
    package static func isPlaceable(_ value: Double, on scale: LineChart.Scale) -> Bool {
        value.magnitude <= 1e100 && (scale == .linear || value >= 1e-100)
    }

    /// Where the value lies: 0 at the lower end, 1 at the upper.
    package func position(of value: Double) -> Double {
        ((scale == .linear ? value : log10(value)) - lower) / (upper - lower)
    }

    /// 1, 2 or 5 times a power of ten, at least as large as asked.
    private static func roundStep(_ step: Double) -> Double {
        let exponent = log10(step).rounded(.down)
        let power = pow(10, exponent)
        for factor in [1.0, 2, 5] where factor * power >= step * (1 - 1e-9) { return factor * power }
        return 10 * power
    }

    /// Powers of ten; where fewer than three fall on the axis, twice and five times them as well.
    private static func logarithmicTicks(lower: Double, upper: Double, tickCount: Int) -> [Tick] {
        let first = Int((lower - 1e-9).rounded(.up))
        let last = Int((upper + 1e-9).rounded(.down))
        let every = max(1, (last - first + tickCount) / max(1, tickCount))
        var candidates: [(factor: Double, exponent: Int)] = []
        if last - first >= 2 {
            candidates = stride(from: first, through: last, by: every).map { (1, $0) }
        } else {
            for exponent in (first - 1)...(last + 1) {
                candidates += [1.0, 2, 5].map { ($0, exponent) }
            }
        }
        return candidates.compactMap { candidate in
            let power = Double(candidate.exponent)
            let place = log10(candidate.factor) + power
            guard place >= lower - 1e-9, place <= upper + 1e-9 else { return nil }
            let value = candidate.factor * pow(10, power)
            return Tick(value: value, label: NumberText.tick(value, step: pow(10, power)))
        }
    }
}
