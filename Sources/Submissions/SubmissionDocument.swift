import Foundation
import Integrity
import Reporting
import Workflows

/// `submission.json`: who submits which run to which division, what was left out or removed, and how it departs from the paper.
public struct SubmissionDocument: Hashable, Sendable {
    public static let format = "reprise.submission/v1"

    /// Whether the outputs (kept states, weights, data, pictures) are there. All are or none but the metrics: a submitter who could choose would choose
    /// what is audited.
    public struct Checkpoints: Hashable, Sendable {
        public var areIncluded: Bool
        /// The outputs beside the metrics.
        public var files: Int
        /// The size of those that are included, in bytes; 0 where none is.
        public var bytes: Int
        /// Why they are not there; nil where they are.
        public var reason: String?

        public init(areIncluded: Bool, files: Int, bytes: Int, reason: String?) {
            self.areIncluded = areIncluded
            self.files = files
            self.bytes = bytes
            self.reason = reason
        }

        var json: JSONValue {
            var json: JSONValue = ["included": .bool(areIncluded), "files": .number(Double(files)), "bytes": .number(Double(bytes))]
            json["reason"] = reason.map { .string($0) }
            return json
        }

        init(_ fields: FieldReader) throws(StatementError) {
            var fields = fields
            guard let included = try fields.required("included").boolValue else {
                throw fields.failure("included", "true or false is expected")
            }
            areIncluded = included
            files = try fields.count("files")
            bytes = try fields.count("bytes")
            reason = try fields.optionalString("reason")
            guard included == (reason == nil), reason.map(SubmissionName.isSpoken) ?? true else {
                throw fields.failure("reason", "it is expected, in one line, where nothing is included, and nowhere else")
            }
            try fields.finish()
        }
    }

    public var submitter: String
    public var benchmark: ArtifactReference
    public var variation: String
    public var scale: Plan.Scale
    public var division: BenchmarkLog.Division
    public var run: String
    public var system: String
    public var checkpoints: Checkpoints
    public var redactions: [Redaction]
    public var deviations: [Deviation]
    /// Whether the workflow that the run had is brought along. Without it the deviations are those that the record alone tells of.
    public var bringsWorkflow: Bool

    public var layout: SubmissionLayout { SubmissionLayout(system: system, benchmark: benchmark.alias) }

    public init(
        submitter: String, record: RunRecord, division: BenchmarkLog.Division, system: String, checkpoints: Checkpoints,
        redactions: [Redaction], deviations: [Deviation], bringsWorkflow: Bool
    ) {
        self.submitter = submitter
        benchmark = record.plan.workflow
        variation = record.plan.variation
        scale = record.plan.scale
        self.division = division
        run = record.id
        self.system = system
        self.checkpoints = checkpoints
        self.redactions = redactions
        self.deviations = deviations
        self.bringsWorkflow = bringsWorkflow
    }

    public var json: JSONValue {
        [
            "format": .string(SubmissionDocument.format), "submitter": .string(submitter), "benchmark": benchmark.json,
            "variation": .string(variation), "scale": .string(scale.rawValue), "division": .string(division.rawValue), "run": .string(run),
            "system": .string(system), "checkpoints": checkpoints.json, "redactions": .array(redactions.map(\.json)),
            "deviations": .array(deviations.map(\.json)), "deviations_derived_from": .string(bringsWorkflow ? "workflow" : "record alone"),
        ]
    }

    /// Reads it strictly: a field that is missing or that nobody knows is refused by name.
    public init(json: JSONValue) throws(StatementError) {
        var fields = try FieldReader(json, at: "")
        guard try fields.string("format") == SubmissionDocument.format else {
            throw fields.failure("format", "\(SubmissionDocument.format) is expected")
        }
        submitter = try fields.string("submitter")
        guard SubmissionName.isSpoken(submitter), SubmissionName.path(submitter) != nil else {
            throw fields.failure("submitter", "a name in one line, with a letter or digit of ASCII, is expected")
        }
        benchmark = try ArtifactReference(fields: try fields.fields("benchmark"))
        variation = try fields.string("variation")
        scale = try fields.choice("scale")
        division = try fields.choice("division")
        run = try fields.string("run")
        system = try fields.string("system")
        guard SubmissionName.path(system) == system else { throw fields.failure("system", "a name of a-z, 0-9 and hyphens is expected") }
        checkpoints = try Checkpoints(try fields.fields("checkpoints"))
        redactions = []
        for (index, element) in try fields.array("redactions").enumerated() {
            redactions.append(try Redaction(element, at: "redactions[\(index)]"))
        }
        guard Set(redactions.map(\.path)).count == redactions.count else { throw fields.failure("redactions", "a path stands twice") }
        deviations = []
        for (index, element) in try fields.array("deviations").enumerated() {
            deviations.append(try Deviation(element, at: "deviations[\(index)]"))
        }
        switch try fields.string("deviations_derived_from") {
        case "workflow": bringsWorkflow = true
        case "record alone": bringsWorkflow = false
        default: throw fields.failure("deviations_derived_from", "workflow or record alone is expected")
        }
        try fields.finish()
    }
}

extension FieldReader {
    fileprivate mutating func count(_ key: String) throws(StatementError) -> Int {
        guard let number = try required(key).integerValue, number >= 0 else {
            throw failure(key, "a whole number of 0 or more is expected")
        }
        return number
    }

    fileprivate mutating func choice<Choice: RawRepresentable>(_ key: String) throws(StatementError) -> Choice
    where Choice.RawValue == String {
        let text = try string(key)
        guard let choice = Choice(rawValue: text) else { throw failure(key, "“\(text)” is none that is known") }
        return choice
    }
}

extension ArtifactReference {
    fileprivate init(fields: FieldReader) throws(StatementError) {
        var fields = fields
        let kind = try fields.string("kind")
        let alias = try fields.string("alias")
        let uid = try fields.string("uid")
        let version = try fields.string("version")
        let digest = try fields.digest("sha256")
        try fields.finish()
        for (name, text) in [("kind", kind), ("uid", uid), ("version", version)] where text.wholeMatch(of: /[A-Za-z0-9.+\-]{1,128}/) == nil
        {
            throw fields.failure(name, "an artifact's \(name) is expected")
        }
        guard alias.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{0,127}/) != nil else {
            throw fields.failure("alias", "an artifact's alias is expected")
        }
        self.init(kind: kind, alias: alias, uid: uid, version: version, digest: digest)
    }
}
