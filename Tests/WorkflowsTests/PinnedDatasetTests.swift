import Artifacts
import Foundation
import Integrity
import Testing
import Workflows

/// Leaves the given files, whatever the plan pins.
private struct LeavingEngine: StepEngine {
    let files: [String: String]

    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        for (name, text) in files {
            do {
                try AtomicFile.write(Array(text.utf8), to: step.folder + "/outputs/" + name)
            } catch {
                throw WorkflowError.system(action: "write", path: name, reason: "\(error)")
            }
        }
    }

    func cancel() {}
}

private struct SilentObserver: RunObserver {
    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {}
    func notice(_ text: String) {}
}

@Suite("Data that a plan pins")
struct PinnedDatasetTests {
    private let home = Home(path: TestFolder.path("pinned"))

    private static func file(_ name: String, _ text: String) -> JSONValue {
        ["name": .string(name), "bytes": .number(Double(text.utf8.count)), "sha256": .string(SHA256Digest.of(text.utf8).hex)]
    }

    private static let fetched: JSONValue = ["files": [file("a", "one"), file("b", "two")]]
    private static let generated: JSONValue = ["generator": ["name": "sprites"], "files": [file("a", "one"), file("b", "two")]]

    /// What a verification finds in a run, signed throughout, whose data step left these files.
    ///
    /// - Parameter withdrawn: a file that is then taken out of the record.
    private func findings(_ dataset: JSONValue, leaving files: [String: String], withdrawing withdrawn: String? = nil) throws -> [String] {
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let key = try SigningKey.generate()
        let artifact = ArtifactReference(
            kind: "dataset", alias: "digits", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of([1]))
        let plan = Plan(
            workflow: artifact, title: "Flow", variation: "smoke", scale: .reduced, parameters: [:], seed: 3,
            steps: [PlannedStep(name: "data", program: ["a"], artifact: artifact, dataset: dataset, seed: 0)], paper: nil, claims: [],
            bindings: [], protocolNotes: [])
        let runner = Runner(
            home: home, store: try Store(root: home.store), engine: LeavingEngine(files: files), key: key, binary: SHA256Digest.of([2]),
            arithmetic: ["name": "none"], version: "test", stepEnvironment: [:], artifactFolders: [:], resultLog: { _, _, _, _ in "" })
        let (run, record) = try runner.create(plan: plan, environment: [:])
        _ = try runner.execute(run, record: record, observer: SilentObserver())
        let subject = try RunFolder.records(below: run.path).map { ResourceDescriptor(name: $0.path, digest: $0.digest) }
        let result = TestResult(
            result: .warned, configuration: [],
            extraFields: ["run": .string(record.id), "variation": .string(plan.variation), "scale": .string(plan.scale.rawValue)])
        try AtomicFile.write(try Statement(subject: subject, testResult: result).signed(with: key).bytes, to: run.manifest)
        if let withdrawn { try FileManager.default.removeItem(atPath: run.path + "/steps/data/outputs/" + withdrawn) }
        let verification = try RunVerifier(trusted: [key.publicKey]).verify(run, recordAlone: withdrawn != nil)
        return verification.findings.map(\.description)
    }

    @Test("the listed files hold, whatever was prepared beside them")
    func right() throws {
        let findings = try findings(PinnedDatasetTests.fetched, leaving: ["a": "one", "b": "two", "prepared": "three"])
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test("other data are found though every digest and signature of the record agrees")
    func swapped() throws {
        let findings = try findings(PinnedDatasetTests.fetched, leaving: ["a": "six", "b": "two"])
        #expect(findings.count == 1 && findings[0].hasPrefix("steps/data/outputs/a: is not the plan's data set"), "\(findings)")
    }

    @Test("a fetched file that was not left is found")
    func missing() throws {
        let findings = try findings(PinnedDatasetTests.fetched, leaving: ["a": "one"])
        #expect(findings == ["steps/data/outputs/b: missing, though the plan's data set lists it"])
    }

    @Test("a file without a pinned digest may be anything of its size")
    func unpinned() throws {
        let bounded: JSONValue = ["files": [["name": "a", "maximum_bytes": 9, "sha256": .null]]]
        let free = try findings(bounded, leaving: ["a": "whatever"])
        #expect(free.isEmpty, "\(free)")
        let sized: JSONValue = ["files": [["name": "a", "bytes": 3, "sha256": .null]]]
        let wrong = try findings(sized, leaving: ["a": "four"])
        #expect(wrong.count == 1 && wrong[0].contains("it has 4 bytes, the plan pins 3"), "\(wrong)")
    }

    @Test("a generator leaves some of the files that it lists, and these must be the listed ones")
    func generated() throws {
        let one = try findings(PinnedDatasetTests.generated, leaving: ["b": "two"])
        #expect(one.isEmpty, "\(one)")
        let other = try findings(PinnedDatasetTests.generated, leaving: ["b": "six"])
        #expect(other.count == 1 && other[0].hasPrefix("steps/data/outputs/b: is not the plan's data set"), "\(other)")
        let none = try findings(PinnedDatasetTests.generated, leaving: ["c": "two"])
        #expect(none == ["steps/data/outputs: holds none of the files that the plan's data set lists"])
    }

    @Test("a data set that lists nothing pins nothing, which is found")
    func unlisted() throws {
        let datasets: [JSONValue] = [["files": []], ["files": [["name": "a", "bytes": 3, "sha256": "none"]]], [:]]
        for dataset in datasets {
            let findings = try findings(dataset, leaving: ["a": "one"])
            #expect(findings.count == 1 && findings[0].hasPrefix("run.json: step data: its data set does not list"), "\(findings)")
        }
    }

    @Test("of a record without its outputs the signed digests are compared, sizes are not known")
    func absent() throws {
        let right = try findings(PinnedDatasetTests.fetched, leaving: ["a": "one", "b": "two"], withdrawing: "a")
        #expect(right.isEmpty, "\(right)")
        let wrong = try findings(PinnedDatasetTests.fetched, leaving: ["a": "six", "b": "two"], withdrawing: "a")
        #expect(wrong.count == 1 && wrong[0].hasPrefix("steps/data/outputs/a: is not the plan's data set"), "\(wrong)")
    }
}
