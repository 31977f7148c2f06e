import Artifacts
import Foundation
import Integrity

/// How a step came to be done.
public enum StepOutcome: Hashable, Sendable {
    /// It ran, for so many seconds.
    case ran(seconds: Double)
    /// An identical step had been run before, by the named run.
    case cached(from: String)
    /// It had been finished by an earlier call for this same run.
    case kept
}

/// Is told what a runner does, to show it.
public protocol RunObserver {
    func stepStarts(_ step: PlannedStep, number: Int, of count: Int)
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress)
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome)
    /// Something was mended on the way and the reader should know.
    func notice(_ text: String)
}

/// Executes plans: step by step, each its own process behind the step contract, cached by what went in and attested when done.
///
/// What makes a kill harmless: a step works in `steps/<name>.partial/`, which becomes `steps/<name>/` by one rename when its outputs are
/// complete, hashed, signed and flushed. A resumed run keeps the finished steps and hands the unfinished one its scratch folder back.
public struct Runner: Sendable {
    public let home: Home
    public let store: Store
    public let engine: any StepEngine
    public let key: SigningKey
    /// Digest of the `reprise` binary.
    public let binary: SHA256Digest
    public let arithmetic: JSONValue
    public let version: String
    /// For the environment of the steps; never part of a cache key.
    public let stepEnvironment: [String: String]
    /// Artifact digest → folder.
    public let artifactFolders: [SHA256Digest: String]
    /// The step's MLPerf-style result log, from its invocation, metrics and times.
    public let resultLog: @Sendable (StepInvocation, JSONValue?, _ started: Date, _ finished: Date) -> String

    public init(
        home: Home, store: Store, engine: any StepEngine, key: SigningKey, binary: SHA256Digest, arithmetic: JSONValue,
        version: String, stepEnvironment: [String: String], artifactFolders: [SHA256Digest: String],
        resultLog: @escaping @Sendable (StepInvocation, JSONValue?, Date, Date) -> String
    ) {
        self.home = home
        self.store = store
        self.engine = engine
        self.key = key
        self.binary = binary
        self.arithmetic = arithmetic
        self.version = version
        self.stepEnvironment = stepEnvironment
        self.artifactFolders = artifactFolders
        self.resultLog = resultLog
    }

    /// Creates a run's folder with its `run.json`.
    public func create(plan: Plan, environment: JSONValue, date: Timestamp = .now) throws -> (folder: RunFolder, record: RunRecord) {
        let digits = date.description.filter(\.isNumber)
        let stamp = "\(digits.prefix(8))-\(digits.dropFirst(8))"
        try Folders.create(home.runs)
        let planDigest = plan.digest
        for attempt in 0..<1000 {
            let unique = SHA256Digest.of("\(planDigest) \(date) \(getpid()) \(attempt)".utf8).hex.prefix(4)
            let id = "\(plan.workflow.alias)-\(plan.variation)-\(stamp)-\(unique)"
            let folder = RunFolder(path: home.runs + "/" + id)
            // The folder appears under its name with run.json in it: a kill in between leaves only a hidden folder.
            let hidden = home.runs + "/." + id
            if FileManager.default.fileExists(atPath: folder.path) { continue }
            if mkdir(hidden, 0o755) != 0 {
                if errno == EEXIST { continue }
                throw WorkflowError.system(action: "create", path: hidden, reason: String(cString: strerror(errno)))
            }
            do {
                try Folders.create(hidden + "/steps")
                let record = RunRecord(
                    id: id, created: date.description, plan: plan, environment: environment, arithmetic: arithmetic, binary: binary)
                let bytes = Array(record.json(planDigest: planDigest).prettyText().utf8)
                guard bytes.count <= RunRecord.byteLimit else {
                    throw WorkflowError.malformedWorkflow(
                        workflow: plan.workflow.alias, field: "matrix",
                        expected: "one whose record takes at most \(RunRecord.byteLimit) bytes; it takes \(bytes.count)")
                }
                try AtomicFile.write(bytes, to: hidden + "/run.json")
                try Folders.publish(hidden, as: folder.path)
                return (folder, record)
            } catch {
                try? Folders.remove(hidden)
                throw error
            }
        }
        throw WorkflowError.system(action: "create a run in", path: home.runs, reason: "no free name")
    }

    /// The newest unfinished run of the same computation, for `--resume`.
    public func unfinished(matching plan: Plan) -> (folder: RunFolder, record: RunRecord)? {
        for folder in RunLibrary(home: home).all() where !folder.isFinished {
            if let record = try? RunRecord(run: folder), record.matches(plan: plan, arithmetic: arithmetic), record.binary == binary {
                return (folder, record)
            }
        }
        return nil
    }

    /// Works through the plan's steps and returns how each was done, in the plan's order.
    public func execute(_ run: RunFolder, record: RunRecord, observer: some RunObserver) throws -> [String: StepOutcome] {
        try checkBinary(of: record, run)
        var produced: [String: [FileRecord]] = [:]
        var outcomes: [String: StepOutcome] = [:]
        for (index, step) in record.plan.steps.enumerated() {
            let invocation = try Runner.invocation(of: step, record: record, produced: produced)
            observer.stepStarts(step, number: index + 1, of: record.plan.steps.count)
            let workspace = StepWorkspace.ofTheOnlyRunner(step.name)
            let done =
                try finished(invocation, in: run, observer: observer)
                ?? restore(invocation, in: run, workspace, observer: observer)
                ?? perform(step, invocation, in: run, workspace, observer: observer)
            produced[step.name] = done.outputs
            outcomes[step.name] = done.outcome
            observer.stepFinished(step, done.outcome)
        }
        return outcomes
    }

    /// Takes what is done already: the run's finished steps, each looked at again, and what the cache holds. Performs nothing.
    ///
    /// - Returns: how each of these steps was done, and in the plan's order the steps that are yet to be performed.
    public func settle(
        _ run: RunFolder, record: RunRecord, observer: some RunObserver
    ) throws -> (outcomes: [String: StepOutcome], missing: [PlannedStep]) {
        try checkBinary(of: record, run)
        var produced: [String: [FileRecord]] = [:]
        var outcomes: [String: StepOutcome] = [:]
        var missing: [PlannedStep] = []
        for step in record.plan.steps {
            guard step.producers.allSatisfy({ produced[$0] != nil }) else {
                missing.append(step)
                continue
            }
            let invocation = try Runner.invocation(of: step, record: record, produced: produced)
            let workspace = StepWorkspace.ofTheOnlyRunner(step.name)
            if let done = try finished(invocation, in: run, observer: observer)
                ?? restore(invocation, in: run, workspace, observer: observer)
            {
                produced[step.name] = done.outputs
                outcomes[step.name] = done.outcome
            } else {
                missing.append(step)
            }
        }
        return (outcomes, missing)
    }

    /// Does one step whose producers are done, while other processes, on other machines, do others of the same run.
    ///
    /// - Parameter attempt: a name for this attempt that no other has: the step works in a folder of that name, and takes over what an earlier
    ///   attempt left behind. Should an attempt that was given up for dead finish too, one of them is published and the other discarded.
    public func execute(
        step name: String, of run: RunFolder, record: RunRecord, attempt: String, observer: some RunObserver
    ) throws -> StepOutcome {
        try checkBinary(of: record, run)
        guard let index = record.plan.steps.firstIndex(where: { $0.name == name }) else {
            throw WorkflowError.unknownStep(step: name, run: run.id)
        }
        let steps = Dictionary(record.plan.steps.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var produced: [String: [FileRecord]] = [:]
        /// Digests of what a step left, checked against what our key vouched for; its own producers' first, since they are part of what it was fed.
        func collect(_ producer: String) throws {
            guard produced[producer] == nil, let step = steps[producer] else { return }
            for earlier in step.producers { try collect(earlier) }
            let invocation = try Runner.invocation(of: step, record: record, produced: produced)
            let folder = run.step(producer)
            guard FileManager.default.fileExists(atPath: folder) else { throw WorkflowError.notProduced(step: name, producer: producer) }
            let files = try RunFolder.records(below: folder)
            if let finding = findings(in: folder, files, invocation).first {
                throw WorkflowError.unsupportedFile(path: "\(folder)/\(finding.path)", reason: finding.problem)
            }
            produced[producer] = Done(outcome: .kept, files: files).outputs
        }
        let step = record.plan.steps[index]
        for producer in step.producers { try collect(producer) }
        let invocation = try Runner.invocation(of: step, record: record, produced: produced)
        let workspace = StepWorkspace.ofOneAttempt(step.name, attempt)
        observer.stepStarts(step, number: index + 1, of: record.plan.steps.count)
        let done =
            try finished(invocation, in: run, observer: observer)
            ?? restore(invocation, in: run, workspace, observer: observer)
            ?? perform(step, invocation, in: run, workspace, observer: observer)
        observer.stepFinished(step, done.outcome)
        return done.outcome
    }

    private func checkBinary(of record: RunRecord, _ run: RunFolder) throws(WorkflowError) {
        guard record.binary == binary else { throw .runChanged(run: run.id, what: "reprise was rebuilt since it began") }
    }

    /// The invocation that a plan prescribes for a step, given what the steps before it produced. A verifier calls it too: the
    /// step's recorded inputs file must equal it byte for byte.
    static func invocation(
        of step: PlannedStep, record: RunRecord, produced: [String: [FileRecord]]
    ) throws(WorkflowError) -> StepInvocation {
        var inputs: [String: StepInvocation.Input] = [:]
        for (name, producer) in step.inputs {
            let parts = producer.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard var files = produced[parts[0]] else {
                throw .malformedWorkflow(
                    workflow: record.plan.workflow.alias, field: "steps.\(step.name).inputs.\(name)",
                    expected: "the name of an earlier step (not '\(producer)')")
            }
            if parts.count == 2 {
                files = files.filter { $0.path == parts[1] }
                guard !files.isEmpty else {
                    throw .malformedWorkflow(
                        workflow: record.plan.workflow.alias, field: "steps.\(step.name).inputs.\(name)",
                        expected: "an output that step \(parts[0]) leaves (not '\(parts[1])')")
                }
            }
            inputs[name] = StepInvocation.Input(step: parts[0], files: files)
        }
        return StepInvocation(
            step: step.name, program: step.program, artifact: step.artifact, model: step.model, dataset: step.dataset,
            parameters: step.parameters, seed: step.seed ?? record.plan.seed, arithmetic: record.arithmetic, binary: record.binary,
            inputs: inputs)
    }

    // MARK: - One step

    /// A finished step: how it was done, and its files, which have been read once and need not be read again.
    private struct Done {
        var outcome: StepOutcome
        /// Relative to the step's folder.
        var files: [FileRecord]

        /// Relative to the step's output folder, in the order of a folder's listing.
        var outputs: [FileRecord] {
            let prefix = StepContract.outputsFolder + "/"
            return files.filter { $0.path.hasPrefix(prefix) }
                .map { FileRecord(path: String($0.path.dropFirst(prefix.count)), digest: $0.digest, bytes: $0.bytes) }
                .sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
        }
    }

    /// Whether an earlier call finished the step. What does not hold any more is removed, to be made again.
    private func finished(_ invocation: StepInvocation, in run: RunFolder, observer: some RunObserver) throws -> Done? {
        let folder = run.step(invocation.step)
        guard FileManager.default.fileExists(atPath: folder) else { return nil }
        let files = (try? RunFolder.records(below: folder)) ?? []
        if let finding = findings(in: folder, files, invocation).first {
            observer.notice("step \(invocation.step) was done, but does not hold any more (\(finding)); running it again")
            try Folders.remove(folder)
            return nil
        }
        // A kill may have come between the step's end and its entry in the store.
        if store.recorded(invocation.key) == nil { remember(invocation, run: run, observer: observer) }
        return Done(outcome: .kept, files: files)
    }

    /// What speaks against taking a folder for the finished step: its files must be those that our own key vouches for.
    private func findings(in folder: String, _ files: [FileRecord], _ invocation: StepInvocation) -> [Finding] {
        let files = Dictionary(files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        return StepVerifier(trusted: [key.publicKey]).findings(folder: folder, files: files, expected: invocation)
    }

    /// Takes an identical step's files from the store; nil when there is none or it is not whole any more.
    private func restore(
        _ invocation: StepInvocation, in run: RunFolder, _ workspace: StepWorkspace, observer: some RunObserver
    ) throws -> Done? {
        guard let json = store.recorded(invocation.key) else { return nil }
        let reader = RecordReader(json, file: "the cache record \(invocation.key)")
        var files: [FileRecord] = []
        for file in try reader.elements("files") { files.append(try FileRecord(file)) }
        let origin = try reader.string("run")
        let partial = workspace.folder(in: run)
        try Folders.remove(partial)
        do {
            for file in files {
                let target = partial + "/" + file.path
                try Folders.create((target as NSString).deletingLastPathComponent)
                try store.copy(file.digest, to: target)
            }
        } catch let error as StoreError where error.meansLoss {
            observer.notice("the cache no longer holds step \(invocation.step) whole (\(error)); running it again")
            try Folders.remove(partial)
            return nil
        }
        try Folders.create(partial + "/" + StepContract.outputsFolder)
        if let finding = findings(in: partial, files, invocation).first {
            // Another key's attestation, for one: what we sign must rest on what we vouch for ourselves.
            observer.notice(
                "step \(invocation.step) is in the cache, but not as work that this key vouches for (\(finding)); running it again")
            try Folders.remove(partial)
            return nil
        }
        try workspace.publish(in: run)
        return Done(outcome: .cached(from: origin), files: files)
    }

    private func perform(
        _ step: PlannedStep, _ invocation: StepInvocation, in run: RunFolder, _ workspace: StepWorkspace, observer: some RunObserver
    ) throws -> Done {
        let partial = workspace.folder(in: run)
        try workspace.takeOver(in: run)
        let inputs = partial + "/" + StepContract.inputsFile
        // Scratch of another invocation (changed plan, changed binary) must not leak into this one.
        if let old = try? SHA256Digest.ofFile(at: inputs).digest, old != invocation.key { try Folders.remove(partial) }
        // A store that takes nothing is better noticed now than after hours of training.
        try store.checkWritable()
        // Outputs of a killed attempt may be half-written; checkpoints in scratch are written atomically and stay.
        try Folders.remove(partial + "/" + StepContract.outputsFolder)
        try Folders.remove(partial + "/" + StepContract.attestationFile)
        try Folders.remove(partial + "/" + StepContract.resultLogFile)
        try Folders.remove(partial + "/" + StepContract.environmentFile)
        try Folders.create(partial + "/" + StepContract.outputsFolder)
        try Folders.create(partial + "/" + StepContract.scratchFolder)
        try RunFolder.sweep(partial)
        try AtomicFile.write(invocation.bytes, to: inputs)

        let started = Date()
        try engine.run(
            PreparedStep(
                invocation: invocation, runFolder: run.path, folder: partial,
                artifactFolder: artifactFolders[invocation.artifact.digest] ?? run.path, environment: stepEnvironment),
            progress: { observer.stepProgresses(step, $0) })
        let finished = Date()

        try Folders.remove(partial + "/" + StepContract.scratchFolder)
        guard FileManager.default.fileExists(atPath: partial + "/" + StepContract.outputsFolder),
            (try? SHA256Digest.ofFile(at: inputs).digest) == invocation.key
        else {
            throw WorkflowError.stepFailed(
                step: step.name, reason: "it changed its inputs file or removed its output folder",
                log: partial + "/" + StepContract.logFile, lastLines: [])
        }
        try AtomicFile.write(Array(EnvironmentRecord.machine().prettyText().utf8), to: partial + "/" + StepContract.environmentFile)
        let metrics = try Runner.metrics(at: partial + "/" + StepContract.outputsFolder)
        try AtomicFile.write(
            Array(resultLog(invocation, metrics, started, finished).utf8), to: partial + "/" + StepContract.resultLogFile)
        let files = try RunFolder.records(below: partial)
        let statement = StepAttestation.statement(
            invocation: invocation, files: files, run: run.id, started: Timestamp(secondsSince1970: Int(started.timeIntervalSince1970)),
            finished: Timestamp(secondsSince1970: Int(finished.timeIntervalSince1970)), version: version)
        try AtomicFile.write(try statement.signed(with: key).bytes, to: partial + "/" + StepContract.attestationFile)
        guard try workspace.publish(in: run) else {
            guard let done = try self.finished(invocation, in: run, observer: observer) else {
                throw WorkflowError.system(
                    action: "publish", path: run.step(step.name), reason: "another attempt's result was there, and is gone")
            }
            observer.notice("step \(step.name) had been finished by another attempt meanwhile; this one's result is discarded")
            return done
        }
        remember(invocation, run: run, observer: observer)
        return Done(outcome: .ran(seconds: finished.timeIntervalSince(started)), files: files)
    }

    /// Puts a finished step into the store, for the next identical one. The step is done whether that succeeds or not.
    private func remember(_ invocation: StepInvocation, run: RunFolder, observer: some RunObserver) {
        do {
            var files: [JSONValue] = []
            for path in try RunFolder.files(below: run.step(invocation.step)) {
                let object = try store.publish(fileAt: run.step(invocation.step) + "/" + path)
                files.append(FileRecord(path: path, digest: object.digest, bytes: object.size).json)
            }
            try store.record(invocation.key, ["run": .string(run.id), "files": .array(files)])
        } catch {
            observer.notice("step \(invocation.step) is done, but could not be kept in the cache: \(error)")
        }
    }

    /// A step's metrics file, if it wrote one.
    public static func metrics(at outputs: String) throws -> JSONValue? {
        let path = outputs + "/" + StepContract.metricsFile
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes = try BoundedFile.read(path, limit: 64 << 20)
        do { return try JSONValue.parse(bytes, limits: JSONLimits(bytes: 64 << 20)) } catch {
            throw WorkflowError.malformedRecord(file: path, field: "", expected: "JSON (\(error))")
        }
    }
}

extension WorkflowError {
    /// The system's own words for a failed file operation.
    static func reason(of error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let underlying, underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        return error.localizedDescription
    }
}

extension StoreError {
    /// The store does not hold what its records promise: no reason to fail, what is lost can be computed again.
    var meansLoss: Bool {
        switch self {
        case .missing, .corrupted, .digestMismatch, .sizeMismatch: true
        case .noSpace, .notWritable, .systemFailure, .unreadable: false
        }
    }
}
