import Integrity
import Workflows

/// A checklist with its answers, for one run.
public struct FilledChecklist: Hashable, Sendable {
    /// An item, its answer, and what a person remarked where the record answers.
    public struct Entry: Hashable, Sendable {
        public let item: ChecklistItem
        public let answer: ChecklistAnswer
        public let remark: PersonAnswer?
    }

    public let checklist: Checklist
    public let run: String
    /// The run's workflow and variation.
    public let title: String
    public let entries: [Entry]
    /// What does not hold in the record; empty where all does. A record that does not hold proves nothing.
    public let findings: [Finding]

    /// Answers a checklist from a record that holds.
    public init(_ checklist: Checklist, record: VerifiedRecord, answers: PersonAnswers = .none) {
        self.checklist = checklist
        run = record.record.id
        title = "\(record.plan.title), variation \(record.plan.variation)"
        findings = []
        entries = checklist.items.map { FilledChecklist.entry($0, of: checklist, record: record, answers: answers) }
    }

    /// The same for a record that does not hold: what it says is not quoted.
    ///
    /// - Parameter findings: what does not hold.
    public init(_ checklist: Checklist, run: String, findings: [Finding], answers: PersonAnswers = .none) {
        self.checklist = checklist
        self.run = run
        title = "a record that does not hold"
        self.findings = findings
        entries = checklist.items.map { FilledChecklist.entry($0, of: checklist, record: nil, answers: answers) }
    }

    private static func entry(
        _ item: ChecklistItem, of checklist: Checklist, record: VerifiedRecord?, answers: PersonAnswers
    ) -> Entry {
        let said = answers[checklist.alias, item.id]
        switch item.respondent {
        case .nobody: return Entry(item: item, answer: .notApplicable(reason: item.note ?? "nobody answers it"), remark: said)
        case .person:
            let evidence = record.map { record in item.evidence.flatMap { record.testimony($0).evidence } } ?? []
            return Entry(item: item, answer: said.map { .answered($0, evidence) } ?? .open(evidence), remark: nil)
        case .record:
            guard let record else {
                return Entry(item: item, answer: .no([], reason: "the record does not hold, so it proves nothing"), remark: said)
            }
            return Entry(item: item, answer: answer(item.evidence.map { record.testimony($0) }), remark: said)
        }
    }

    /// All must be proved for a yes; where nothing is, the answer is no.
    package static func answer(_ testimonies: [Testimony]) -> ChecklistAnswer {
        var evidence: [Evidence] = []
        for piece in testimonies.flatMap(\.evidence) where !evidence.contains(piece) { evidence.append(piece) }
        var shortfalls: [String] = []
        for shortfall in testimonies.compactMap(\.shortfall) where !shortfalls.contains(shortfall) { shortfalls.append(shortfall) }
        if shortfalls.isEmpty {
            return Proof(evidence).map { .yes($0) } ?? .no([], reason: "the record shows nothing of it")
        }
        let isDenied = testimonies.allSatisfy { if case .denied = $0 { true } else { false } }
        let reason = shortfalls.joined(separator: "; ")
        return isDenied ? .no(evidence, reason: reason) : .partly(evidence, missing: reason)
    }

    /// How many items have an answer of a kind.
    public func count(_ kind: ChecklistAnswer.Kind) -> Int { entries.count { $0.answer.kind == kind } }

    /// `5 yes, 1 partly, 9 to be answered`
    public var summary: String {
        ChecklistAnswer.Kind.allCases.map { (count($0), $0.rawValue) }.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    public var json: JSONValue {
        [
            "format": "reprise.filled-checklist/v1", "checklist": .string(checklist.alias), "title": .string(checklist.title),
            "source": [
                "name": .string(checklist.source.name), "url": .string(checklist.source.url), "version": .string(checklist.source.version),
                "mark": .string(checklist.source.mark.rawValue), "note": .string(checklist.source.note),
            ],
            "run": .string(run), "verified": .bool(findings.isEmpty), "findings": .array(findings.map(\.json)),
            "summary": .object(
                Dictionary(uniqueKeysWithValues: ChecklistAnswer.Kind.allCases.map { ($0.rawValue, .number(Double(count($0)))) })),
            "items": .array(entries.map(FilledChecklist.json)),
        ]
    }

    private static func json(_ entry: Entry) -> JSONValue {
        var json: JSONValue = [
            "id": .string(entry.item.id), "section": .string(entry.item.section), "text": .string(entry.item.text),
            "answered_by": .string(entry.item.respondent.rawValue), "answer": .string(entry.answer.kind.rawValue),
            "evidence": .array(entry.answer.evidence.map(\.json)),
        ]
        if let note = entry.item.note { json["note"] = .string(note) }
        if let mark = entry.item.mark { json["mark"] = .string(mark.rawValue) }
        if let remark = entry.answer.remark { json["reason"] = .string(remark) }
        if case .answered(let person, _) = entry.answer { json["person"] = person.json }
        if let remark = entry.remark { json["remark"] = remark.json }
        return json
    }
}

extension VerifiedRecord {
    /// Asks the record.
    func testimony(_ request: EvidenceRequest) -> Testimony {
        switch request.provider {
        case .codeCommit: codeCommit
        case .programDigest: programDigest
        case .dependencies: dependencies
        case .computeEnvironment: computeEnvironment
        case .runTime: runTime
        case .diskSpace: diskSpace
        case .dataDigests: dataDigests
        case .dataSources: dataSources
        case .dataLicenses: dataLicenses
        case .codeLicenses: codeLicenses
        case .model: model
        case .hyperparameters: hyperparameters
        case .randomSeeds: randomSeeds
        case .replicates: replicates(minimum: request.minimum ?? 2)
        case .trainingCode: trainingCode
        case .evaluationCode: evaluationCode
        case .trainedWeights: trainedWeights
        case .keptStates: keptStates
        case .workflow: workflow
        case .runCommand: runCommand
        case .claims: claims
        case .resultsTable: resultsTable
        case .measureDefinitions: measureDefinitions
        case .deviations: deviations
        case .untrainedControls: untrainedControls
        case .paperProtocol: paperProtocol
        case .reproducedResults: reproducedResults
        case .signedManifest: signedManifest
        case .attestations: attestations
        }
    }
}
