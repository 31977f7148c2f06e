import Foundation
import Submissions
import Synchronization

/// Removes a command's staging folder where the user stops the command (SIGINT, SIGTERM), which then ends with 130.
final class InterruptionCleanup {
    private struct State {
        var folder: StagingFolder?
        var isInterrupted = false
        /// What was to be done is done: whoever interrupts now comes too late.
        var isOver = false
        /// Nothing is written any more.
        var isQuiet = false
    }

    private final class Watched: Sendable {
        let state = Mutex(State())
    }

    /// Seconds that the command's own work may take to notice that its folder is gone: a large file's copy, on a slow machine.
    private static let patience = 30.0

    private let watched = Watched()
    private let watch: SignalWatch

    init() {
        let watched = watched
        watch = SignalWatch([SIGTERM, SIGINT]) {
            let isLate = watched.state.withLock { state in
                state.isInterrupted = !state.isOver
                return state.isOver
            }
            guard !isLate else { return }
            // Whoever still writes there puts a file or a folder back, until it finds that what it needs is gone.
            let end = Date().addingTimeInterval(InterruptionCleanup.patience)
            while true {
                let (folder, isQuiet) = watched.state.withLock { ($0.folder, $0.isQuiet) }
                folder?.remove()
                if isQuiet || Date() > end { break }
                usleep(10_000)
            }
            Terminal.error("interrupted; nothing was written")
            _exit(130)
        }
    }

    /// Does what may be interrupted. Where it is, this does not return: what it came to, an error for want of the removed folder say, concerns nobody.
    func perform<Value>(_ work: () throws -> Value) rethrows -> Value {
        defer {
            let isInterrupted = watched.state.withLock { state in
                state.isQuiet = true
                state.isOver = !state.isInterrupted
                return state.isInterrupted
            }
            while isInterrupted { pause() }
        }
        return try work()
    }

    func watch(_ folder: StagingFolder) { watched.state.withLock { $0.folder = folder } }

    /// From here on an interruption is somebody else's matter.
    func end() { watch.end() }
}
