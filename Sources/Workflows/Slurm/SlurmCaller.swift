import Foundation

/// Calls Slurm's commands, each with a bound on its time and on its answer.
package struct SlurmCaller: Sendable {
    let patience: Int
    let pause: UInt32
    let folder: String?

    /// - Parameter done: asked before a call is repeated; an answer of its own makes that needless.
    func answer(
        _ command: String, _ arguments: [String], unless done: (() throws(SlurmError) -> String?)? = nil
    ) throws(SlurmError) -> String {
        var attempt = 0
        while true {
            do throws(SlurmError) { return try call(command, arguments) } catch {
                guard case .silent = error, attempt < patience else { throw error }
                attempt += 1
                sleep(pause)
            }
            if let answer = try done?() { return answer }
        }
    }

    /// Without the variables by which people change what Slurm's commands show and do: half a queue would be taken for the whole. Defaults for what
    /// is submitted, such as an account, stay.
    package static func environment(_ variables: [String: String]) -> [String: String] {
        let others: Set = [
            "SBATCH_WAIT", "SBATCH_EXPORT", "SBATCH_CLUSTERS", "SBATCH_ARRAY_INX", "SBATCH_DEPENDENCY", "SLURM_CLUSTERS",
            "SLURM_TIME_FORMAT",
        ]
        return variables.filter { name, _ in
            !others.contains(name) && !["SQUEUE_", "SCANCEL_", "SCONTROL_"].contains { name.hasPrefix($0) }
        }
    }

    /// What Slurm's commands say when the controller is away, or goes away while they ask.
    private static let silences = [
        "Unable to contact slurm controller", "Socket timed out", "Connection refused", "Connection reset by peer",
        "Connection timed out", "Transport endpoint is not connected", "Zero Bytes were transmitted",
    ]

    private static let answerLimit = 256 << 20

    /// Slurm's commands give up by themselves, after a multiple of the cluster's MessageTimeout; this is for those that hang, on a dead file system say.
    private static let timeLimit = 300.0

    private func call(_ command: String, _ arguments: [String]) throws(SlurmError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [folder.map { $0 + "/" + command } ?? command] + arguments
        let output = Pipe()
        // A file, so that only one stream is read while the other fills.
        guard let errors = tmpfile() else { throw .refused(command: command, words: String(cString: strerror(errno))) }
        defer { fclose(errors) }
        process.environment = SlurmCaller.environment(ProcessInfo.processInfo.environment)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle(fileDescriptor: fileno(errors))
        // Waiting for a process's end looks only twenty times a second; the handler is told at once.
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { throw .noSlurm(command: command) }
        let number = process.processIdentifier
        let end = DispatchWorkItem { kill(number, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + SlurmCaller.timeLimit, execute: end)
        let answer = SlurmCaller.read(output)
        ended.wait()
        end.cancel()
        var words = [UInt8](repeating: 0, count: 4096)
        words.removeLast(words.count - max(0, pread(fileno(errors), &words, words.count, 0)))
        let complaint = String(decoding: words, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard process.terminationReason == .exit else {
            throw .refused(command: command, words: "it was killed by signal \(process.terminationStatus)")
        }
        switch process.terminationStatus {
        case 0:
            // Of half a queue the other half would be taken for lost.
            guard let answer else { throw .unexpectedAnswer(command: command, answer: "more than \(SlurmCaller.answerLimit) bytes") }
            return answer
        case 127: throw .noSlurm(command: command)
        default:
            let short = String(complaint.prefix(400)).replacingOccurrences(of: "\n", with: "; ")
            throw SlurmCaller.silences.contains { complaint.contains($0) }
                ? .silent(command: command, words: short) : .refused(command: command, words: short)
        }
    }

    /// All that a command says; nil where that is more than is read.
    private static func read(_ pipe: Pipe) -> String? {
        var data = Data()
        var isWhole = true
        while let chunk = try? pipe.fileHandleForReading.read(upToCount: 1 << 20), !chunk.isEmpty {
            isWhole = isWhole && data.count + chunk.count <= answerLimit
            if isWhole { data.append(chunk) }
        }
        return isWhole ? String(decoding: data, as: UTF8.self) : nil
    }
}
