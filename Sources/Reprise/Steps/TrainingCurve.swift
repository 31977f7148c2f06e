import Integrity

/// A training's measures over its steps. Every point is the mean over a stretch of steps; the last may be shorter. The first is the first
/// step's alone: what it measured was the untrained model.
struct TrainingCurve: Hashable {
    struct Point: Hashable {
        var position: Int
        /// In the order of the measures' names.
        var averaged: [Double]
        var momentary: [Double?]
    }

    let measures: TrainingMeasures
    private(set) var points: [Point] = []
    /// Sums over the stretch that is not complete yet, and how many steps they hold.
    private var open: [Double]
    private var openCount = 0

    init(_ measures: TrainingMeasures) {
        self.measures = measures
        open = Array(repeating: 0, count: measures.averaged.count)
    }

    /// Adds a step's averaged measures to the open stretch.
    mutating func add(_ values: [Double]) {
        precondition(values.count == measures.averaged.count, "a training has as many values as names: \(measures.averaged)")
        for index in open.indices { open[index] += values[index] }
        openCount += 1
    }

    /// Whether a point is due after the last step that was added.
    func isDue(position: Int, stretch: Int, steps: Int) -> Bool { openCount == stretch || position == steps || position == 1 }

    /// Ends the open stretch.
    mutating func complete(position: Int, momentary: [Double?]) {
        precondition(momentary.count == measures.momentary.count, "a training has as many values as names: \(measures.momentary)")
        let count = Double(openCount)
        points.append(Point(position: position, averaged: open.map { $0 / count }, momentary: momentary))
        open = Array(repeating: 0, count: measures.averaged.count)
        openCount = 0
    }

    // MARK: By name

    /// A point's value of one measure; nil where it has none.
    func value(_ name: String, at point: Point) -> Double? {
        if let index = measures.averaged.firstIndex(of: name) { return point.averaged[index] }
        return measures.momentary.firstIndex(of: name).flatMap { point.momentary[$0] }
    }

    /// The points that have a value of one measure.
    func values(_ name: String) -> [(position: Int, value: Double)] {
        points.compactMap { point in value(name, at: point).map { (point.position, $0) } }
    }

    /// The first batch's measures: those of the untrained model. Nil before there are any.
    var initial: Point? { points.first.flatMap { $0.position == 1 ? $0 : nil } }

    /// Some of a point's measures, or all of them.
    func json(of point: Point, _ names: [String]? = nil) -> JSONValue {
        let members = (names ?? measures.averaged + measures.momentary).map { name -> (String, JSONValue) in
            let value = value(name, at: point)
            return (name, measures.averaged.contains(name) ? value.map { .number($0) } ?? .null : JSONValue(optional: value))
        }
        return .object(Dictionary(members, uniquingKeysWith: { $1 }))
    }

    // MARK: Across a kill

    var json: JSONValue {
        .array(
            points.map { point in
                var json = json(of: point)
                json["step"] = .number(Double(point.position))
                return json
            })
    }

    /// The open stretch.
    var openState: JSONValue {
        var json = json(of: Point(position: 0, averaged: open, momentary: []), measures.averaged)
        json["count"] = .number(Double(openCount))
        return json
    }

    /// Reads what ``json`` and ``openState`` hold; nil where a measure is missing.
    init?(_ measures: TrainingMeasures, points: JSONValue?, open: JSONValue?) {
        self.init(measures)
        func averaged(_ json: JSONValue) -> [Double]? {
            let values = measures.averaged.compactMap { json[$0]?.numberValue }
            return values.count == measures.averaged.count ? values : nil
        }
        for entry in points?.arrayValue ?? [] {
            guard let values = averaged(entry) else { return nil }
            self.points.append(
                Point(
                    position: entry["step"]?.integerValue ?? 0, averaged: values,
                    momentary: measures.momentary.map { entry[$0]?.numberValue }))
        }
        guard let open, let values = averaged(open), let count = open["count"]?.integerValue else { return nil }
        self.open = values
        openCount = count
    }
}
