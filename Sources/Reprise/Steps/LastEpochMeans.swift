import Integrity

/// Means of a training's measures over its last steps: of each batch on its own, before the step changes the weights.
struct LastEpochMeans: LastEpochMeasures, Hashable {
    let measures: TrainingMeasures
    /// Steps so far.
    private(set) var steps = 0
    // Sums over steps, in their order.
    private var averaged: [Double]
    private var momentary: [Double?]

    init(_ measures: TrainingMeasures) {
        self.measures = measures
        averaged = Array(repeating: 0, count: measures.averaged.count)
        momentary = Array(repeating: nil, count: measures.momentary.count)
    }

    /// Adds a step's measures, in the order of their names.
    mutating func add(_ values: [Double], momentary moment: [Double?]) {
        precondition(values.count == averaged.count && moment.count == momentary.count, "as many values as names: \(measures)")
        steps += 1
        for index in averaged.indices { averaged[index] += values[index] }
        for (index, value) in moment.enumerated() {
            if let value { momentary[index] = (momentary[index] ?? 0) + value }
        }
    }

    /// The mean of one measure; nil where no step had a value.
    func mean(_ name: String) -> Double? {
        let count = Double(max(1, steps))
        if let index = measures.averaged.firstIndex(of: name) { return averaged[index] / count }
        return measures.momentary.firstIndex(of: name).flatMap { momentary[$0] }.map { $0 / count }
    }

    /// The means, and of how many steps they are.
    var json: JSONValue {
        var json: JSONValue = ["steps": .number(Double(steps))]
        for name in measures.averaged { json[name] = mean(name).map { .number($0) } ?? .null }
        for name in measures.momentary { json[name] = JSONValue(optional: mean(name)) }
        return json
    }

    var state: JSONValue {
        var json: JSONValue = ["steps": .number(Double(steps))]
        for (name, sum) in zip(measures.averaged, averaged) { json[name] = .number(sum) }
        for (name, sum) in zip(measures.momentary, momentary) { json[name] = sum.map { .number($0) } ?? .null }
        return json
    }

    mutating func restore(_ state: JSONValue) -> Bool {
        let sums = measures.averaged.compactMap { state[$0]?.numberValue }
        guard let steps = state["steps"]?.integerValue, steps >= 0, sums.count == averaged.count else { return false }
        self.steps = steps
        averaged = sums
        momentary = measures.momentary.map { state[$0]?.numberValue }
        return true
    }
}
