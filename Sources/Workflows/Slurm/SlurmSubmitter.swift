import Foundation
import Integrity

/// Hands the steps of a run that are yet to be performed to the cluster, as array jobs that wait for one another.
public struct SlurmSubmitter: Sendable {
    let client: SlurmClient

    public init(client: SlurmClient = SlurmClient()) { self.client = client }

    /// - Parameters:
    ///   - ledger: what was submitted for the run before, and what every task needs to know.
    ///   - program: the `reprise` binary, on a file system that all nodes share or not: it is copied beside the run.
    /// - Returns: the ledger with the new arrays; written after each submission. A kill between sbatch and the ledger leaves an array that only the
    ///   queue knows, by the run's name: nothing more is submitted until it is gone, and cancelling finds it.
    @discardableResult
    public func submit(
        _ missing: [PlannedStep], ledger: SlurmLedger, folder: SlurmFolder, program: String, options: SlurmOptions
    ) throws -> SlurmLedger {
        var ledger = ledger
        let waiting = try client.queue(name: ledger.jobName)
        guard waiting.isEmpty else { throw SlurmError.stillQueued(run: ledger.run, tasks: waiting.count) }
        let plan = SlurmJobPlan(missing: missing, largestArray: try client.largestArray(), isBounded: options.maximumRunning != nil)
        try folder.create()
        let files = Set(missing.map { $0.name + ".json" })
        for place in [folder.endings, folder.reports] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? [] where files.contains(name) {
                try Folders.remove(place + "/" + name)
            }
        }
        try place(program, at: folder.program)
        try ledger.write(to: folder)

        var jobs: [Int] = []
        var number = ledger.arrays.count
        for array in plan.arrays {
            number = try claim(array.steps, from: number, in: folder)
            try AtomicFile.write(Array(script(number, options, folder).utf8), to: folder.script(number), mode: 0o755)
            let siblings = plan.arrays.count { $0.depth == array.depth }
            let job = try client.submit(
                SlurmClient.ArrayJob(
                    name: ledger.jobName, indices: array.steps.keys.sorted(),
                    maximumRunning: options.maximumRunning.map { max(1, $0 / siblings) },
                    dependency: SlurmSubmitter.dependency(array.dependency, jobs), script: folder.script(number), folder: folder.path,
                    options: options),
                known: Set(ledger.arrays.map(\.job)))
            jobs.append(job)
            ledger.arrays.append(SlurmLedger.Array(job: job, steps: array.steps))
            try ledger.write(to: folder)
        }
        return ledger
    }

    /// Writes down an array's steps under a number that nobody else has taken: two commands on two machines may submit at once.
    private func claim(_ steps: [Int: String], from number: Int, in folder: SlurmFolder) throws -> Int {
        var number = number
        while true {
            do {
                try AtomicFile.write(Array(SlurmLedger.json(steps).prettyText().utf8), to: folder.steps(number), replacing: false)
                return number
            } catch {
                guard case .exists = error else { throw error }
                number += 1
            }
        }
    }

    private static func dependency(_ dependency: SlurmJobPlan.Dependency, _ jobs: [Int]) -> String? {
        switch dependency {
        case .none: nil
        case .corresponding(let array): "aftercorr:\(jobs[array])"
        case .single(let array): "afterok:\(jobs[array])"
        case .whole(let arrays): "afterany:" + arrays.map { "\(jobs[$0])" }.joined(separator: ":")
        }
    }

    /// One process from the beginning: the signal before the time limit goes to the batch script's process, and that is the program itself. It must
    /// not end it before it listens.
    private func script(_ array: Int, _ options: SlurmOptions, _ folder: SlurmFolder) -> String {
        """
        #!/bin/sh
        trap '' USR1
        exec \(ShellText.word(folder.program)) task --folder \(ShellText.word(folder.path)) --array \(array) --warning \(options.warning)

        """
    }

    private func place(_ program: String, at path: String) throws {
        let digest = try SHA256Digest.ofFile(at: program).digest
        if FileManager.default.fileExists(atPath: path), try SHA256Digest.ofFile(at: path).digest == digest { return }
        try AtomicFile.write(try BoundedFile.read(program, limit: 1 << 30), to: path, mode: 0o755)
    }
}
