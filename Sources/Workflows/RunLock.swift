import Foundation

/// Excludes two processes of one machine from working on one run. Held until released or until the process ends; lies outside the run's folder.
///
/// On file systems that several machines share it may not reach the others, or be refused altogether. Steps on a cluster do not depend on it; whoever
/// starts two commands that perform the steps of one run here does.
public struct RunLock: ~Copyable {
    private let descriptor: Int32

    public init(run: String, home: Home) throws(WorkflowError) {
        descriptor = try RunLock.lock(run: run, home: home)
    }

    private static func lock(run: String, home: Home) throws(WorkflowError) -> Int32 {
        do { try FileManager.default.createDirectory(atPath: home.locks, withIntermediateDirectories: true) } catch {
            throw .system(action: "create", path: home.locks, reason: WorkflowError.reason(of: error))
        }
        let path = home.locks + "/" + run
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(action: "open", path: path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return descriptor }
        close(descriptor)
        throw .runBusy(run: run)
    }

    deinit { close(descriptor) }

    /// Lets others in; until then the lock lives, whatever else is done.
    public consuming func release() {}
}
