import Integrity

/// One item of a checklist.
public struct ChecklistItem: Hashable, Sendable {
    /// Who answers.
    public enum Respondent: String, Hashable, Sendable, CaseIterable {
        /// The record alone.
        case record
        /// A person; what the record has to say stands beside the answer.
        case person
        /// Nobody: no computation has what is asked for.
        case nobody
    }

    public var id: String
    public var section: String
    /// What is asked, in our words.
    public var text: String
    public var respondent: Respondent
    /// What the record is asked for; all of it must be proved for a “yes”.
    public var evidence: [EvidenceRequest]
    /// What else a reader should know: how far the proof goes, or why nobody answers.
    public var note: String?
    /// Set where this item is less sure to be the source's than the others.
    public var mark: ConfidenceMark?

    init(_ json: JSONValue, position: Int) throws(ClaimError) {
        let location = json["id"]?.stringValue.map { "item “\($0)”" } ?? "items[\(position)]"
        let object = try StrictObject(
            json, location: location, known: ["id", "section", "text", "answered_by", "evidence", "note", "mark"])
        id = try object.text("id")
        section = try object.text("section")
        text = try object.text("text")
        respondent = try object.choice("answered_by", of: Respondent.self)
        note = try object.optionalText("note")
        mark = try object.optionalChoice("mark", of: ConfidenceMark.self)
        evidence = []
        if let requests = object.value("evidence") {
            guard let elements = requests.arrayValue else { throw object.malformed("evidence", "an array of evidence providers") }
            for element in elements { evidence.append(try ChecklistItem.request(element, location: location)) }
        }
        switch respondent {
        case .record where evidence.isEmpty: throw object.malformed("evidence", "one or more providers where the record answers")
        case .nobody where note == nil || !evidence.isEmpty:
            throw object.malformed("note", "the reason why nobody answers, without evidence")
        default: break
        }
    }

    private static func request(_ json: JSONValue, location: String) throws(ClaimError) -> EvidenceRequest {
        let object = try StrictObject(
            json, location: "\(location), evidence", known: ["provider"] + EvidenceProvider.allCases.flatMap(\.parameters))
        var request = EvidenceRequest(try object.choice("provider", of: EvidenceProvider.self))
        if let minimum = object.value("minimum") {
            guard request.provider.parameters.contains("minimum"), let count = minimum.integerValue, (2...1000).contains(count) else {
                throw object.malformed("minimum", "a number of 2 to 1000, with the provider \(EvidenceProvider.replicates.rawValue)")
            }
            request.minimum = count
        }
        return request
    }
}
