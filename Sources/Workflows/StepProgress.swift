import Integrity

/// How far a step is.
public struct StepProgress: Hashable, Sendable {
    public var done: Double
    public var total: Double
    public var unit: String
    public var text: String

    public init(done: Double, total: Double, unit: String, text: String = "") {
        self.done = done
        self.total = total
        self.unit = unit
        self.text = text
    }

    /// The line by which a step reports it.
    public var line: String {
        let json: JSONValue = ["done": .number(done), "total": .number(total), "unit": .string(unit), "text": .string(text)]
        return StepContract.progressPrefix + String(decoding: json.canonicalBytes(), as: UTF8.self)
    }

    /// Nil unless the line is a well-formed progress line.
    public init?(line: String) {
        guard line.hasPrefix(StepContract.progressPrefix), line.utf8.count < 4096,
            let json = try? JSONValue.parse(String(line.dropFirst(StepContract.progressPrefix.count))),
            let done = json["done"]?.numberValue, let total = json["total"]?.numberValue, (0...1e15).contains(done),
            (0...1e15).contains(total)
        else { return nil }
        self.init(
            done: done, total: total, unit: json["unit"]?.stringValue ?? "", text: json["text"]?.stringValue ?? "")
    }
}
