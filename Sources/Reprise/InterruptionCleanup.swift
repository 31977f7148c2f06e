import Dispatch
import Foundation
import Submissions
import Synchronization

/// Removes a command's staging folder where the user stops the command (SIGINT, SIGTERM), which then ends with 130.
final class InterruptionCleanup {
    private final class Watched: Sendable {
        let folder = Mutex<StagingFolder?>(nil)
    }

    private static let signals = [SIGTERM, SIGINT]
    private let watched = Watched()
    private let sources: [any DispatchSourceSignal]

    init() {
        let watched = watched
        let queue = DispatchQueue(label: "reprise.cleanup")
        sources = InterruptionCleanup.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let folder = watched.folder.withLock { $0 }
                // Whoever still writes there may put a folder back once.
                for _ in 0..<2 { folder?.remove() }
                Terminal.error("interrupted; nothing was written")
                _exit(130)
            }
            source.resume()
            return source
        }
    }

    func watch(_ folder: StagingFolder) { watched.folder.withLock { $0 = folder } }

    /// From here on an interruption is somebody else's matter.
    func end() {
        for source in sources { source.cancel() }
        for number in InterruptionCleanup.signals { signal(number, SIG_DFL) }
    }
}
