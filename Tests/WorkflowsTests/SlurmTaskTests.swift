import Foundation
import Integrity
import Testing
import Workflows

@Suite("What is written down of a run on a cluster")
struct SlurmTaskTests {
    private let home = Home(path: TestFolder.path("task"))
    private let folder: SlurmFolder
    private let environment = [
        "SLURM_ARRAY_JOB_ID": "101", "SLURM_ARRAY_TASK_ID": "1", "SLURM_RESTART_COUNT": "2", "SLURMD_NODENAME": "n1",
    ]

    init() throws {
        folder = SlurmFolder(run: "table-1", home: home)
        try folder.create()
        try ledger.write(to: folder)
        try AtomicFile.write(Array(#"{"0":"data","1":"train-0"}"#.utf8), to: folder.steps(0))
    }

    private var ledger: SlurmLedger {
        var ledger = SlurmLedger(run: "table-1", repository: "/project", key: "lab", environment: ["REPRISE_HOME": home.path, "A": "b\"c"])
        ledger.arrays = [
            SlurmLedger.Array(job: 101, steps: [0: "data", 1: "train-0"]), SlurmLedger.Array(job: 102, steps: [7: "evaluate-0"]),
        ]
        return ledger
    }

    private func damage(_ change: (inout JSONValue) -> Void) throws {
        var json = try JSONValue.parse(try BoundedFile.read(folder.ledger, limit: 1 << 20))
        change(&json)
        try AtomicFile.write(Array(json.prettyText().utf8), to: folder.ledger)
    }

    @Test("a ledger is read as it was written")
    func ledgerRoundTrip() throws { #expect(try SlurmLedger(folder) == ledger) }

    @Test(
        "a damaged ledger is refused, and the file named",
        arguments: ["format", "run", "repository", "key", "environment", "arrays"])
    func damagedLedger(field: String) throws {
        for value in [nil, .number(7), .array([["job": "x", "steps": [:]]])] as [JSONValue?] {
            try damage { $0[field] = value }
            do {
                _ = try SlurmLedger(folder)
                Issue.record("read with \(field) = \(value as JSONValue?)")
            } catch { #expect("\(error)".contains("ledger.json"), "\(error)") }
        }
    }

    @Test("step names that are no names, and indices that are no numbers, are refused", arguments: ["0", "x", "-1"])
    func damagedSteps(index: String) throws {
        try damage { $0["arrays"] = [["job": 5, "steps": .object([index: .string(index == "0" ? "../escape" : "data")])]] }
        #expect(throws: WorkflowError.self) { try SlurmLedger(folder) }
    }

    @Test("another run's ledger is refused: cancelling by it would end that run's tasks")
    func strangeLedger() throws {
        try damage { $0["run"] = "another-run" }
        #expect(throws: WorkflowError.self) { try SlurmLedger(folder) }
    }

    @Test("a text that is cut off, as on a full disk, is refused")
    func cutOff() throws {
        let bytes = try BoundedFile.read(folder.ledger, limit: 1 << 20)
        try AtomicFile.write(Array(bytes.prefix(bytes.count / 2)), to: folder.ledger)
        #expect(throws: SlurmError.self) { try SlurmLedger(folder) }
    }

    @Test("a task finds its step by the variables that Slurm gives it")
    func task() throws {
        let task = try SlurmTask(folder: folder.path, array: 0, environment: environment)
        #expect(task.step == "train-0")
        #expect(task.ledger == ledger)
        #expect(task.attempt.hasPrefix("101-1-2-"))
        #expect(try SlurmTask(folder: folder.path, array: 0, environment: environment).attempt != task.attempt)
    }

    @Test("without Slurm's variables nothing is done", arguments: ["SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"])
    func noVariables(name: String) {
        for value in [nil, "", "x", "-1"] as [String?] {
            var environment = environment
            environment[name] = value
            #expect(throws: SlurmError.ledger(path: folder.path, reason: "\(name) is not set: `reprise task` is started by Slurm alone")) {
                try SlurmTask(folder: folder.path, array: 0, environment: environment)
            }
        }
    }

    @Test("an index that the array does not have, and an array that is not there, are refused")
    func noStep() {
        var environment = environment
        environment["SLURM_ARRAY_TASK_ID"] = "9"
        #expect(throws: SlurmError.ledger(path: folder.steps(0), reason: "has no step 9")) {
            try SlurmTask(folder: folder.path, array: 0, environment: environment)
        }
        #expect(throws: SlurmError.self) { try SlurmTask(folder: folder.path, array: 5, environment: self.environment) }
    }

    @Test("how a task ended is there for others until its step is done")
    func endings() throws {
        let run = RunFolder(path: home.runs + "/table-1")
        let attempt = run.unfinishedStep("train-0") + "-101-1-0-abc"
        try FileManager.default.createDirectory(atPath: attempt, withIntermediateDirectories: true)
        try AtomicFile.write(Array((1...20).map { "line \($0)\n" }.joined().utf8), to: attempt + "/log.txt")
        let task = try SlurmTask(folder: folder.path, array: 0, environment: environment)
        task.end(.requeued, exitStatus: 0, message: "wrote a checkpoint", run: run, idleRequeues: 2)
        #expect(task.idleRequeues == 2)
        task.end(.failed, exitStatus: 1, message: "it broke", run: run)
        let ending = try #require(SlurmTask.Ending(file: folder.ending("train-0")))
        #expect(ending.kind == .failed)
        #expect(ending.node == "n1")
        #expect(ending.exitStatus == 1)
        #expect(ending.message == "it broke")
        #expect(ending.lastLines == (13...20).map { "line \($0)" })
        task.forget()
        #expect(SlurmTask.Ending(file: folder.ending("train-0")) == nil)
        #expect(task.idleRequeues == 0)
    }

    @Test("an attempt whose folder a later one took, or whose step another one finished, has nothing more to say")
    func overtaken() throws {
        let run = RunFolder(path: home.runs + "/table-1")
        let task = try SlurmTask(folder: folder.path, array: 0, environment: environment)
        let prefix = run.unfinishedStep("train-0") + "-"
        func make(_ path: String) throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        #expect(!task.isOvertaken(in: run))
        // Of earlier attempts, and of what is no attempt.
        for name in ["101-1-1-abc", "99-1-7-abc", "x", "102"] { try make(prefix + name) }
        #expect(!task.isOvertaken(in: run))
        try make(prefix + "101-1-3-abc")
        #expect(task.isOvertaken(in: run))
        try make(prefix + task.attempt)
        #expect(!task.isOvertaken(in: run))
        try FileManager.default.removeItem(atPath: prefix + task.attempt)
        try FileManager.default.removeItem(atPath: prefix + "101-1-3-abc")
        try make(run.step("train-0"))
        #expect(task.isOvertaken(in: run))
    }

    @Test("a new checkpoint shows, and so does that there is none")
    func checkpoints() throws {
        let run = RunFolder(path: home.runs + "/table-1")
        let scratch = run.unfinishedStep("train-0") + "-1/scratch"
        let task = try SlurmTask(folder: folder.path, array: 0, environment: environment)
        #expect(task.checkpointState(run).isEmpty)
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        try AtomicFile.write([1], to: scratch + "/state")
        let first = task.checkpointState(run)
        #expect(first.count == 1)
        #expect(task.checkpointState(run) == first)
        try AtomicFile.write([1, 2], to: scratch + "/state")
        #expect(task.checkpointState(run) != first)
    }
}
