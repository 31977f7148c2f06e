import Artifacts
import Foundation
import Synchronization

/// Runs each step as a child process of this one.
///
/// Every step is started through `reprise step`, which ties its life to the runner's (a killed runner leaves no orphan that goes on
/// writing) before it becomes the step's program.
public final class LocalEngine: StepEngine {
    private let executable: String
    private let state = Mutex(State())

    private struct State {
        var child: pid_t?
        var cancelled: Date?
    }

    private let patience: TimeInterval

    /// - Parameters:
    ///   - executable: the `reprise` binary.
    ///   - patience: seconds that a cancelled step gets to write a checkpoint before it is killed.
    public init(executable: String, patience: TimeInterval = 30) {
        self.executable = executable
        self.patience = patience
    }

    /// Asks the step to stop; asked a second time, kills it.
    public func cancel() {
        state.withLock { state in
            let number = state.cancelled == nil ? SIGTERM : SIGKILL
            state.cancelled = state.cancelled ?? Date()
            if let child = state.child { LocalEngine.send(number, to: child) }
        }
    }

    /// A step leads a process group of its own, so that what it started ends with it. It may not have come that far yet.
    private static func send(_ number: Int32, to child: pid_t) {
        kill(child, number)
        kill(-child, number)
    }

    public func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        let run = RunFolder(path: step.runFolder).id
        let logPath = step.folder + "/" + StepContract.logFile
        let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw .system(action: "open", path: logPath, reason: String(cString: strerror(errno))) }
        defer { close(log) }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["step"] + step.invocation.program
        process.currentDirectoryURL = URL(fileURLWithPath: step.runFolder)
        var environment = ProcessInfo.processInfo.environment.merging(step.environment) { $1 }
        environment[StepContract.inputsVariable] = step.folder + "/" + StepContract.inputsFile
        environment[StepContract.outputsVariable] = step.folder + "/" + StepContract.outputsFolder
        environment[StepContract.scratchVariable] = step.folder + "/" + StepContract.scratchFolder
        environment[StepContract.artifactFolderVariable] = step.artifactFolder
        environment[StepContract.parentVariable] = String(getpid())
        process.environment = environment
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe

        // Started under the lock, so that a cancellation either prevents the start or finds the child.
        let started: Result<Void, WorkflowError> = state.withLock { state in
            if state.cancelled != nil { return .failure(.interrupted(run: run)) }
            do { try process.run() } catch {
                return .failure(.system(action: "start", path: executable, reason: "\(error.localizedDescription)"))
            }
            state.child = process.processIdentifier
            return .success(())
        }
        try started.get()
        try? pipe.fileHandleForWriting.close()

        var lines = LineSplitter()
        var lastLines: [String] = []
        func take(_ line: String) {
            if let report = StepProgress(line: line) {
                progress(report)
                return
            }
            lastLines.append(line)
            if lastLines.count > 8 { lastLines.removeFirst() }
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, 200)
            if ready < 0, errno != EINTR { break }
            if ready > 0 {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                for line in lines.feed(buffer[..<count]) { take(line) }
            } else if !process.isRunning {
                // The step is gone; something that it left behind still holds the pipe.
                break
            }
            if let since = state.withLock({ $0.cancelled }), Date().timeIntervalSince(since) > patience {
                LocalEngine.send(SIGKILL, to: process.processIdentifier)
            }
        }
        if let rest = lines.rest() { take(rest) }
        process.waitUntilExit()
        let cancelled = state.withLock { state in
            state.child = nil
            return state.cancelled != nil
        }
        // Whatever of its group is left must not go on writing into a finished step.
        kill(-process.processIdentifier, SIGKILL)
        if process.terminationReason == .exit, process.terminationStatus == 0 { return }
        if cancelled || isAskedToo(process) { throw .interrupted(run: run) }
        throw LocalEngine.failure(of: process, step: step.invocation.step, log: logPath, lastLines: lastLines)
    }
}

extension LocalEngine {
    /// Who ends a whole tree of processes by SIGTERM, as schedulers do, may reach the step before this process has heard of it.
    private func isAskedToo(_ process: Process) -> Bool {
        guard process.terminationReason == .uncaughtSignal, process.terminationStatus == SIGTERM else { return false }
        let end = Date().addingTimeInterval(2)
        while Date() < end {
            if state.withLock({ $0.cancelled != nil }) { return true }
            usleep(20_000)
        }
        return false
    }

    /// The step's own words where it has some: what follows the last line that begins with `error: `, as our programs write them.
    private static func failure(of process: Process, step: String, log: String, lastLines: [String]) -> WorkflowError {
        guard process.terminationReason == .exit else {
            return .stepKilled(step: step, signal: Int(process.terminationStatus), log: log)
        }
        let prefix = "error: "
        if let start = lastLines.lastIndex(where: { $0.hasPrefix(prefix) }) {
            let message = lastLines[start...].joined(separator: "\n").dropFirst(prefix.count)
            return .stepRefused(
                step: step, message: String(message), exitClass: ExitClass(rawValue: process.terminationStatus) ?? .checkFailed)
        }
        return .stepFailed(step: step, reason: "exit status \(process.terminationStatus)", log: log, lastLines: lastLines)
    }
}

/// Cuts a stream of bytes into lines; a line longer than 16 KiB is cut.
struct LineSplitter {
    private var pending: [UInt8] = []
    private static let limit = 16 << 10

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || pending.count >= LineSplitter.limit {
                lines.append(String(decoding: pending, as: UTF8.self))
                pending.removeAll(keepingCapacity: true)
                if byte == UInt8(ascii: "\n") { continue }
            }
            pending.append(byte)
        }
        return lines
    }

    mutating func rest() -> String? {
        guard !pending.isEmpty else { return nil }
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
    }
}
