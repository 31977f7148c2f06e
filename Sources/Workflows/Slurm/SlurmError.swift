import Artifacts

/// What can go wrong between a plan and a cluster.
public enum SlurmError: ClassifiedError, Hashable {
    case noSlurm(command: String)
    /// A command of Slurm's refused; its own words.
    case refused(command: String, words: String)
    /// The controller does not answer: it may be restarting.
    case silent(command: String, words: String)
    case unexpectedAnswer(command: String, answer: String)
    case option(name: String, reason: String)
    case stillQueued(run: String, tasks: Int)
    case notOnSlurm(run: String)
    case ledger(path: String, reason: String)

    public var description: String {
        switch self {
        case .noSlurm(let command):
            "there is no \(command) on this machine; run on a login node of the cluster, or leave out --on slurm"
        case .refused(let command, let words): "\(command) refused: \(words)"
        case .silent(let command, let words):
            "Slurm's controller does not answer \(command) (\(words)); jobs that run go on; try again later"
        case .unexpectedAnswer(let command, let answer): "\(command) answered something that reprise does not know: \(answer)"
        case .option(let name, let reason): "option \(name) \(reason)"
        case .stillQueued(let run, let tasks):
            "run \(run) has \(tasks) task\(tasks == 1 ? "" : "s") on the cluster; follow with: reprise attach \(run), or end with: reprise cancel \(run)"
        case .notOnSlurm(let run): "run \(run) was not submitted to a cluster; continue it with: reprise run … --resume"
        case .ledger(let path, let reason): "\(path): \(reason)"
        }
    }

    public var exitClass: ExitClass {
        switch self {
        case .noSlurm, .refused, .silent, .unexpectedAnswer: .environment
        case .option, .stillQueued, .notOnSlurm: .badInput
        case .ledger: .checkFailed
        }
    }
}
