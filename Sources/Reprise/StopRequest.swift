import Foundation
import Synchronization

/// Notices a polite request to stop, so that what takes long can write a checkpoint first.
final class StopRequest {
    private let requested = Flag()
    private let watch: SignalWatch

    private final class Flag: Sendable {
        let value = Atomic<Bool>(false)
    }

    /// - Parameters:
    ///   - signals: which ask for it.
    ///   - action: done besides, at each of them.
    init(_ signals: [Int32] = [SIGTERM, SIGINT], also action: @escaping @Sendable () -> Void = {}) {
        let flag = requested
        watch = SignalWatch(signals) {
            flag.value.store(true, ordering: .sequentiallyConsistent)
            action()
        }
    }

    /// From here on the signals do again what they do by themselves.
    func end() { watch.end() }

    var isRequested: Bool { requested.value.load(ordering: .relaxed) }
}
