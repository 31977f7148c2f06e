import Integrity
import Testing

@Suite("in-toto statements")
struct StatementTests {
    private let digest = SHA256Digest.of("content".utf8)

    private var resource: ResourceDescriptor {
        ResourceDescriptor(
            name: "weights.safetensors", digest: digest, uri: "file:w", mediaType: "application/octet-stream", annotations: ["size": 7])
    }

    private var provenance: Provenance {
        Provenance(
            buildType: "https://example.org/step", externalParameters: ["seed": 7], internalParameters: ["threads": 2],
            resolvedDependencies: [resource], builder: .init(id: "https://example.org/builder", version: ["reprise": "1"]),
            invocationID: "run/step",
            startedOn: Timestamp(secondsSince1970: 1_795_000_000), finishedOn: Timestamp(secondsSince1970: 1_795_000_100),
            byproducts: [resource])
    }

    private var testResult: TestResult {
        TestResult(
            result: .failed, configuration: [resource], url: "https://example.org", passedTests: ["a"], warnedTests: ["b"],
            failedTests: ["c"],
            extraFields: ["claims": [["id": "a", "measured": 1.5]]])
    }

    private func failure(_ body: () throws -> Void) -> StatementError? { #expect(throws: StatementError.self, performing: body) }

    @Test("a statement has in-toto's fields and reads back as itself")
    func statement() throws {
        let statement = Statement(subject: [resource], provenance: provenance)
        #expect(statement.json["_type"] == "https://in-toto.io/Statement/v1")
        #expect(statement.json["predicateType"] == "https://slsa.dev/provenance/v1")
        #expect(statement.json["subject"]?.arrayValue?.first?["digest"]?["sha256"]?.stringValue == digest.hex)
        #expect(try Statement(payload: statement.payload) == statement)
        #expect(try Provenance(predicate: statement.predicate) == provenance)
    }

    @Test("SLSA's fields lie where SLSA puts them")
    func provenanceLayout() {
        let predicate = provenance.predicate
        #expect(predicate["buildDefinition"]?["externalParameters"] == ["seed": 7])
        #expect(predicate["buildDefinition"]?["resolvedDependencies"]?.arrayValue?.count == 1)
        #expect(predicate["runDetails"]?["builder"] == ["id": "https://example.org/builder", "version": ["reprise": "1"]])
        #expect(predicate["runDetails"]?["metadata"]?["startedOn"] == "2026-11-18T11:06:40Z")
        #expect(predicate["runDetails"]?["byproducts"]?.arrayValue?.count == 1)
    }

    @Test("a test result reads back as itself, with fields of one's own")
    func testResultRoundTrip() throws {
        let statement = Statement(subject: [resource], testResult: testResult)
        #expect(statement.json["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1")
        #expect(statement.predicate["result"] == "FAILED")
        #expect(try TestResult(predicate: Statement(payload: statement.payload).predicate) == testResult)
    }

    @Test("optional parts may be absent")
    func minimal() throws {
        let resource = ResourceDescriptor(name: "a", digest: digest)
        #expect(resource.json == ["name": "a", "digest": ["sha256": .string(digest.hex)]])
        #expect(try ResourceDescriptor(json: resource.json) == resource)
        let result: JSONValue = ["result": "PASSED", "configuration": []]
        #expect(try TestResult(predicate: result) == TestResult(result: .passed, configuration: []))
        let provenance = Provenance(
            buildType: "t", externalParameters: [:], builder: .init(id: "b"), invocationID: "i", startedOn: .now, finishedOn: .now)
        #expect(try Provenance(predicate: provenance.predicate) == provenance)
    }

    @Test("a missing, unknown or wrong field is named by its way from the top")
    func namedFields() {
        var statement = Statement(subject: [resource], provenance: provenance).json
        statement["subject"] = [resource.json, ["name": "b", "digest": ["sha256": "AB"]]]
        #expect(failure { _ = try Statement(json: statement) }?.field == "subject[1].digest.sha256")
        statement["subject"] = [["name": "b", "digest": ["sha256": .string(digest.hex), "md5": "x"]]]
        #expect(failure { _ = try Statement(json: statement) }?.field == "subject[0].digest.md5")
        statement["subject"] = [["digest": ["sha256": .string(digest.hex)]]]
        #expect(
            failure { _ = try Statement(json: statement) } == StatementError(field: "subject[0].name", reason: "this field is missing"))

        var predicate = provenance.predicate
        predicate["runDetails"]?["metadata"]?["startedOn"] = "yesterday"
        #expect(failure { _ = try Provenance(predicate: predicate) }?.field == "predicate.runDetails.metadata.startedOn")
        predicate = provenance.predicate
        predicate["runDetails"]?["metadata"]?["finishedOn"] = "2001-01-01T00:00:00Z"
        #expect(failure { _ = try Provenance(predicate: predicate) }?.field == "predicate.runDetails.metadata.finishedOn")
        predicate = provenance.predicate
        predicate["runDetails"]?["builder"]?["version"]?["x"] = 1
        #expect(failure { _ = try Provenance(predicate: predicate) }?.field == "predicate.runDetails.builder.version.x")
        #expect(failure { _ = try TestResult(predicate: ["result": "passed", "configuration": []]) }?.field == "predicate.result")
        #expect(
            failure { _ = try TestResult(predicate: ["result": "PASSED", "configuration": [], "failedTests": [1]]) }?.field
                == "predicate.failedTests")
    }

    @Test("each required field of a statement and of a provenance is missed, and an extra one at any level is refused")
    func everyField() {
        func damaged(_ value: JSONValue, _ change: (inout JSONValue) -> Void) -> [JSONValue] {
            guard let members = value.objectValue else { return [] }
            var results: [JSONValue] = []
            var changed = value
            change(&changed)
            results.append(changed)
            for (key, member) in members {
                for inner in damaged(member, change) {
                    var changed = value
                    changed[key] = inner
                    results.append(changed)
                }
            }
            return results
        }
        let statement = Statement(subject: [resource], predicateType: "t", predicate: [:]).json
        for key in ["_type", "subject", "predicateType", "predicate"] {
            var changed = statement
            changed[key] = nil
            #expect(failure { _ = try Statement(json: changed) }?.field == key)
        }
        var provenance = self.provenance
        provenance.externalParameters = [:]
        provenance.internalParameters = [:]
        for key in ["buildDefinition", "runDetails"] {
            var changed = provenance.predicate
            changed[key] = nil
            #expect(failure { _ = try Provenance(predicate: changed) }?.field == "predicate.\(key)")
        }
        var refused = 0
        for changed in damaged(provenance.predicate, { $0["extra"] = 1 }) {
            do { _ = try Provenance(predicate: changed) } catch { refused += 1 }
        }
        // The predicate, buildDefinition, runDetails, builder, its versions and metadata; the parameters are free.
        #expect(refused == 6)
    }

    @Test("another type, no subject, a subject twice and a payload that is no JSON are refused")
    func refusals() {
        var json = Statement(subject: [resource], provenance: provenance).json
        json["subject"] = []
        #expect(failure { _ = try Statement(json: json) }?.field == "subject")
        json["subject"] = [resource.json, resource.json]
        #expect(failure { _ = try Statement(json: json) }?.reason == "weights.safetensors is named twice")
        json["subject"] = [resource.json]
        json["_type"] = "https://in-toto.io/Statement/v0.1"
        #expect(failure { _ = try Statement(json: json) }?.field == "_type")
        #expect(failure { _ = try Statement(payload: [1, 2]) } != nil)
        #expect(failure { _ = try Statement(json: nil) } != nil)
    }

    @Test("a statement signed and read from the file form verifies and says the same")
    func signed() throws {
        let key = try SigningKey.generate()
        let statement = Statement(subject: [resource], testResult: testResult)
        let envelope = try Envelope.parse(statement.signed(with: key).bytes)
        #expect(try envelope.verify(against: [key.publicKey]) == key.publicKey)
        #expect(envelope.payloadType == "application/vnd.in-toto+json")
        #expect(try Statement(payload: envelope.payload) == statement)
    }

    @Test("times have one form, and no other is read")
    func timestamps() {
        #expect(Timestamp(secondsSince1970: 0).description == "1970-01-01T00:00:00Z")
        #expect(Timestamp("2024-02-29T23:59:59Z")?.description == "2024-02-29T23:59:59Z")
        #expect(Timestamp(secondsSince1970: .max).description == "9999-12-31T23:59:59Z")
        #expect(Timestamp(secondsSince1970: .min).secondsSince1970 == 0)
        for text in [
            "", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00", "2024-01-01T00:00:00z", "2024-01-01T00:00:00+0", "2024-01-01T00:00:00.0Z", "1969-12-31T23:59:59Z",
            "////-01-01T00:00:00Z",
            "\u{FF}\u{FF}\u{FF}\u{FF}-01-01T00:00Z",
        ] {
            #expect(Timestamp(text) == nil, "\(text)")
        }
    }

    @Test("no damage to a statement crashes its reader")
    func damage() {
        let payload = Statement(subject: [resource], provenance: provenance).payload
        for index in payload.indices {
            for bit in 0..<8 {
                var damaged = payload
                damaged[index] ^= 1 << bit
                if let statement = try? Statement(payload: damaged) { _ = try? Provenance(predicate: statement.predicate) }
            }
            _ = try? Statement(payload: Array(payload[..<index]))
        }
    }
}
