import ArgumentParser
import Artifacts
import Foundation

@main
enum Main {
    /// Exit status: 0 done, 1 the check failed, 2 usage or bad input, 3 environment; 130 when interrupted.
    static func main() {
        // A closed pipe (`reprise list | head`) is an ordinary end, not a crash.
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try Reprise.parseAsRoot()
            try command.run()
        } catch let status as ExitCode {
            exit(status.rawValue)
        } catch let error as any ClassifiedError {
            Terminal.error("\(error)")
            exit(error.exitClass.rawValue)
        } catch {
            let message = Reprise.fullMessage(for: error)
            if Reprise.exitCode(for: error).isSuccess {
                print(message)
                exit(0)
            }
            if Reprise.exitCode(for: error) == .validationFailure {
                Terminal.usageError(message)
            } else {
                Terminal.error("\(error)")
            }
            exit(ExitClass.badInput.rawValue)
        }
    }
}

/// Words on the command line that parse but make no sense.
struct UsageError: ClassifiedError, Hashable {
    let description: String
    init(_ description: String) { self.description = description }
    var exitClass: ExitClass { .badInput }
}

struct Reprise: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "reprise",
        abstract: "Run a paper again with one command, and check what comes out.",
        discussion: """
            A workflow chains artifacts (data, model, training, evaluation) into a run. A run leaves a signed record: what went in, what \
            came out, in which environment, and how it compares with what the paper reports.

            Start here:
              reprise run quickstart       a minute or two on two cores, no download
              reprise verify latest        check every byte and every signature of the record
              reprise report latest        where the report lies
              reprise list                 what else there is

            Exit status: 0 done, 1 a check failed, 2 usage or bad input, 3 environment (network, disk, keys).
            """,
        version: version,
        subcommands: [
            ListCommand.self, ShowCommand.self, RunCommand.self, VerifyCommand.self, AuditCommand.self, ReportCommand.self,
            StatusCommand.self, AttachCommand.self, CancelCommand.self, ChecklistCommand.self, ExportCommand.self, SubmitCommand.self,
            CheckCommand.self, IndexCommand.self, ClaimsCommand.self, KeysCommand.self, DoctorCommand.self, StepCommand.self,
            TaskCommand.self,
        ])
}
