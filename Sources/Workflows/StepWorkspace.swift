import Foundation

/// The folder in which a step works until it is finished and the folder gets the step's name.
///
/// Where one process works on a run, that folder has one name. Where several do, on machines that cannot see each other's processes, an attempt
/// that was given up for dead may still be writing: each attempt has a folder of its own, and takes over an earlier one's checkpoints
/// by renaming its folder. Whoever wrote there by path finds the path gone.
struct StepWorkspace: Hashable, Sendable {
    let step: String
    /// Nil where one process works on the run.
    let attempt: String?

    static func ofTheOnlyRunner(_ step: String) -> StepWorkspace { StepWorkspace(step: step, attempt: nil) }
    static func ofOneAttempt(_ step: String, _ attempt: String) -> StepWorkspace { StepWorkspace(step: step, attempt: attempt) }

    func folder(in run: RunFolder) -> String { run.unfinishedStep(step) + (attempt.map { "-" + $0 } ?? "") }

    /// Makes the checkpoints and the log of an earlier attempt this one's.
    func takeOver(in run: RunFolder) throws(WorkflowError) {
        let folder = folder(in: run)
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        for earlier in StepWorkspace.unfinished(step, in: run) where earlier != folder {
            // Another attempt may take it at this moment: then there is nothing of it left for us.
            guard rename(earlier, folder + ".taken") == 0 else { continue }
            try Folders.create(folder)
            let scratch = folder + ".taken/" + StepContract.scratchFolder
            // What cannot be listed at the moment is not taken for nothing.
            let isEmpty = (try? RunFolder.files(below: scratch).isEmpty) ?? !FileManager.default.fileExists(atPath: scratch)
            // A file that the earlier attempt still holds open is not to become ours: the log is copied, scratch files are replaced whole.
            for name in isEmpty ? [] : [StepContract.scratchFolder, StepContract.inputsFile] {
                let old = folder + ".taken/" + name
                guard FileManager.default.fileExists(atPath: old) else { continue }
                guard rename(old, folder + "/" + name) == 0 else {
                    throw .system(action: "take over", path: old, reason: String(cString: strerror(errno)))
                }
            }
            let log = folder + ".taken/" + StepContract.logFile
            if FileManager.default.fileExists(atPath: log), !FileManager.default.fileExists(atPath: folder + "/" + StepContract.logFile) {
                do { try FileManager.default.copyItem(atPath: log, toPath: folder + "/" + StepContract.logFile) } catch {
                    throw .system(action: "copy", path: log, reason: WorkflowError.reason(of: error))
                }
            }
            try Folders.remove(folder + ".taken")
            // An attempt that was killed at its beginning may be later than the one with the checkpoints.
            if !isEmpty { break }
        }
    }

    /// Gives the complete folder the step's name.
    ///
    /// - Returns: false where another attempt was first; then this one's folder is removed.
    @discardableResult
    func publish(in run: RunFolder) throws(WorkflowError) -> Bool {
        let folder = folder(in: run), final = run.step(step)
        do throws(WorkflowError) {
            // Without the attempts' names a folder that is there already has been looked at, and removed.
            if attempt != nil, FileManager.default.fileExists(atPath: final) {
                try Folders.remove(folder)
                return false
            }
            try Folders.publish(folder, as: final)
            return true
        } catch {
            guard attempt != nil, FileManager.default.fileExists(atPath: final) else { throw error }
            try Folders.remove(folder)
            return false
        }
    }

    /// The folders of attempts that did not finish a step, the latest first.
    static func unfinished(_ step: String, in run: RunFolder) -> [String] {
        let steps = (run.unfinishedStep(step) as NSString).deletingLastPathComponent
        let prefix = (run.unfinishedStep(step) as NSString).lastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: steps)) ?? []
        return names.filter { $0.hasPrefix(prefix) }
            .compactMap { name -> (path: String, changed: timespec)? in
                var status = stat()
                guard lstat(steps + "/" + name, &status) == 0 else { return nil }
                return (steps + "/" + name, status.st_mtim)
            }
            .sorted { ($0.changed.tv_sec, $0.changed.tv_nsec) > ($1.changed.tv_sec, $1.changed.tv_nsec) }
            .map(\.path)
    }

    /// Removes what attempts left behind that were not the first to finish. Only when no attempt is at work any more.
    static func removeLeftovers(in run: RunFolder) throws(WorkflowError) {
        let steps = run.path + "/steps"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: steps)) ?? [] {
            guard let suffix = name.firstRange(of: ".partial"),
                FileManager.default.fileExists(atPath: steps + "/" + name[..<suffix.lowerBound])
            else { continue }
            try Folders.remove(steps + "/" + name)
        }
    }
}
