import Integrity

/// A row of a table in the report: one measure of the trained model beside the same model before training and beside chance.
struct ComparisonRow: Hashable {
    var name: String
    var unit: String
    var trained: Double?
    var untrained: Double?
    var chance: Double?
    var explanation: String

    var json: JSONValue {
        [
            "name": .string(name), "unit": .string(unit), "trained": JSONValue(optional: trained),
            "untrained": JSONValue(optional: untrained), "chance": JSONValue(optional: chance), "explanation": .string(explanation),
        ]
    }
}
