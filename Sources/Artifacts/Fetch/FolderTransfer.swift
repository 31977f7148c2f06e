import Foundation
import Integrity

/// Streams a file of a mirror folder into a ``Receiver``, under the same checks as a download.
enum FolderTransfer {
    /// Nil when the receiver's file is complete in size.
    static func run(path: String, into receiver: Receiver, progress: (Int) -> Void) throws(StoreError) -> TransferFailure? {
        func failure(_ reason: MirrorFailure.Reason) -> TransferFailure {
            TransferFailure(reason: receiver.looksLikeHTML() ? .htmlPage : reason, keepsPartial: false)
        }
        let file: OpenFile
        do throws(StoreError) {
            file = try OpenFile.reading(path)
        } catch .unreadable(_, let reason) {
            return failure(access(path, F_OK) == 0 ? .unreadable(reason) : .notFound)
        } catch {
            throw error
        }
        receiver.announced = file.size
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count: Int
            do throws(StoreError) { count = try file.read(into: &buffer) } catch { return failure(.unreadable("\(error)")) }
            if count == 0 { break }
            var fits = false
            var storeError: StoreError?
            buffer.withUnsafeBytes { all in
                do throws(StoreError) {
                    fits = try receiver.append(UnsafeRawBufferPointer(rebasing: all[..<count]))
                } catch {
                    storeError = error
                }
            }
            if let storeError { throw storeError }
            guard fits else { return failure(.tooLong(expected: receiver.size.limit)) }
            progress(receiver.received)
        }
        receiver.end()
        return receiver.isComplete ? nil : failure(.truncated(received: receiver.received, expected: receiver.size.limit))
    }
}
