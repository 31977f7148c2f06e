import ArgumentParser
import Artifacts
import CSystem
import Foundation
import Workflows

/// What the runner starts for every step. Ties the step's life to the runner's, then becomes the step's program: one that is built in, or
/// one that the artifact brings.
struct StepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Execute one step (called by the runner, see docs/architecture.md).", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough, help: "The step's program and its arguments.")
    var program: [String]

    func run() throws {
        // A group of its own: the runner passes on what the terminal sends, to everything that the step starts.
        setpgid(0, 0)
        try dieWithParent()
        guard let first = program.first else { throw StepError.usage("no program was named") }
        if first == StepContract.builtinProgram {
            let context = try StepContext()
            guard let step = BuiltinStep(program: program) else {
                throw StepError.usage(
                    "'\(program.dropFirst().joined(separator: " "))' is no built-in step; there are: "
                        + BuiltinStep.allCases.map(\.rawValue).joined(separator: ", "))
            }
            try step.run(in: context)
        } else {
            try become(first, arguments: program)
        }
    }

    /// A runner that is killed must not leave a step behind that writes into a run which somebody resumes.
    private func dieWithParent() throws {
        guard let text = ProcessInfo.processInfo.environment[StepContract.parentVariable], let parent = pid_t(text) else { return }
        guard system_set_parent_death_signal(SIGKILL) == 0 else {
            throw StepError.usage("cannot tie the step to its runner: \(String(cString: strerror(errno)))")
        }
        // The parent may have died before the request was made.
        if getppid() != parent { Foundation.exit(ExitClass.environment.rawValue) }
    }

    /// Replaces this process by a program of the artifact's. A name with a slash is looked up in the artifact's folder.
    private func become(_ name: String, arguments: [String]) throws {
        var path = name
        if name.contains("/"), !name.hasPrefix("/"),
            let folder = ProcessInfo.processInfo.environment[StepContract.artifactFolderVariable]
        {
            path = folder + "/" + name
        }
        var pointers: [UnsafeMutablePointer<CChar>?] = ([path] + arguments.dropFirst()).map { strdup($0) }
        pointers.append(nil)
        execvp(path, pointers)
        throw StepError.usage("cannot start \(path): \(String(cString: strerror(errno)))")
    }
}

/// Why a built-in step gives up.
enum StepError: ClassifiedError, Hashable {
    case usage(String)
    case badParameter(step: String, name: String, expected: String)
    case badInput(step: String, input: String, reason: String)
    case wrongArithmetic(planned: String, found: String)
    case stopped(position: Int)

    var description: String {
        switch self {
        case .usage(let text): text
        case .badParameter(let step, let name, let expected): "step \(step): parameter \(name) should be \(expected)"
        case .badInput(let step, let input, let reason): "step \(step): input \(input): \(reason)"
        case .wrongArithmetic(let planned, let found):
            "the plan records the arithmetic \(planned), but this process has \(found); unset OPENBLAS_CORETYPE and run again"
        case .stopped(let position): "stopped on request after step \(position); a checkpoint was written"
        }
    }

    var exitClass: ExitClass {
        switch self {
        case .usage, .badParameter, .badInput: .badInput
        case .wrongArithmetic, .stopped: .environment
        }
    }
}
