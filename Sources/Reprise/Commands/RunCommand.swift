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
        let store = try Store(root: project.home.store)
        let engine = LocalEngine(executable: try Executable.path())
        let runner = Runner(
            home: project.home, store: store, engine: engine, key: try signingKey(project), binary: try Executable.digest(),
            arithmetic: arithmetic, version: Reprise.version, stepEnvironment: try stepEnvironment(project),
            artifactFolders: planner.folders, resultLog: { ResultLog.text(invocation: $0, metrics: $1, started: $2, finished: $3) })
        let (folder, record) = try begin(plan, runner, project)
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
        try RunRecorder(key: runner.key).finish(folder)
        withExtendedLifetime(stop) {}
        lock.release()
        try conclude(folder, outcomes: outcomes)
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

    private func signingKey(_ project: Project) throws -> SigningKey {
        let ring = project.keyRing()
        if let entry = try ring.list().first(where: { $0.name == key && $0.origin == .own }) {
            return try ring.signingKey(name: entry.name)
        }
        guard key == "default" else {
            throw UsageError("no key is called '\(key)'; make it with: reprise keys generate --name \(key)")
        }
        let made: SigningKey
        do { made = try ring.generate(name: key) } catch {
            // Another run in the same home may have made it a moment ago.
            guard case .exists = error else { throw error }
            return try ring.signingKey(name: key)
        }
        Terminal.note(
            "made your signing key \(made.publicKey.keyID)\n      in \(ring.folder)/\(key).pem (readable by you alone); it signs your records"
        )
        return made
    }

    /// What steps need to know of this machine; none of it can change a result.
    private func stepEnvironment(_ project: Project) throws -> [String: String] {
        var environment = ArithmeticRecord.stepEnvironment(ProcessInfo.processInfo.environment)
        environment["REPRISE_HOME"] = project.home.path
        environment["REPRISE_THREADS"] = String(threads ?? ProcessInfo.processInfo.activeProcessorCount)
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

    private func conclude(_ folder: RunFolder, outcomes: [String: StepOutcome]) throws {
        let comparison = try RunComparison(folder)
        if let environmentFile { try RunResultValues(folder, comparison).write(to: environmentFile) }
        let cached = outcomes.values.count { if case .cached = $0 { true } else { false } }
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "run": .string(folder.id), "folder": .string(folder.path), "report": .string(folder.report),
                    "steps": .number(Double(outcomes.count)), "steps_from_cache": .number(Double(cached)),
                    "summary": .string(comparison.summary.line), "passed": .bool(comparison.summary.isPassed),
                    "claims": .array(comparison.results.map(\.json)), "tables": .array(comparison.tables.map(\.json)),
                ]).prettyText())
        } else {
            VerdictPrinter.show(comparison)
            if cached == outcomes.count { Terminal.line("every step was served from the cache: nothing was computed anew") }
            Terminal.line("report:  \(folder.report)")
            Terminal.line("verify:  reprise verify \(folder.id)")
        }
        if !comparison.summary.isPassed { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }
}
