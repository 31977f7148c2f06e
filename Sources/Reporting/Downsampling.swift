/// Fewer points that draw the same curve.
package enum Downsampling {
    /// At most `limit` points: the first, the last, and from each of the equal stretches between them the lowest and the highest, so that
    /// a spike in a learning curve stays visible. Order is kept; `limit` below 4 counts as 4.
    package static func extremes(_ points: [ChartPoint], limit: Int) -> [ChartPoint] {
        let limit = max(4, limit)
        guard points.count > limit, let first = points.first, let last = points.last else { return points }
        let inner = points.count - 2
        let stretches = (limit - 2) / 2
        var kept = [first]
        for stretch in 0..<stretches {
            let start = 1 + inner * stretch / stretches
            let end = 1 + inner * (stretch + 1) / stretches
            guard var lowest = (start..<end).first else { continue }
            var highest = lowest
            for index in start..<end {
                if points[index].y < points[lowest].y { lowest = index }
                if points[index].y > points[highest].y { highest = index }
            }
            kept.append(points[min(lowest, highest)])
            if lowest != highest { kept.append(points[max(lowest, highest)]) }
        }
        kept.append(last)
        return kept
    }
}
