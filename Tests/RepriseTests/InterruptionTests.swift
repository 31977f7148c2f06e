import Foundation
import Integrity
import Testing

@Suite("A run that is interrupted")
struct InterruptionTests {
    static let quickstart = ["run", "quickstart", "--variation", "smoke", "--seed", "3", "--resume"]

    @Test("ten kills at random moments, each resumed, end in the bits of the undisturbed run")
    func kills() throws {
        let undisturbed = try FinishedRun.shared.get()
        try expectSameBitsAfterKills(InterruptionTests.quickstart, undisturbed: undisturbed.folder, moments: 0.02...0.9)
    }

    @Test(
        "ten kills of a run on MNIST, each resumed, end in the bits of the undisturbed run",
        .enabled(
            if: TestMirror.isAvailable && ProcessInfo.processInfo.environment["REPRISE_LONG_TESTS"] != nil,
            "needs a mirror of MNIST and REPRISE_LONG_TESTS"))
    func killsOnMNIST() throws {
        let arguments = ["run", "tvae-mnist", "--variation", "smoke", "--mirror", TestMirror.folder, "--resume"]
        let program = Program()
        let outcome = try program.run(arguments)
        #expect(outcome.status == 0, "\(outcome)")
        try expectSameBitsAfterKills(arguments, undisturbed: try program.latestRun(), moments: 0.1...8)
    }

    private func expectSameBitsAfterKills(_ arguments: [String], undisturbed: String, moments: ClosedRange<Double>) throws {
        let program = Program()
        var generator = SystemRandomNumberGenerator()
        var kills = 0
        var attempts = 0
        // A run may be over before the last kill strikes; then the next one starts from nothing, until ten kills have struck.
        while kills < 10 {
            attempts += 1
            try #require(attempts < 200, "the kills never strike")
            let process = program.process(arguments)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            usleep(UInt32(Double.random(in: moments, using: &generator) * 1e6))
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            if process.terminationReason == .exit {
                #expect(process.terminationStatus == 0)
                try expectSameBits(program, undisturbed)
                try FileManager.default.removeItem(atPath: program.home)
            }
        }
        let last = try program.run(arguments)
        #expect(last.status == 0, "\(last)")
        try expectSameBits(program, undisturbed)
        #expect(try program("verify", "latest").status == 0)
    }

    private func expectSameBits(_ program: Program, _ undisturbed: String) throws {
        let folder = try finishedRun(in: program)
        for step in ["train-tvae", "train-vae"] {
            for file in ["weights.safetensors", "metrics.json"] {
                let path = "/steps/\(step)/outputs/\(file)"
                #expect(
                    try SHA256Digest.ofFile(at: folder + path).digest == SHA256Digest.ofFile(at: undisturbed + path).digest,
                    "\(path) differs from the undisturbed run's")
            }
        }
    }

    private func finishedRun(in program: Program) throws -> String {
        let runs = try FileManager.default.contentsOfDirectory(atPath: program.home + "/runs")
        let finished = runs.filter { FileManager.default.fileExists(atPath: program.home + "/runs/\($0)/manifest.dsse.json") }
        return program.home + "/runs/" + (try #require(finished.first))
    }

    @Test("Ctrl-C ends it at once, says how to go on, and --resume continues from the checkpoint")
    func controlC() throws {
        let program = Program()
        let arguments = ["run", "quickstart", "--set", "steps=100000", "--set", "checkpoint_every=100000", "--resume"]
        let process = program.process(arguments)
        let errors = program.home + "/errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        func scratch() -> String? {
            let runs = (try? FileManager.default.contentsOfDirectory(atPath: program.home + "/runs")) ?? []
            return runs.first.map { program.home + "/runs/\($0)/steps/train-tvae.partial/scratch" }
        }
        // What is shown of the training's progress comes after its first step: only then is there something to save.
        func words() -> String { String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self) }
        InterruptionTests.wait { words().contains("train-tvae ▕") }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 130, "\(words())")
        #expect(words().contains("--resume"), "\(words())")
        let left = try FileManager.default.contentsOfDirectory(atPath: try #require(scratch()))
        #expect(left.contains { $0.hasPrefix("state-") }, "the interrupted step left no checkpoint: \(left)")
    }

    @Test("a second process on the same run is turned away")
    func twoProcesses() throws {
        let program = Program()
        let arguments = ["run", "quickstart", "--set", "steps=100000", "--resume"]
        let process = program.process(arguments)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // The first step's folder is made under the lock.
        InterruptionTests.wait {
            let run = (try? FileManager.default.contentsOfDirectory(atPath: program.home + "/runs"))?.first { !$0.hasPrefix(".") }
            let steps = run.flatMap { try? FileManager.default.contentsOfDirectory(atPath: program.home + "/runs/\($0)/steps") }
            return steps?.isEmpty == false
        }
        let second = try program.run(arguments)
        #expect(second.status == 3 && second.errors.contains("another process"), "\(second)")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @Test("a step that is killed alone is named, and --resume finishes")
    func killedStep() throws {
        let program = Program()
        let arguments = ["run", "quickstart", "--variation", "smoke", "--seed", "3", "--set", "steps=400", "--resume"]
        let process = program.process(arguments)
        let errors = program.home + "/errors"
        _ = FileManager.default.createFile(atPath: errors, contents: nil)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        var step: Int32?
        InterruptionTests.wait {
            step = InterruptionTests.child(of: process.processIdentifier, named: "train-topographic-vae")
            return step != nil
        }
        kill(try #require(step), SIGKILL)
        process.waitUntilExit()
        let text = String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
        #expect(process.terminationStatus == 3, "\(text)")
        #expect(text.contains("train-tvae was killed by signal 9"), "\(text)")
        #expect(try program.run(arguments).status == 0)
    }

    /// Looks, for two minutes at most, whether something has come about; what is expected of it afterwards says what did not.
    private static func wait(interval: UInt32 = 50_000, until condition: () -> Bool) {
        let deadline = Date().addingTimeInterval(120)
        while Date() < deadline, !condition() { usleep(interval) }
    }

    /// A child process whose command line holds the given word.
    private static func child(of parent: Int32, named word: String) -> Int32? {
        let listed = FileManager.default.contents(atPath: "/proc/\(parent)/task/\(parent)/children") ?? Data()
        return String(decoding: listed, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }.first { child in
            let line = FileManager.default.contents(atPath: "/proc/\(child)/cmdline") ?? Data()
            return String(decoding: line, as: UTF8.self).contains(word)
        }
    }

    /// Runs until the training has a checkpoint, kills it, lets `change` spoil the unfinished step's folder, and resumes.
    private func resumeAfter(_ change: (_ run: String) throws -> Void) throws -> (program: Program, outcome: Program.Outcome) {
        let program = Program()
        let process = program.process(InterruptionTests.quickstart)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        func run() -> String? {
            (try? FileManager.default.contentsOfDirectory(atPath: program.home + "/runs"))?.first { !$0.hasPrefix(".") }
                .map { program.home + "/runs/" + $0 }
        }
        InterruptionTests.wait(interval: 5_000) { !InterruptionTests.states(run()).isEmpty }
        let step = InterruptionTests.child(of: process.processIdentifier, named: "train-topographic-vae")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        // The step dies with the run, but a moment later; one that is gone, or awaits its burial, has no command line.
        if let step { InterruptionTests.wait { (FileManager.default.contents(atPath: "/proc/\(step)/cmdline") ?? Data()).isEmpty } }
        try change(try #require(run()))
        return (program, try program.run(InterruptionTests.quickstart))
    }

    /// The states that a checkpoint names: a kill may leave one that was written just before its checkpoint.
    private static func states(_ run: String?) -> [String] {
        guard let run else { return [] }
        let scratch = run + "/steps/train-tvae.partial/scratch"
        let names = Set((try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? [])
        return names.filter { $0.hasPrefix("state-") && names.contains(progress(of: $0)) }.map { scratch + "/" + $0 }
    }

    private static func progress(of state: String) -> String {
        state.replacing("state-", with: "progress-").replacing(".safetensors", with: ".json")
    }

    @Test("a checkpoint that was changed, or cut short, is not continued from", arguments: [true, false])
    func damagedCheckpoint(isCut: Bool) throws {
        let undisturbed = try FinishedRun.shared.get()
        let (program, outcome) = try resumeAfter { run in
            for path in InterruptionTests.states(run) {
                var bytes = try #require(FileManager.default.contents(atPath: path))
                if isCut { bytes.removeLast(1000) } else { bytes[bytes.count / 2] ^= 1 }
                try bytes.write(to: URL(fileURLWithPath: path))
            }
        }
        #expect(outcome.status == 0, "\(outcome)")
        try expectSameBits(program, undisturbed.folder)
    }

    @Test("a checkpoint that cannot be read at the moment stops the step rather than being forgotten")
    func unreadableCheckpoint() throws {
        let undisturbed = try FinishedRun.shared.get()
        var aside: [String] = []
        let (program, outcome) = try resumeAfter { run in
            aside = InterruptionTests.states(run)
            for path in aside {
                try FileManager.default.moveItem(atPath: path, toPath: path + ".aside")
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
        }
        #expect(outcome.status != 0 && outcome.errors.contains("cannot read"), "\(outcome)")
        for path in aside {
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: path + ".aside", toPath: path)
        }
        let resumed = try program.run(InterruptionTests.quickstart)
        #expect(resumed.status == 0, "\(resumed)")
        try expectSameBits(program, undisturbed.folder)
        let log = try String(contentsOfFile: try finishedRun(in: program) + "/steps/train-tvae/log.txt", encoding: .utf8)
        #expect(log.contains("resumed at step"), "\(log)")
    }

    @Test("a checkpoint of a version with other records is not continued from")
    func otherVersion() throws {
        let undisturbed = try FinishedRun.shared.get()
        let (program, outcome) = try resumeAfter { run in
            for path in InterruptionTests.states(run) {
                let progress = InterruptionTests.progress(of: path)
                var json = try JSONValue.parse(try BoundedFile.read(progress, limit: 1 << 24))
                json["format"] = 1
                try AtomicFile.write(Array(json.prettyText().utf8), to: progress)
            }
        }
        #expect(outcome.status == 0, "\(outcome)")
        try expectSameBits(program, undisturbed.folder)
    }

    @Test(
        "a finished step that does not hold any more is made again",
        arguments: ["outputs/sprites-32.npy", "attestation.dsse.json", "inputs.json"])
    func damagedStep(file: String) throws {
        let undisturbed = try FinishedRun.shared.get()
        let (program, outcome) = try resumeAfter { run in
            let path = run + "/steps/data/" + file
            var bytes = try #require(FileManager.default.contents(atPath: path))
            bytes[bytes.count / 2] ^= 1
            try FileManager.default.removeItem(atPath: path)
            if file != "inputs.json" { try bytes.write(to: URL(fileURLWithPath: path)) }
        }
        #expect(outcome.status == 0 && outcome.errors.contains("step data was done, but does not hold any more"), "\(outcome)")
        try expectSameBits(program, undisturbed.folder)
        #expect(try program("verify", "latest").status == 0)
    }
}
