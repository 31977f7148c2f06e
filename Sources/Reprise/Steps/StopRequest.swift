import Artifacts
import Dispatch
import Foundation
import Synchronization

/// Notices a polite request to stop (SIGTERM, SIGINT), so that a long step can write a checkpoint first.
final class StopRequest {
    private let requested = Flag()
    private let sources: [any DispatchSourceSignal]

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    init(also action: @escaping @Sendable () -> Void = {}) {
        let flag = requested
        let queue = DispatchQueue(label: "reprise.stop")
        sources = [SIGTERM, SIGINT].map { number in
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

    var isRequested: Bool { requested.value.load(ordering: .relaxed) }
}

/// A loss that is not a number any more: going on would only waste time.
struct TrainingDiverged: ClassifiedError, Hashable {
    var position: Int
    var exitClass: ExitClass { .checkFailed }
    var description: String { "the loss or a weight is not finite at step \(position): training diverged; lower the learning rate" }
}
