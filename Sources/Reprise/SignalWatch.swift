import Dispatch
import Foundation
import Synchronization

/// Does something at each of some signals, instead of what they do by themselves.
final class SignalWatch {
    /// libdispatch gives a signal its own handler when it is watched for the first time in a process, and never again: what ``end()`` takes away the
    /// next watch has to put back.
    private static let handlers = Mutex<[Int32: sigaction]>([:])

    private let signals: [Int32]
    private let sources: [any DispatchSourceSignal]

    init(_ signals: [Int32], action: @escaping @Sendable () -> Void) {
        self.signals = signals
        let queue = DispatchQueue(label: "reprise.signals")
        sources = signals.map { number in
            if var handler = SignalWatch.handlers.withLock({ $0[number] }) {
                sigaction(number, &handler, nil)
            } else {
                signal(number, SIG_IGN)
            }
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler(handler: action)
            source.resume()
            return source
        }
    }

    /// From here on the signals do again what they do by themselves.
    func end() {
        for source in sources { source.cancel() }
        var mask = sigset_t()
        sigemptyset(&mask)
        for number in signals {
            var handler = sigaction()
            if sigaction(number, nil, &handler) == 0 { SignalWatch.handlers.withLock { $0[number] = handler } }
            signal(number, SIG_DFL)
            sigaddset(&mask, number)
        }
        // Where a signal has been noticed, libdispatch leaves it blocked.
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    }
}
