import Foundation
import Integrity

/// A task of an array job, as the node sees it: which step it is to perform, and how it tells others what became of it.
public struct SlurmTask: Sendable {
    public let folder: SlurmFolder
    public let ledger: SlurmLedger
    public let step: String
    let job: Int
    let index: Int
    /// How often Slurm has started it before.
    let restarts: Int
    let node: String
    /// A name that no other attempt at the step has, on whatever node.
    public let attempt: String

    /// - Parameters:
    ///   - path: the run's ``SlurmFolder``.
    ///   - environment: of a process that Slurm started.
    public init(folder path: String, array: Int, environment: [String: String]) throws {
        folder = SlurmFolder(path: path)
        func number(_ name: String) throws -> Int {
            guard let value = environment[name].flatMap({ Int($0) }), value >= 0 else {
                throw SlurmError.ledger(path: path, reason: "\(name) is not set: `reprise task` is started by Slurm alone")
            }
            return value
        }
        job = try number("SLURM_ARRAY_JOB_ID")
        index = try number("SLURM_ARRAY_TASK_ID")
        restarts = (try? number("SLURM_RESTART_COUNT")) ?? 0
        node = environment["SLURMD_NODENAME"] ?? "unknown"
        attempt = "\(job)-\(index)-\(restarts)-" + String(UInt32.random(in: .min ... .max), radix: 16)
        ledger = try SlurmLedger(folder)
        let json: JSONValue
        do { json = try JSONValue.parse(try BoundedFile.read(folder.steps(array), limit: 16 << 20)) } catch {
            throw SlurmError.ledger(path: folder.steps(array), reason: "\(error)")
        }
        let steps = try SlurmLedger.steps(RecordReader(["steps": json], file: folder.steps(array)), "steps")
        guard let step = steps[index] else { throw SlurmError.ledger(path: folder.steps(array), reason: "has no step \(index)") }
        self.step = step
    }

    /// Whether a later attempt has taken what this one had: then what becomes of this one concerns nobody.
    public func isOvertaken(in run: RunFolder) -> Bool {
        guard !FileManager.default.fileExists(atPath: StepWorkspace.ofOneAttempt(step, attempt).folder(in: run)) else { return false }
        if FileManager.default.fileExists(atPath: run.step(step)) { return true }
        let prefix = run.unfinishedStep(step) + "-"
        return StepWorkspace.unfinished(step, in: run).contains { folder in
            let numbers = folder.dropFirst(prefix.count).split(separator: "-").prefix(3).compactMap { Int($0) }
            return folder.hasPrefix(prefix) && numbers.count == 3 && (numbers[0], numbers[2]) > (job, restarts)
        }
    }

    /// What became of a task that did not finish its step.
    public struct Ending: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            /// It will not get better by itself.
            case failed
            /// A step that it reads from is not done.
            case blocked
            /// It wrote a checkpoint and went back into the queue.
            case requeued
            /// It was told to stop, and can be continued.
            case stopped
        }

        public var kind: Kind
        public var node: String
        public var exitStatus: Int
        /// What, where, what to do.
        public var message: String
        /// The last lines of its log.
        public var lastLines: [String]
        /// How often it went back into the queue without having come any further.
        public var idleRequeues = 0

        var json: JSONValue {
            [
                "kind": .string(kind.rawValue), "node": .string(node), "exit_status": .number(Double(exitStatus)),
                "message": .string(message),
                "last_lines": .array(lastLines.map { .string($0) }), "idle_requeues": .number(Double(idleRequeues)),
            ]
        }

        init(kind: Kind, node: String, exitStatus: Int, message: String, lastLines: [String], idleRequeues: Int = 0) {
            self.kind = kind
            self.node = node
            self.exitStatus = exitStatus
            self.message = message
            self.lastLines = lastLines
            self.idleRequeues = idleRequeues
        }

        /// Nil where there is none, or what is there cannot be read: then less is known, and nothing is lost.
        package init?(file path: String) {
            guard let bytes = try? BoundedFile.read(path, limit: 1 << 20), let json = try? JSONValue.parse(bytes),
                let kind = json["kind"]?.stringValue.flatMap({ Kind(rawValue: $0) })
            else { return nil }
            self.init(
                kind: kind, node: json["node"]?.stringValue ?? "", exitStatus: json["exit_status"]?.integerValue ?? 0,
                message: json["message"]?.stringValue ?? "", lastLines: json["last_lines"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                idleRequeues: json["idle_requeues"]?.integerValue ?? 0)
        }
    }

    /// Tells what became of the task.
    public func end(_ kind: Ending.Kind, exitStatus: Int, message: String, run: RunFolder, idleRequeues: Int = 0) {
        let ending = Ending(
            kind: kind, node: node, exitStatus: exitStatus, message: message, lastLines: lastLines(run), idleRequeues: idleRequeues)
        // A full disk takes this neither; the queue and the missing step then tell.
        try? AtomicFile.write(Array(ending.json.prettyText().utf8), to: folder.ending(step))
    }

    /// Forgets what became of earlier attempts.
    public func forget() {
        unlink(folder.ending(step))
        unlink(folder.report(step))
    }

    /// The last lines of the step's log, of this or an earlier attempt.
    private func lastLines(_ run: RunFolder) -> [String] {
        guard let attempt = StepWorkspace.unfinished(step, in: run).first else { return [] }
        return LogTail.read(attempt + "/" + StepContract.logFile)
    }

    /// Writes down how far the step is, for whoever follows the run.
    public func report(_ progress: StepProgress) {
        let json: JSONValue = [
            "done": .number(progress.done), "total": .number(progress.total), "unit": .string(progress.unit),
            "text": .string(progress.text),
        ]
        try? AtomicFile.write(json.canonicalBytes(), to: folder.report(step))
    }

    /// What an attempt can be continued from: it changes when a checkpoint is written.
    public func checkpointState(_ run: RunFolder) -> [String] {
        guard let attempt = StepWorkspace.unfinished(step, in: run).first else { return [] }
        let scratch = attempt + "/" + StepContract.scratchFolder
        return ((try? RunFolder.files(below: scratch)) ?? []).map { name in
            var status = stat()
            stat(scratch + "/" + name, &status)
            return "\(name) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
        }
    }

    public var idleRequeues: Int { Ending(file: folder.ending(step))?.idleRequeues ?? 0 }

    /// Back into the queue, to be continued from the checkpoint; this process is ended by it.
    public func requeue(_ client: SlurmClient = SlurmClient()) throws(SlurmError) { try client.requeue(job: job, index: index) }
}
