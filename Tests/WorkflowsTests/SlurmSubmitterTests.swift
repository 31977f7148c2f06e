import Foundation
import Integrity
import Testing
import Workflows

@Suite("Submitting to a cluster")
struct SlurmSubmitterTests {
    private let slurm: FakeSlurm
    private let home = Home(path: TestFolder.path("submitter"))
    private let folder: SlurmFolder

    init() throws {
        slurm = try FakeSlurm()
        folder = SlurmFolder(run: "table-1", home: home)
        try FileManager.default.createDirectory(atPath: home.path, withIntermediateDirectories: true)
        try AtomicFile.write(Array("#!/bin/sh\n".utf8), to: program, mode: 0o755)
    }

    private var program: String { home.path + "/program" }
    private var ledger: SlurmLedger {
        SlurmLedger(run: "table-1", repository: "/project", key: "default", environment: ["REPRISE_HOME": home.path])
    }

    private func submit(
        _ steps: [PlannedStep] = FakeSlurm.table(3), options: SlurmOptions? = nil
    ) throws -> SlurmLedger {
        try SlurmSubmitter(client: slurm.client).submit(
            steps, ledger: ledger, folder: folder, program: program, options: try options ?? SlurmOptions())
    }

    @Test("a table goes in three array jobs, each after the one that it reads from")
    func table() throws {
        let submitted = try submit(options: SlurmOptions(partition: "short", further: ["account": "lab"]))
        let calls = slurm.calls("sbatch")
        #expect(calls.count == 3)
        #expect(calls.map { $0.first { $0.hasPrefix("--array") } } == ["--array=0", "--array=0-2", "--array=0-2"])
        #expect(calls.map { $0.first { $0.hasPrefix("--dependency") } } == [nil, "--dependency=afterok:101", "--dependency=aftercorr:102"])
        for call in calls {
            for option in [
                "--parsable", "--requeue", "--signal=B:USR1@120", "--partition=short", "--account=lab", "--job-name=reprise-table-1",
            ] {
                #expect(call.contains(option), "\(option) in \(call)")
            }
        }
        #expect(submitted.arrays.map(\.job) == [101, 102, 103])
        #expect(submitted.arrays[1].steps == [0: "train-0", 1: "train-1", 2: "train-2"])
        #expect(try SlurmLedger(folder) == submitted)
    }

    @Test("an array's script starts the copy of the program that lies beside the run")
    func script() throws {
        _ = try submit()
        let script = try #require(slurm.calls("sbatch").last?.last)
        let text = try String(contentsOfFile: script, encoding: .utf8)
        #expect(text.contains("exec \(folder.program) task --folder \(folder.path) --array 2"))
        #expect(FileManager.default.isExecutableFile(atPath: folder.program))
    }

    @Test("ten thousand tasks take eleven calls of sbatch and one of each other command")
    func calls() throws {
        #expect(try submit(FakeSlurm.table(5000)).arrays.count == 11)
        #expect(slurm.calls("sbatch").count == 11)
        #expect(slurm.calls("squeue").count == 1)
        #expect(slurm.calls("scontrol").count == 1)
    }

    @Test("nothing is submitted while the run has tasks on the cluster")
    func queued() throws {
        try slurm.queue(["7|0|RUNNING|None|n1", "7|1|PENDING|Priority|"])
        #expect(throws: SlurmError.stillQueued(run: "table-1", tasks: 2)) { try submit() }
        #expect(slurm.calls("sbatch").isEmpty)
    }

    @Test("where sbatch refuses half-way, the ledger names what was submitted, and the error has Slurm's words")
    func halfway() throws {
        try slurm.answer(
            "sbatch",
            "[ $calls -lt 2 ] || { echo 'sbatch: error: Batch job submission failed: Job violates policy' >&2; exit 1; }\n"
                + FakeSlurm.accepting)
        #expect(throws: SlurmError.refused(command: "sbatch", words: "sbatch: error: Batch job submission failed: Job violates policy")) {
            try submit()
        }
        #expect(try SlurmLedger(folder).arrays.map(\.job) == [101])
    }

    @Test(
        "a controller that is silent for a while, or goes away while it is asked, is asked again",
        arguments: ["Unable to contact slurm controller (connect failure)", "Connection reset by peer"])
    func silent(words: String) throws {
        let silence = "[ $calls -gt 2 ] || { echo 'slurm_load_jobs error: \(words)' >&2; exit 1; }\n"
        try slurm.answer("scontrol", silence + "echo 'MaxArraySize            = 1001'")
        try slurm.answer("sbatch", silence + FakeSlurm.accepting)
        #expect(try submit().arrays.count == 3)
        #expect(slurm.calls("scontrol").count == 3)
    }

    @Test("a controller that stays silent is given up, and called silent")
    func mute() throws {
        try slurm.answer("scontrol", "echo 'Unable to contact slurm controller' >&2; exit 1")
        #expect(throws: SlurmError.silent(command: "scontrol", words: "Unable to contact slurm controller")) { try submit() }
        #expect(slurm.calls("scontrol").count == 4)
    }

    @Test("an array that the controller took before it fell silent is not submitted twice")
    func acceptedInSilence() throws {
        try slurm.answer(
            "sbatch",
            "[ $calls -ne 2 ] || { echo '200|0|PENDING|Dependency|' >\"$here/queue\"; echo 'Socket timed out on send/recv operation' >&2; exit 1; }\n"
                + FakeSlurm.accepting)
        #expect(try submit().arrays.map(\.job) == [101, 200, 102])
        #expect(slurm.calls("sbatch")[2].contains("--dependency=aftercorr:200"))
    }

    @Test("an answer that is no number is refused", arguments: ["echo Submitted batch job 5", "true", "echo '12abc'"])
    func garbage(answer: String) throws {
        try slurm.answer("sbatch", answer)
        do {
            _ = try submit()
            Issue.record("taken: \(answer)")
        } catch let error as SlurmError {
            guard case .unexpectedAnswer("sbatch", _) = error else { throw error }
        }
    }

    @Test("the number of a cluster that names itself is read")
    func cluster() throws {
        try slurm.answer("sbatch", "echo '55;hall'")
        #expect(try submit([FakeSlurm.table(1)[0]]).arrays.map(\.job) == [55])
    }

    @Test("where few tasks may run at once, arrays wait for the whole of one another, so that each bound is kept")
    func bounded() throws {
        _ = try submit(FakeSlurm.table(30), options: SlurmOptions(maximumRunning: 2))
        let calls = slurm.calls("sbatch")
        #expect(calls.map { $0.first { $0.hasPrefix("--array") } } == ["--array=0%2", "--array=0-29%2", "--array=0-29%2"])
        #expect(calls.map { $0.first { $0.hasPrefix("--dependency") } } == [nil, "--dependency=afterok:101", "--dependency=afterany:102"])
    }

    @Test("what another command submits at the same moment is not written over")
    func twoAtOnce() throws {
        try folder.create()
        try AtomicFile.write(Array(#"{"0":"theirs"}"#.utf8), to: folder.steps(1))
        let submitted = try submit()
        #expect(submitted.arrays.count == 3)
        #expect(String(decoding: try BoundedFile.read(folder.steps(1), limit: 100), as: UTF8.self) == #"{"0":"theirs"}"#)
        let scripts = try slurm.calls("sbatch").map {
            String(decoding: try BoundedFile.read(try #require($0.last), limit: 1 << 16), as: UTF8.self)
        }
        #expect(zip(scripts, [0, 2, 3]).allSatisfy { $0.contains("--array \($1) ") }, "\(scripts)")
    }

    @Test("the signal before its time limit cannot end a task that does not listen yet, and the task knows how long it has then")
    func listening() throws {
        _ = try submit(options: SlurmOptions(time: "4:00:00", warning: 600))
        let script = String(decoding: try BoundedFile.read(folder.script(0), limit: 1 << 16), as: UTF8.self)
        #expect(script.contains("trap '' USR1\nexec "))
        #expect(script.contains("--warning 600"))
    }

    @Test("what people set to change what Slurm's commands show does not hide a part of the queue; what they set for their jobs stays")
    func environment() {
        let variables = ["SQUEUE_STATES": "R", "SBATCH_WAIT": "1", "SCANCEL_STATE": "PENDING", "SBATCH_ACCOUNT": "lab", "PATH": "/bin"]
        #expect(SlurmCaller.environment(variables) == ["SBATCH_ACCOUNT": "lab", "PATH": "/bin"])
    }

    @Test("a cluster that does not say how large an array may be is not guessed at")
    func noArraySize() throws {
        try slurm.answer("scontrol", "echo 'SlurmctldPort = 6817'")
        #expect(throws: SlurmError.unexpectedAnswer(command: "scontrol show config", answer: "no MaxArraySize")) { try submit() }
    }

    @Test("where there is no Slurm, the error says where one is needed")
    func noSlurm() {
        let client = SlurmClient(patience: 0, folder: home.path)
        #expect(throws: SlurmError.noSlurm(command: "scontrol")) { try client.largestArray() }
    }

    @Test("tasks are ended by the numbers of their jobs, and how many is said")
    func cancel() throws {
        let submitted = try submit()
        try slurm.queue(["102|0|RUNNING|None|n1", "102|1|PENDING|Priority|", "103|0|PENDING|Dependency|"])
        // Whoever still submits adds to it in between.
        try slurm.answer("scancel", "[ $calls -gt 1 ] || echo '104|0|PENDING|Priority|' >>\"$here/queue\"")
        #expect(try slurm.client.cancel(submitted) == 4)
        #expect(slurm.calls("scancel") == [["102", "103"], ["104"]])
        try slurm.queue([])
        #expect(try slurm.client.cancel(submitted) == 0)
        #expect(slurm.calls("scancel").count == 2)
    }
}
