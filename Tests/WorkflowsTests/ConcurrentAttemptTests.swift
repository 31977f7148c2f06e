import Artifacts
import Foundation
import Integrity
import Synchronization
import Testing
import Workflows

/// Calls back when a step is to be performed, and then writes one output and one checkpoint.
private final class RehearsedEngine: StepEngine {
    let meanwhile: @Sendable (PreparedStep) throws -> Void
    let performed = Mutex(0)

    init(meanwhile: @escaping @Sendable (PreparedStep) throws -> Void = { _ in }) { self.meanwhile = meanwhile }

    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        performed.withLock { $0 += 1 }
        do {
            try meanwhile(step)
            try AtomicFile.write(step.invocation.json.canonicalBytes(), to: step.folder + "/outputs/result.json")
            try AtomicFile.write([1], to: step.folder + "/scratch/checkpoint")
        } catch let error as WorkflowError { throw error } catch {
            throw .stepFailed(step: step.invocation.step, reason: "\(error)", log: "", lastLines: [])
        }
    }

    func cancel() {}
}

private struct Silent: RunObserver {
    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {}
    func notice(_ text: String) {}
}

@Suite("Steps of one run on several machines")
struct ConcurrentAttemptTests {
    private let home = Home(path: TestFolder.path("attempts"))
    private let key: SigningKey

    init() throws { key = try SigningKey.generate() }

    private func runner(_ engine: RehearsedEngine, store: String? = nil) throws -> Runner {
        Runner(
            home: home, store: try Store(root: store ?? home.store), engine: engine, key: key, binary: SHA256Digest.of("b".utf8),
            arithmetic: ["name": "none"], version: "test", stepEnvironment: [:], artifactFolders: [:],
            resultLog: { invocation, _, _, _ in invocation.step + "\n" })
    }

    private func plan() -> Plan {
        func artifact(_ alias: String) -> ArtifactReference {
            ArtifactReference(kind: "script", alias: alias, uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of(alias.utf8))
        }
        return Plan(
            workflow: artifact("flow"), title: "Flow", variation: "smoke", scale: .reduced, parameters: [:], seed: 0,
            steps: [
                PlannedStep(name: "data", program: ["a"], artifact: artifact("data")),
                PlannedStep(name: "train", program: ["b"], artifact: artifact("train"), inputs: ["data": "data"]),
            ],
            paper: nil, claims: [], bindings: [], protocolNotes: [])
    }

    @Test("steps done one by one make the run that one runner makes, and nothing is missing then")
    func oneByOne() throws {
        let runner = try runner(RehearsedEngine())
        let (run, record) = try runner.create(plan: plan(), environment: [:])
        #expect(try runner.settle(run, record: record, observer: Silent()).missing.map(\.name) == ["data", "train"])
        for step in ["data", "train"] {
            _ = try runner.execute(step: step, of: run, record: record, attempt: "1", observer: Silent())
        }
        let settled = try runner.settle(run, record: record, observer: Silent())
        #expect(settled.missing.isEmpty)
        #expect(settled.outcomes == ["data": .kept, "train": .kept])
        #expect(FileManager.default.fileExists(atPath: run.step("train") + "/environment.json"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/steps").sorted() == ["data", "train"])
    }

    @Test("a step whose producer is not done is not started, and says which it lacks")
    func blocked() throws {
        let engine = RehearsedEngine()
        let runner = try runner(engine)
        let (run, record) = try runner.create(plan: plan(), environment: [:])
        #expect(throws: WorkflowError.notProduced(step: "train", producer: "data")) {
            try runner.execute(step: "train", of: run, record: record, attempt: "1", observer: Silent())
        }
        #expect(engine.performed.withLock { $0 } == 0)
        #expect(throws: WorkflowError.unknownStep(step: "nosuch", run: run.id)) {
            try runner.execute(step: "nosuch", of: run, record: record, attempt: "1", observer: Silent())
        }
    }

    @Test("a producer whose output was changed since is not read")
    func tampered() throws {
        let runner = try runner(RehearsedEngine())
        let (run, record) = try runner.create(plan: plan(), environment: [:])
        _ = try runner.execute(step: "data", of: run, record: record, attempt: "1", observer: Silent())
        try AtomicFile.write([0], to: run.step("data") + "/outputs/result.json")
        #expect(throws: WorkflowError.self) {
            try runner.execute(step: "train", of: run, record: record, attempt: "1", observer: Silent())
        }
    }

    @Test("a step that two attempts finish is there once, and what the slower one leaves is removed")
    func twice() throws {
        let quick = try runner(RehearsedEngine())
        let (run, record) = try quick.create(plan: plan(), environment: [:])
        // Its own store, so that the slower attempt is not served from what the quicker one put there.
        let slow = try runner(
            RehearsedEngine { step in
                // Out of the quicker attempt's sight, as on a file system that shows what others do with a delay.
                rename(step.folder, home.path + "/unseen")
                _ = try quick.execute(step: "data", of: run, record: record, attempt: "quick", observer: Silent())
                rename(home.path + "/unseen", step.folder)
            },
            store: home.path + "/another-store")
        #expect(try slow.execute(step: "data", of: run, record: record, attempt: "slow", observer: Silent()) == .kept)
        try run.removeLeftovers()
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/steps") == ["data"])
        #expect(try quick.settle(run, record: record, observer: Silent()).outcomes == ["data": .kept])
    }

    @Test(
        "a new attempt takes over the checkpoints of one that was given up for dead; should that one still write, it finds its folder gone")
    func takeOver() throws {
        let (run, record) = try runner(RehearsedEngine()).create(plan: plan(), environment: [:])
        let seen = Mutex<[String]>([])
        let dying = try runner(
            RehearsedEngine { step in
                try AtomicFile.write([7], to: step.folder + "/scratch/state")
                // The next attempt begins, and finishes, while this one believes itself alive.
                let next = try runner(
                    RehearsedEngine { later in
                        let names = try FileManager.default.contentsOfDirectory(atPath: later.folder + "/scratch")
                        seen.withLock { $0 = names }
                    }, store: home.path + "/another-store")
                _ = try next.execute(step: "data", of: run, record: record, attempt: "next", observer: Silent())
            })
        let outcome = try? dying.execute(step: "data", of: run, record: record, attempt: "dying", observer: Silent())
        #expect(outcome == nil)
        #expect(seen.withLock { $0 } == ["state"])
        try run.removeLeftovers()
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/steps") == ["data"])
        #expect(try dying.settle(run, record: record, observer: Silent()).missing.map(\.name) == ["train"])
    }

    @Test("an attempt that was killed at its beginning does not hide the checkpoints of the one before it")
    func takeOverOlder() throws {
        let seen = Mutex<[String]>([])
        let runner = try runner(
            RehearsedEngine { step in
                let names = try FileManager.default.contentsOfDirectory(atPath: step.folder + "/scratch")
                seen.withLock { $0 = names }
            })
        let (run, record) = try runner.create(plan: plan(), environment: [:])
        let dying = try self.runner(
            RehearsedEngine { step in
                try AtomicFile.write([7], to: step.folder + "/scratch/state")
                throw WorkflowError.interrupted(run: run.id)
            })
        _ = try? dying.execute(step: "data", of: run, record: record, attempt: "first", observer: Silent())
        usleep(20_000)
        try FileManager.default.createDirectory(
            atPath: run.unfinishedStep("data") + "-second/scratch", withIntermediateDirectories: true)
        _ = try runner.execute(step: "data", of: run, record: record, attempt: "third", observer: Silent())
        #expect(seen.withLock { $0 } == ["state"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: run.path + "/steps") == ["data"])
    }

    @Test("a step whose result the cache cannot take is done all the same, and somebody is told")
    func fullCache() throws {
        let store = home.path + "/cache"
        let runner = try runner(
            RehearsedEngine { _ in
                // In the place of a folder: nothing can be put there any more.
                try FileManager.default.removeItem(atPath: store + "/objects")
                try AtomicFile.write([0], to: store + "/objects")
            }, store: store)
        let (run, record) = try runner.create(plan: plan(), environment: [:])
        let observer = Listening()
        guard case .ran = try runner.execute(step: "data", of: run, record: record, attempt: "1", observer: observer) else {
            Issue.record("it was not performed")
            return
        }
        #expect(observer.notices.count == 1 && observer.notices[0].contains("could not be kept in the cache"), "\(observer.notices)")
    }
}

private final class Listening: RunObserver {
    private(set) var notices: [String] = []

    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {}
    func notice(_ text: String) { notices.append(text) }
}
