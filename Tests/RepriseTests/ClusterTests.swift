import Foundation
import Integrity
import Testing

/// A project with one step that takes a moment, and a Slurm that takes jobs and performs none by itself.
private struct Cluster {
    let program: Program
    /// Of the stand-ins for Slurm's commands.
    let slurm = Program.temporaryFolder("slurm")

    init(steps: [String] = ["data"]) throws {
        let repository = try Repository()
        try repository.keep(steps, of: "quickstart")
        var program = repository.program
        for (name, script) in [
            "scontrol": #"case $1 in show) [ "$2" = config ] && echo "MaxArraySize = 1001" || exit 1 ;; esac"#,
            "squeue": #"cat "$here/queue" 2>/dev/null || true"#, "scancel": #"rm -f "$here/queue""#,
            "sbatch": #"echo "101|0|PENDING|Priority|" >"$here/queue"; echo 101"#,
        ] {
            let text = "#!/bin/sh\nhere=\(slurm)\necho \"$0 $*\" >>\"$here/calls\"\n\(script)\n"
            try AtomicFile.write(Array(text.utf8), to: slurm + "/" + name, mode: 0o755)
        }
        program.environment["PATH"] = slurm + ":/usr/bin:/bin"
        self.program = program
    }

    func submit(_ arguments: String...) throws -> Program.Outcome {
        try program.run(["run", "quickstart", "--variation", "smoke", "--on", "slurm"] + arguments)
    }

    var calls: String { (try? String(contentsOfFile: slurm + "/calls", encoding: .utf8)) ?? "" }

    /// What Slurm would do: starts the script of an array as its only task.
    func startTask(array: Int = 0) throws -> Process {
        let run = (try program.latestRun() as NSString).lastPathComponent
        let process = program.process([])
        process.executableURL = URL(fileURLWithPath: program.home + "/slurm/\(run)/array-\(array).sh")
        for (name, value) in ["SLURM_ARRAY_JOB_ID": "101", "SLURM_ARRAY_TASK_ID": "0", "SLURMD_NODENAME": "n1"] {
            process.environment?[name] = value
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// A task that leaves the queue when it ends.
    func performTask(array: Int = 0) throws -> Int32 {
        let process = try startTask(array: array)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: slurm + "/queue")
        return process.terminationStatus
    }

    /// What a task wrote down of its end.
    func ending(_ step: String) throws -> JSONValue {
        let run = (try program.latestRun() as NSString).lastPathComponent
        return try JSONValue.parse(try BoundedFile.read(program.home + "/slurm/\(run)/ended/\(step).json", limit: 1 << 20))
    }

    func wait(until condition: () -> Bool) {
        let deadline = Date().addingTimeInterval(120)
        while Date() < deadline, !condition() { usleep(50_000) }
    }
}

@Suite("Runs on a cluster, as users see them")
struct ClusterTests {
    @Test("where there is no Slurm, --on slurm says so in a line, and begins no run")
    func noSlurm() throws {
        var program = Program()
        program.environment["PATH"] = Program.temporaryFolder("nothing")
        let outcome = try program("run", "quickstart", "--variation", "smoke", "--on", "slurm")
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("there is no scontrol on this machine"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: program.home + "/runs"))
    }

    @Test(
        "options that would break what a run on a cluster promises are refused, with the reason",
        arguments: [
            (["--sbatch", "array=1"], "the plan decides it"), (["--sbatch", "account"], "key=value"),
            (["--sbatch", "account=a", "--sbatch", "account=b"], "given twice"), (["--cpus-per-task", "0"], "1 to 1024"),
            (["--max-running", "0"], "1 to 1000000"), (["--sbatch", "clusters=b"], "one cluster"),
        ])
    func refusedOptions(options: [String], reason: String) throws {
        let outcome = try Program().run(["run", "quickstart", "--on", "slurm"] + options)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains(reason), "\(outcome)")
    }

    @Test("a run is submitted and left, looked at, kept from being run here too, performed, taken up again and verified")
    func wholeRun() throws {
        let cluster = try Cluster()
        let submitted = try cluster.submit("--detach", "--time", "30", "--sbatch", "account=lab")
        #expect(submitted.status == 0, "\(submitted)")
        #expect(submitted.output.contains("reprise attach"))
        #expect(cluster.calls.contains("--time=30 --account=lab"))

        let waiting = try cluster.program("status", "latest")
        #expect(waiting.status == 0, "\(waiting)")
        #expect(waiting.output.contains("0 of 1 steps are done"))
        #expect(waiting.output.contains("data: Priority"))
        let json = try #require(cluster.program("status", "latest", "--json").json)
        #expect(json.at("counts.waiting")?.integerValue == 1)
        #expect(json["finished"] == false)

        let here = try cluster.program("run", "quickstart", "--variation", "smoke", "--resume")
        #expect(here.status == 2, "\(here)")
        #expect(here.errors.contains("1 task on the cluster"))
        let again = try cluster.submit("--resume")
        #expect(again.status == 2, "\(again)")

        #expect(try cluster.performTask() == 0)
        #expect(try cluster.program("status", "latest").output.contains("finish it with: reprise attach"))
        let attached = try cluster.program("attach", "latest")
        #expect(attached.status == 0, "\(attached)")
        let verified = try cluster.program("verify", "latest")
        #expect(verified.status == 0, "\(verified)")
        #expect(try cluster.program("status", "latest").output.contains("finished, 1 steps"))
        #expect(FileManager.default.fileExists(atPath: try cluster.program.latestRun() + "/steps/data/environment.json"))
    }

    @Test("a run whose tasks are cancelled is at rest, and is continued here where one asks for it")
    func cancelled() throws {
        let cluster = try Cluster()
        _ = try cluster.submit("--detach")
        let id = (try cluster.program.latestRun() as NSString).lastPathComponent
        let ended = try cluster.program("cancel", id)
        #expect(ended.status == 0, "\(ended)")
        #expect(ended.output.contains("ended 1 task"))
        #expect(cluster.calls.contains("scancel 101"))
        #expect(try cluster.program("cancel", id).output.contains("no task"))
        let status = try cluster.program("status", id)
        #expect(status.status == 3)
        #expect(status.output.contains("1 lost"))

        // An attempt that was killed leaves a folder under its own name.
        let attempt = cluster.program.home + "/runs/\(id)/steps/data.partial-101-0-0-abc/scratch"
        try FileManager.default.createDirectory(atPath: attempt, withIntermediateDirectories: true)
        let here = try cluster.program("run", "quickstart", "--variation", "smoke", "--resume")
        #expect(here.status == 0, "\(here)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: cluster.program.home + "/runs/\(id)/steps") == ["data"])
        #expect(try cluster.program("verify", id).status == 0)
    }

    @Test("a command that follows a run is left with Ctrl-C, and says how to come back", arguments: [SIGINT, SIGTERM])
    func left(signal: Int32) throws {
        let cluster = try Cluster()
        for arguments in [["run", "quickstart", "--variation", "smoke", "--on", "slurm"], ["attach", "latest"]] {
            let process = cluster.program.process(arguments)
            let errors = Program.temporaryFolder("output") + "/errors"
            _ = FileManager.default.createFile(atPath: errors, contents: nil)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: errors)
            try process.run()
            func words() -> String { String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self) }
            cluster.wait { words().contains("1 waiting") }
            kill(process.processIdentifier, signal)
            cluster.wait { !process.isRunning }
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 130, "\(words())")
            #expect(words().contains("come back with: reprise attach"), "\(words())")
        }
        #expect(!cluster.calls.contains("scancel"))
    }

    @Test(
        "a training that is warned of its time limit writes a checkpoint, goes back into the queue, waits to be ended, and says so",
        arguments: [true, false])
    func timeLimit(isTaken: Bool) throws {
        let cluster = try Cluster(steps: ["data", "train-vae"])
        if !isTaken {
            let refusal = "#!/bin/sh\n[ \"$1\" = requeue ] || exec echo 'MaxArraySize = 1001'\necho 'Requeue is disabled' >&2\nexit 1\n"
            try AtomicFile.write(Array(refusal.utf8), to: cluster.slurm + "/scontrol", mode: 0o755)
        }
        _ = try cluster.submit("--detach", "--set", "steps=1000000", "--set", "checkpoint_every=50")
        #expect(try cluster.performTask() == 0)
        let task = try cluster.startTask(array: 1)
        let scratch = try cluster.program.latestRun() + "/steps"
        func checkpoints() -> [String] {
            let attempts = (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? []
            return attempts.filter { $0.hasPrefix("train-vae.partial-") }.flatMap {
                (try? FileManager.default.contentsOfDirectory(atPath: scratch + "/\($0)/scratch")) ?? []
            }.filter { $0.hasPrefix("progress-") }
        }
        cluster.wait { !checkpoints().isEmpty }
        kill(task.processIdentifier, SIGUSR1)
        if isTaken {
            cluster.wait { cluster.calls.contains("scontrol requeue 101_0") }
            #expect(task.isRunning, "it ended by itself: \(cluster.calls)")
            kill(task.processIdentifier, SIGTERM)
        }
        task.waitUntilExit()
        #expect(task.terminationStatus == (isTaken ? 0 : 3))
        let ending = try cluster.ending("train-vae")
        #expect(ending["kind"]?.stringValue == (isTaken ? "requeued" : "stopped"), "\(ending)")
        #expect(isTaken || ending["message"]?.stringValue?.contains("Requeue is disabled") == true, "\(ending)")
        #expect(!checkpoints().isEmpty)
        guard isTaken else { return }
        // The node refused to start it again.
        let failed = "#!/bin/sh\necho 'JobId=101 JobState=FAILED ExitCode=1:0 NodeList=n7'\n"
        try AtomicFile.write(Array(failed.utf8), to: cluster.slurm + "/scontrol", mode: 0o755)
        unlink(cluster.slurm + "/queue")
        let attached = try cluster.program("attach", "latest")
        #expect(attached.status == 3)
        #expect(attached.errors.contains("train-vae: stopped on n1: wrote a checkpoint before its time limit and went back"), "\(attached)")
        #expect(attached.errors.contains("--resume continues it (Slurm: FAILED, exit code 1:0, node n7)"), "\(attached)")
    }

    @Test("a run that no cluster works on says how to go on with it", arguments: ["attach", "cancel"])
    func notOnCluster(command: String) throws {
        let cluster = try Cluster()
        #expect(try cluster.program("run", "quickstart", "--variation", "smoke").status == 0)
        let outcome = try cluster.program(command, (try cluster.program.latestRun() as NSString).lastPathComponent)
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("was not submitted to a cluster"), "\(outcome)")
    }

    @Test("a task that Slurm did not start does nothing")
    func taskAlone() throws {
        let outcome = try Program()("task", "--folder", Program.temporaryFolder("task"), "--array", "0")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("started by Slurm alone"), "\(outcome)")
    }
}
