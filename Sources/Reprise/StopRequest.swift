import Dispatch
import Foundation
import Synchronization

/// Notices a polite request to stop, so that what takes long can write a checkpoint first.
final class StopRequest {
    private let requested = Flag()
    private let signals: [Int32]
    private let sources: [any DispatchSourceSignal]

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    /// - Parameters:
    ///   - signals: which ask for it.
    ///   - action: done besides, at each of them.
    init(_ signals: [Int32] = [SIGTERM, SIGINT], also action: @escaping @Sendable () -> Void = {}) {
        let flag = requested
        self.signals = signals
        let queue = DispatchQueue(label: "reprise.stop")
        sources = signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                flag.value.store(true, ordering: .sequentiallyConsistent)
                action()
            }
            source.resume()
            return source
        }
    }

    /// From here on the signals do again what they do by themselves.
    func end() {
        for source in sources { source.cancel() }
        for number in signals { signal(number, SIG_DFL) }
    }

    var isRequested: Bool { requested.value.load(ordering: .relaxed) }
}
