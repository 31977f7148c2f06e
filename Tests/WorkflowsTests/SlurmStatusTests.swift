import Foundation
import Integrity
import Testing
import Workflows

@Suite("Where a run on a cluster stands")
struct SlurmStatusTests {
    private let run: RunFolder
    private let folder: SlurmFolder
    private let record: RunRecord
    private var ledger: SlurmLedger

    init() throws {
        let home = Home(path: TestFolder.path("status"))
        run = RunFolder(path: home.runs + "/table-1")
        try FileManager.default.createDirectory(atPath: run.path + "/steps", withIntermediateDirectories: true)
        folder = SlurmFolder(run: "table-1", home: home)
        try folder.create()
        let plan = Plan(
            workflow: ArtifactReference(
                kind: "workflow", alias: "table", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of("w".utf8)),
            title: "Table", variation: "smoke", scale: .reduced, parameters: [:], seed: 0, steps: FakeSlurm.table(2), paper: nil,
            claims: [],
            bindings: [], protocolNotes: [])
        record = RunRecord(
            id: "table-1", created: "2026-11-22T22:00:00Z", plan: plan, environment: [:], arithmetic: [:], binary: SHA256Digest.of("b".utf8)
        )
        ledger = SlurmLedger(run: "table-1", repository: "/project", key: "default", environment: [:])
        ledger.arrays = [
            SlurmLedger.Array(job: 101, steps: [0: "data"]), SlurmLedger.Array(job: 102, steps: [0: "train-0", 1: "train-1"]),
            SlurmLedger.Array(job: 103, steps: [0: "evaluate-0", 1: "evaluate-1"]),
        ]
    }

    private func status(_ queue: [SlurmClient.QueuedTask] = []) -> SlurmStatus {
        SlurmStatus(run, record: record, folder: folder, ledger: ledger, queue: queue)
    }
    private func finish(_ steps: String...) throws {
        for step in steps { try FileManager.default.createDirectory(atPath: run.step(step), withIntermediateDirectories: true) }
    }
    private func end(
        _ step: String, _ kind: String, node: String = "n1", exitStatus: Int = 1, message: String = "why", lines: [String] = []
    ) throws {
        let json: JSONValue = [
            "kind": .string(kind), "node": .string(node), "exit_status": .number(Double(exitStatus)), "message": .string(message),
            "last_lines": .array(lines.map { .string($0) }), "idle_requeues": 0,
        ]
        try AtomicFile.write(json.canonicalBytes(), to: folder.ending(step))
    }
    private func states(_ status: SlurmStatus) -> [String: SlurmStatus.State] {
        Dictionary(uniqueKeysWithValues: status.steps.map { ($0.name, $0.state) })
    }

    @Test("what is in the queue waits, with Slurm's reason, or runs, with its node and how far it is")
    func underWay() throws {
        try finish("data")
        try AtomicFile.write(Array(#"{"done":50,"text":"loss 3","total":200,"unit":"steps"}"#.utf8), to: folder.report("train-0"))
        let status = status([
            SlurmClient.QueuedTask(job: 102, index: 0, state: "RUNNING", node: "n7"),
            SlurmClient.QueuedTask(job: 102, index: 1, state: "PENDING", reason: "Priority"),
            SlurmClient.QueuedTask(job: 103, index: 0, state: "PENDING", reason: "Dependency"),
            SlurmClient.QueuedTask(job: 103, index: 1, state: "PENDING", reason: "Dependency"),
        ])
        #expect(
            states(status) == ["data": .done, "train-0": .running, "train-1": .waiting, "evaluate-0": .waiting, "evaluate-1": .waiting])
        #expect(status.steps[1].node == "n7")
        #expect(status.steps[1].text == "50 of 200 steps, loss 3")
        #expect(status.steps[3].text == "Priority")
        #expect(!status.isAtRest)
    }

    @Test("a step that failed has its node, exit status and last lines; what reads from it is blocked, the rest goes on")
    func failed() throws {
        try finish("data")
        try end("train-0", "failed", message: "step train-0: the loss is not finite", lines: ["epoch 1", "error: the loss is not finite"])
        let status = status([
            SlurmClient.QueuedTask(job: 102, index: 1, state: "RUNNING", node: "n2"),
            SlurmClient.QueuedTask(job: 103, index: 1, state: "PENDING", reason: "Dependency"),
        ])
        #expect(
            states(status) == ["data": .done, "train-0": .failed, "train-1": .running, "evaluate-0": .blocked, "evaluate-1": .waiting])
        let step = status.steps[1]
        #expect(step.node == "n1")
        #expect(step.ending?.exitStatus == 1)
        #expect(step.ending?.lastLines == ["epoch 1", "error: the loss is not finite"])
        #expect(step.text == "step train-0: the loss is not finite")
        #expect(!status.isAtRest)
    }

    @Test("a task that left the queue without a word is lost, once nothing of it is there")
    func lost() throws {
        try finish("data", "train-1", "evaluate-1")
        let status = status()
        #expect(states(status) == ["data": .done, "train-0": .lost, "evaluate-0": .blocked, "train-1": .done, "evaluate-1": .done])
        #expect(status.isAtRest)
        #expect(!status.isDone)
    }

    @Test("a step that was never submitted, since the cluster took no more, is told from one that vanished")
    func neverSubmitted() throws {
        try finish("data")
        var short = ledger
        short.arrays.removeLast()
        let status = SlurmStatus(run, record: record, folder: folder, ledger: short, queue: [])
        try #require(status.steps.filter { $0.state == .lost }.count > 0)
        #expect(status.steps.filter { $0.name.hasPrefix("train") }.allSatisfy { $0.text.contains("without a word") })
        try finish("train-0", "train-1")
        let later = SlurmStatus(run, record: record, folder: folder, ledger: short, queue: [])
        #expect(
            later.steps.filter { $0.state == .lost }.map(\.text)
                == Array(repeating: "it was never submitted; --resume submits it", count: 2))
    }

    @Test("one that was told to stop, or was cancelled after it went back into the queue, is stopped", arguments: ["stopped", "requeued"])
    func stopped(kind: String) throws {
        try finish("data")
        try end("train-0", kind)
        #expect(status().steps[1].state == .stopped)
    }

    @Test("what became of an earlier attempt counts neither while the task is queued again nor when its step is done")
    func earlierEnding() throws {
        try end("train-0", "requeued")
        let waiting = status([SlurmClient.QueuedTask(job: 102, index: 0, state: "PENDING", reason: "BeginTime")])
        #expect(waiting.steps[1].state == .waiting)
        #expect(waiting.steps[1].ending == nil)
        try finish("train-0")
        #expect(status().steps[1].state == .done)
        #expect(status().steps[1].ending == nil)
    }

    @Test("a step that was published counts as done while its task is still being cleaned up")
    func completing() throws {
        try finish("data")
        let status = status([SlurmClient.QueuedTask(job: 101, index: 0, state: "COMPLETING", node: "n1")])
        #expect(status.steps[0].state == .done)
        #expect(status.isAtRest)
    }

    @Test("an ending that cannot be read, and jobs that the ledger does not know, take nothing with them")
    func damaged() throws {
        try AtomicFile.write(Array("{".utf8), to: folder.ending("train-0"))
        let status = status([
            SlurmClient.QueuedTask(job: 999, index: 0, state: "RUNNING"), SlurmClient.QueuedTask(job: 101, index: 77, state: "RUNNING"),
        ])
        #expect(status.steps[1].state == .blocked)
        #expect(status.count(.running) == 0)
    }

    @Test("a step submitted again is found by its new task")
    mutating func again() throws {
        ledger.arrays.append(SlurmLedger.Array(job: 201, steps: [3: "train-0"]))
        try finish("data")
        #expect(status([SlurmClient.QueuedTask(job: 201, index: 3, state: "RUNNING", node: "n2")]).steps[1].state == .running)
    }

    @Test("one question to the queue, however many tasks; lines that mean nothing are passed over")
    func oneQuestion() throws {
        let slurm = try FakeSlurm()
        try slurm.queue(["102|0|RUNNING|None|n1", "", "nonsense", "102|x|RUNNING|None|n1", "102|1|PENDING|Dependency|"])
        let status = try SlurmStatus(run, record: record, folder: folder, ledger: ledger, client: slurm.client)
        #expect(status.count(.running) == 1)
        #expect(status.count(.waiting) == 1)
        #expect(slurm.calls("squeue").count == 1)
        #expect(slurm.calls("squeue")[0].contains("--name=reprise-table-1"))
    }

    @Test("programs read the same states, and the counts of all of them")
    func json() throws {
        try finish("data")
        try end("train-0", "failed", exitStatus: 3, lines: ["last"])
        let json = status([SlurmClient.QueuedTask(job: 102, index: 1, state: "RUNNING", node: "n2")]).json
        #expect(json["counts"]?["done"]?.integerValue == 1)
        #expect(json["counts"]?["failed"]?.integerValue == 1)
        let step = try #require(json["steps"]?.arrayValue?[1])
        #expect(step["state"]?.stringValue == "failed")
        #expect(step["exit_status"]?.integerValue == 3)
        #expect(step["last_lines"]?.arrayValue == ["last"])
    }
}
