import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Numerics
import Reporting
import Workflows

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a workflow: fetch, train, evaluate, compare with the paper, sign.",
        discussion: """
            Each step is a process of its own. Its outputs are cached by the digest of everything that went in (artifact, binary, inputs, \
            parameters, seed, arithmetic), so what was done before is not done again. Ctrl-C or a kill at any point leaves a run \
            that the same command with --resume finishes, with the same bits as if nothing had happened.

            Examples:
              reprise run quickstart                              no download
              reprise run tvae-mnist --variation smoke            downloads MNIST (11 MB)
              reprise run tvae-mnist --mirror ~/data --seed 7     MNIST from a folder that holds mnist/…gz
              reprise run quickstart --set steps=4000 --plan      show what would run, and stop
              reprise run tvae-table1 --only vae --set seeds=1    one row of the paper's table

              reprise run tvae-table1 --on slurm --time 4:00:00   every step a task of a cluster: docs/slurm.md

            Exit status: 0 done, 1 a step or a decisive check failed, 2 bad input, 3 environment, 130 interrupted.
            """)

    @Argument(help: "The workflow: its alias, uid, or alias@version-range.") var workflow: String
    @Option(help: "How much of it: smoke, short, paper … (see: reprise show workflow/NAME).") var variation: String?
    @Option(help: "Seed of everything random.") var seed = 0
    @Option(name: .customLong("set"), help: ArgumentHelp("Set a parameter of the workflow.", valueName: "key=value")) var settings:
        [String] = []
    @Option(
        name: .customLong("only"),
        help: ArgumentHelp("Plan only this row of the workflow's matrix; may be repeated, or name several with commas.", valueName: "row"))
    var only: [String] = []
    @Flag(help: "Continue the latest unfinished run of the same plan.") var resume = false
    @Option(
        name: .customLong("mirror"),
        help: "A folder or web address to look for data first; may be repeated. Also: REPRISE_MIRRORS, comma-separated.")
    var mirrors: [String] = []
    @Option(help: "Threads of a step; the result does not depend on it. Default: the number of cores.") var threads: Int?
    @Option(help: "portable (the same bits on every machine) or openblas (for comparison).") var arithmetic = ArithmeticChoice.portable
        .rawValue
    @Option(help: "Name of the key that signs.") var key = "default"
    @Flag(name: .customLong("plan"), help: "Print the plan and stop.") var planOnly = false
    @Option(name: .customLong("on"), help: "Where steps run: local (this machine), or slurm (each a task of the cluster).") var engine =
        EngineChoice.local
    @OptionGroup(title: "On a cluster") var cluster: ClusterOptions
    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("Also write the results to this file, as NAME=VALUE lines for scripts and MLCommons' tools.", valueName: "file"))
    var environmentFile: String?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard seed >= 0, seed < 1 << 53 else { throw ValidationError("--seed takes a whole number from 0 to 2^53 − 1") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
    }

    func run() throws {
        let project = try Project(homeOptions)
        let catalogue = try project.catalogue()
        let planner = Planner(catalogue: catalogue)
        let plan = try planner.plan(workflow: workflow, variation: variation, settings: parsedSettings(), seed: seed, only: rows())
        try WorkflowCheckup.check(plan, in: catalogue)
        let arithmetic = ArithmeticRecord.planned(try arithmeticChoice(), environment: ProcessInfo.processInfo.environment)
        if planOnly {
            output.json ? Terminal.write(plan.json.prettyText()) : PlanPrinter.show(plan, arithmetic: arithmetic)
            return
        }

        if let environmentFile { try RunResultValues.prepare(environmentFile, home: project.home.path) }
        let setup = RunnerSetup(project: project, keyName: key, environment: try stepEnvironment(project), folders: planner.folders)
        switch engine {
        case .local: try runHere(plan, project, setup, arithmetic)
        case .slurm: try runOnCluster(plan, project, setup, arithmetic)
        }
    }

    private func runHere(_ plan: Plan, _ project: Project, _ setup: RunnerSetup, _ arithmetic: JSONValue) throws {
        let engine = LocalEngine(executable: try Executable.path())
        let runner = try setup.runner(engine: engine, binary: try Executable.digest(), arithmetic: arithmetic)
        let (folder, record) = try begin(plan, runner, project)
        try ClusterRun.refuseQueued(folder, home: project.home)
        if !output.json { PlanPrinter.show(plan, arithmetic: arithmetic) }
        Terminal.write("run \(folder.id)\n", to: STDERR_FILENO)

        let lock = try RunLock(run: folder.id, home: project.home)
        let stop = StopRequest { engine.cancel() }
        let outcomes: [String: StepOutcome]
        do {
            outcomes = try runner.execute(folder, record: record, observer: ProgressDisplay())
        } catch WorkflowError.interrupted(let run) {
            Terminal.write("\n", to: STDERR_FILENO)
            Terminal.error("\(WorkflowError.interrupted(run: run))")
            throw ExitCode(130)
        }
        // Of attempts on a cluster, where the run was begun there.
        try folder.removeLeftovers()
        try RunRecorder(key: runner.key).finish(folder)
        withExtendedLifetime(stop) {}
        lock.release()
        try RunConclusion.show(folder, outcomes: outcomes, json: output.json, environmentFile: environmentFile)
    }

    private func runOnCluster(_ plan: Plan, _ project: Project, _ setup: RunnerSetup, _ arithmetic: JSONValue) throws {
        let runner = try setup.runner(engine: NoEngine(), binary: try Executable.digest(), arithmetic: arithmetic)
        let options = try cluster.slurm()
        // Asked before a run is begun that nothing could perform.
        _ = try SlurmClient().largestArray()
        let (folder, record) = try begin(plan, runner, project)
        if !output.json { PlanPrinter.show(plan, arithmetic: arithmetic) }
        Terminal.write("run \(folder.id)\n", to: STDERR_FILENO)
        let run = ClusterRun(folder: folder, record: record, project: project, runner: runner)
        let lock = try RunLock(run: folder.id, home: project.home)
        let stop = try run.submit(setup, program: try Executable.path(), options: options)
        lock.release()
        if cluster.detach {
            Terminal.line("follow it with: reprise attach \(folder.id)")
            return
        }
        try run.follow(until: stop, json: output.json, environmentFile: environmentFile)
    }

    private func arithmeticChoice() throws -> ArithmeticChoice {
        if let problem = InstructionSet.problem { throw UsageError(problem) }
        guard let choice = ArithmeticChoice(rawValue: arithmetic) else {
            throw UsageError(
                "'\(arithmetic)' is no arithmetic; there are: \(ArithmeticChoice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    private func parsedSettings() throws -> [(name: String, text: String)] {
        try settings.map { setting in
            guard let separator = setting.firstIndex(of: "="), separator != setting.startIndex else {
                throw UsageError("--set takes key=value, not '\(setting)'")
            }
            return (String(setting[..<separator]), String(setting[setting.index(after: separator)...]))
        }
    }

    private func rows() throws -> [String] {
        try only.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { name in
            let row = name.trimmingCharacters(in: .whitespaces)
            guard !row.isEmpty else { throw UsageError("--only takes names of rows, not '\(only.joined(separator: " "))'") }
            return row
        }
    }

    /// What steps need to know of this machine; none of it can change a result.
    private func stepEnvironment(_ project: Project) throws -> [String: String] {
        var environment = ArithmeticRecord.stepEnvironment(ProcessInfo.processInfo.environment)
        environment["REPRISE_HOME"] = project.home.path
        let available = engine == .slurm ? cluster.cpusPerTask : ProcessInfo.processInfo.activeProcessorCount
        environment["REPRISE_THREADS"] = String(threads ?? available)
        let current = FileManager.default.currentDirectoryPath
        let given = mirrors.map { $0.contains("://") || $0.hasPrefix("/") ? $0 : current + "/" + $0 }
        let inherited = ProcessInfo.processInfo.environment["REPRISE_MIRRORS"].map { [$0] } ?? []
        environment["REPRISE_MIRRORS"] = (given + inherited).joined(separator: ",")
        _ = try Mirror.parseList(environment["REPRISE_MIRRORS"] ?? "")
        return environment
    }

    private func begin(_ plan: Plan, _ runner: Runner, _ project: Project) throws -> (RunFolder, RunRecord) {
        if let unfinished = runner.unfinished(matching: plan) {
            if resume { return unfinished }
            Terminal.note("run \(unfinished.folder.id) of the same plan is unfinished; --resume would continue it. Starting a new one")
        } else if resume {
            Terminal.note("there is no unfinished run of this plan: starting one")
        }
        return try runner.create(
            plan: plan, environment: EnvironmentRecord.capture(libraries: Libraries.versions, repository: project.repository))
    }
}

/// Where steps run.
enum EngineChoice: String, ExpressibleByArgument, CaseIterable {
    case local, slurm
}
