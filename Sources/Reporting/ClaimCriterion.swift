import Integrity

/// When a measured value agrees with a claim.
public enum ClaimCriterion: Hashable, Sendable {
    case lessThan(Double)
    case greaterThan(Double)
    /// At most this far from the value that the paper reports.
    case within(Double)
    case lessThanMeasure(MetricReference)
    case greaterThanMeasure(MetricReference)

    init(json: JSONValue, location: String) throws(ClaimError) {
        let object = try StrictObject(
            json, location: location + ".criterion",
            known: ["less_than", "greater_than", "within", "less_than_measure", "greater_than_measure"])
        let given = json.objectValue?.keys.sorted() ?? []
        guard given.count == 1, let name = given.first else {
            throw .malformed(
                location: location, field: "criterion",
                expected: "an object with one of less_than, greater_than, within, less_than_measure, greater_than_measure")
        }
        func number(_ number: Double?) throws(ClaimError) -> Double {
            guard let number else { throw object.malformed(name, "a number") }
            return number
        }
        switch name {
        case "less_than": self = .lessThan(try number(object.optionalNumber(name)))
        case "greater_than": self = .greaterThan(try number(object.optionalNumber(name)))
        case "within": self = .within(try number(object.optionalExtent(name)))
        default:
            guard let reference = MetricReference(try object.text(name)) else {
                throw object.malformed(name, "of the form step:metric.path")
            }
            self = name == "less_than_measure" ? .lessThanMeasure(reference) : .greaterThanMeasure(reference)
        }
    }
}
