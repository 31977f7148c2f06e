import Artifacts
import Foundation
import Integrity
import Synchronization
import Testing
import Workflows

/// Runs steps in this process: each writes its parameters and its inputs' digests into one output file.
private final class RehearsedEngine: StepEngine {
    let performed = Mutex<[String]>([])
    /// The step that fails, once.
    let failing = Mutex<String?>(nil)

    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        let name = step.invocation.step
        performed.withLock { $0.append(name) }
        let fails = failing.withLock { failing in
            defer { if failing == name { failing = nil } }
            return failing == name
        }
        do {
            let scratch = step.folder + "/scratch/seen"
            try AtomicFile.write(Array("half".utf8), to: step.folder + "/outputs/half-written")
            try AtomicFile.write(Array("x".utf8), to: scratch)
            if fails { throw WorkflowError.stepFailed(step: name, reason: "rehearsed", log: "", lastLines: []) }
            try FileManager.default.removeItem(atPath: step.folder + "/outputs/half-written")
            try AtomicFile.write(step.invocation.json.canonicalBytes(), to: step.folder + "/outputs/result.json")
            try AtomicFile.write(Array(#"{"value": 1}"#.utf8), to: step.folder + "/outputs/metrics.json")
        } catch let error as WorkflowError { throw error } catch {
            throw .system(action: "rehearse", path: step.folder, reason: "\(error)")
        }
    }

    func cancel() {}
}

private final class Listener: RunObserver {
    var outcomes: [String: StepOutcome] = [:]
    var notices: [String] = []
    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) { outcomes[step.name] = outcome }
    func notice(_ text: String) { notices.append(text) }
}

@Suite("The runner")
struct RunnerTests {
    private let engine = RehearsedEngine()
    private let home = Home(path: TestFolder.path("runner"))
    private let key: SigningKey

    init() throws { key = try SigningKey.generate() }

    private func runner(binary: String = "binary") throws -> Runner {
        Runner(
            home: home, store: try Store(root: home.store), engine: engine, key: key, binary: SHA256Digest.of(binary.utf8),
            arithmetic: ["name": "none"], version: "test", stepEnvironment: [:], artifactFolders: [:],
            resultLog: { invocation, _, _, _ in invocation.step + "\n" })
    }

    private func artifact(_ alias: String) -> ArtifactReference {
        ArtifactReference(
            kind: "script", alias: alias, uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of(alias.utf8))
    }

    private func plan(rate: Double = 1, seed: Int = 0) -> Plan {
        Plan(
            workflow: artifact("flow"), title: "Flow", variation: "smoke", scale: .reduced, parameters: [:], seed: seed,
            steps: [
                PlannedStep(name: "data", program: ["a"], artifact: artifact("data")),
                PlannedStep(
                    name: "train", program: ["b"], artifact: artifact("train"), parameters: ["rate": .number(rate)],
                    inputs: ["data": "data"]),
                PlannedStep(name: "evaluate", program: ["c"], artifact: artifact("evaluate"), inputs: ["weights": "train"]),
            ],
            paper: nil, claims: [], bindings: [], protocolNotes: [])
    }

    private func execute(_ plan: Plan, binary: String = "binary") throws -> (RunFolder, Listener) {
        let runner = try runner(binary: binary)
        let (folder, record) = try runner.create(plan: plan, environment: [:])
        let listener = Listener()
        _ = try runner.execute(folder, record: record, observer: listener)
        return (folder, listener)
    }

    private var performed: [String] { engine.performed.withLock { $0 } }

    @Test("runs every step once, in order, and caches an identical run")
    func cache() throws {
        let (first, _) = try execute(plan())
        #expect(performed == ["data", "train", "evaluate"])
        let (second, listener) = try execute(plan())
        #expect(performed.count == 3)
        #expect(listener.outcomes.values.allSatisfy { $0 == .cached(from: first.id) }, "\(listener.outcomes)")
        #expect(first != second)
    }

    @Test("whatever goes in is part of the cache key: parameters, seed, binary; and only what depends on it runs again")
    func cacheKey() throws {
        _ = try execute(plan())
        _ = try execute(plan(rate: 2))
        #expect(performed.dropFirst(3) == ["train", "evaluate"])
        _ = try execute(plan(seed: 1))
        #expect(performed.dropFirst(5) == ["data", "train", "evaluate"])
        _ = try execute(plan(), binary: "another")
        #expect(performed.dropFirst(8) == ["data", "train", "evaluate"])
    }

    @Test("a failed step leaves no finished folder; resuming keeps what was done, hands scratch back and drops half-written outputs")
    func resume() throws {
        let runner = try runner()
        let (folder, record) = try runner.create(plan: plan(), environment: [:])
        engine.failing.withLock { $0 = "train" }
        #expect(throws: WorkflowError.self) { try runner.execute(folder, record: record, observer: Listener()) }
        #expect(FileManager.default.fileExists(atPath: folder.step("data")))
        #expect(!FileManager.default.fileExists(atPath: folder.step("train")))
        #expect(FileManager.default.fileExists(atPath: folder.unfinishedStep("train") + "/scratch/seen"))
        let unfinished = try #require(runner.unfinished(matching: plan()))
        #expect(unfinished.folder == folder)
        let listener = Listener()
        _ = try runner.execute(folder, record: unfinished.record, observer: listener)
        #expect(listener.outcomes["data"] == .kept)
        #expect(performed == ["data", "train", "train", "evaluate"])
        #expect(try RunFolder.files(below: folder.step("train") + "/outputs") == ["metrics.json", "result.json"])
        #expect(!FileManager.default.fileExists(atPath: folder.unfinishedStep("train")))
    }

    @Test("an unfinished run is not taken for another plan, another binary or a finished one")
    func unfinished() throws {
        let runner = try runner()
        let (folder, record) = try runner.create(plan: plan(), environment: [:])
        #expect(runner.unfinished(matching: plan(rate: 2)) == nil)
        let rebuilt = try self.runner(binary: "another")
        #expect(rebuilt.unfinished(matching: plan()) == nil)
        #expect(throws: WorkflowError.self) { try rebuilt.execute(folder, record: record, observer: Listener()) }
        try AtomicFile.write([], to: folder.manifest)
        #expect(runner.unfinished(matching: plan()) == nil)
    }

    @Test("a step that leaves a link among its outputs is refused")
    func link() throws {
        let (folder, _) = try execute(plan())
        try FileManager.default.createSymbolicLink(atPath: folder.step("data") + "/outputs/link", withDestinationPath: "/etc/passwd")
        #expect(throws: WorkflowError.self) { try RunFolder.records(below: folder.path) }
    }

    @Test("run.json reads back as it was written, and a changed plan is noticed")
    func record() throws {
        let runner = try runner()
        let (folder, record) = try runner.create(plan: plan(), environment: ["cores": 2])
        #expect(try RunRecord(run: folder) == record)
        let text = String(decoding: try BoundedFile.read(folder.record, limit: 1 << 20), as: UTF8.self)
        try AtomicFile.write(Array(text.replacingOccurrences(of: "\"rate\": 1", with: "\"rate\": 2").utf8), to: folder.record)
        #expect(throws: WorkflowError.self) { try RunRecord(run: folder) }
    }

    @Test("an inputs file reads back as it was written and its digest is the cache key")
    func invocation() throws {
        let (folder, _) = try execute(plan())
        let path = folder.step("train") + "/inputs.json"
        let invocation = try StepInvocation(file: path)
        #expect(try SHA256Digest.ofFile(at: path).digest == invocation.key)
        #expect(invocation.inputs["data"]?.files.map(\.path) == ["metrics.json", "result.json"])
    }
}
