import Artifacts
import Foundation
import Integrity
import Reporting
import Submissions
import Workflows

/// A project with one workflow of two rows and three seeds, and runs of it that train nothing: their steps write numbers that follow from seed and row.
struct TinyProject {
    /// In memory where that can be had: a run flushes every file to the disk, and hundreds of tiny ones wait for nothing else.
    let folder =
        (FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm/" : NSTemporaryDirectory()) + "reprise-\(UUID().uuidString)"
    let key: SigningKey
    /// What the steps print.
    var log = "trained\n"

    init() throws {
        key = try SigningKey.generate()
        for (path, text) in TinyProject.files { try write(text, to: "project/" + path) }
    }

    /// An honest submission of a smoke run, made once: what a test changes is a copy.
    static let honest: Result<(project: TinyProject, run: RunFolder, staged: SubmissionBuilder.Staged), any Error> = Result {
        let project = try TinyProject()
        atexit { if case .success(let made) = TinyProject.honest { made.project.remove() } }
        let run = try project.run()
        return (project, run, try project.stage(run))
    }

    /// A copy of a folder, beside it.
    func copy(_ path: String) throws -> String {
        let copy = folder + "/copy-\(UUID().uuidString)/" + (path as NSString).lastPathComponent
        try FileManager.default.createDirectory(atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func catalogue() throws -> Catalogue { try Catalogue(root: folder + "/project") }

    func write(_ text: String, to path: String) throws {
        let file = folder + "/" + path
        try FileManager.default.createDirectory(atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try AtomicFile.write(Array(text.utf8), to: file)
    }

    static let environment: JSONValue = [
        "operating_system": "Debian", "kernel": "Linux 6", "architecture": "x86_64", "cores": 4, "memory_bytes": 8_000_000_000,
        "processor": ["model": "Some CPU", "flags": ["avx2", "fma"]], "compiler": "Swift 6.3", "libraries": ["OpenBLAS": "0.3"],
        "git": ["commit": "0123456789012345678901234567890123456789", "dirty": false],
    ]

    /// What a record cannot know.
    static let system: [String: JSONValue] = [
        "system_name": "Bench 1", "host_processors_per_node": 1, "host_processor_core_count": 4, "host_storage_type": "SSD",
        "host_storage_capacity": "1 TB", "host_networking": "none",
    ]

    /// A finished, signed run.
    func run(
        variation: String = "smoke", settings: [(name: String, text: String)] = [], seed: Int = 0,
        environment: JSONValue = TinyProject.environment
    ) throws -> RunFolder {
        let home = Home(path: folder + "/home-\(UUID().uuidString)")
        let plan = try Planner(catalogue: try catalogue()).plan(workflow: "tiny", variation: variation, settings: settings, seed: seed)
        let runner = Runner(
            home: home, store: try Store(root: home.store), engine: TinyEngine(log: log), key: key, binary: SHA256Digest.of([1]),
            arithmetic: ["name": "portable", "revision": 1], version: "test", stepEnvironment: [:], artifactFolders: [:],
            resultLog: { ResultLog.text(invocation: $0, metrics: $1, started: $2, finished: $3) })
        let (run, record) = try runner.create(plan: plan, environment: environment)
        _ = try runner.execute(run, record: record, observer: Silence())
        try RunRecorder(key: key).finish(run)
        return run
    }

    /// A submission of a run in a folder of its own.
    func stage(
        _ run: RunFolder, _ request: SubmissionBuilder.Request = .init(submitter: "Some Lab", system: TinyProject.system),
        key: SigningKey? = nil,
        privateData: PrivateData = .general
    ) throws -> SubmissionBuilder.Staged {
        let parent = folder + "/staged-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        return try SubmissionBuilder(run, trusted: [self.key.publicKey], catalogue: try catalogue(), privateData: { _ in privateData })
            .stage(request, key: key ?? self.key, in: parent)
    }

    func check(_ folder: String, only: PublicKey? = nil) throws -> CheckedSubmission {
        try SubmissionChecker(trusted: [key.publicKey], only: only, catalogue: try catalogue()).check(folder: folder)
    }

    private static let files = [
        "workflows/tiny/meta.json": #"""
        {"alias": "tiny", "uid": "00000000000000a1", "automation_alias": "workflow", "automation_uid": "0463f1e0aafcb22d", "version": "1.0.0",
         "tags": ["workflow"], "name": "Tiny", "description": "Two rows, three seeds.", "paper": {"kind": "paper", "alias": "tiny-paper", "version": "^1.0"},
         "matrix": {"rows": [{"name": "a", "title": "Row A"}, {"name": "b", "title": "Row B"}], "seeds": "${seeds}"},
         "steps": [
           {"name": "train", "each": ["row", "seed"], "artifact": {"kind": "script", "alias": "train"}, "parameters": {"steps": "${steps}"}},
           {"name": "evaluate", "each": ["row", "seed"], "artifact": {"kind": "script", "alias": "evaluate"}, "inputs": {"training": "train"}}],
         "parameters": {
           "steps": {"type": "integer", "description": "Steps.", "minimum": 1, "maximum": 1000, "default": 100},
           "seeds": {"type": "integer", "description": "Seeds.", "minimum": 1, "maximum": 10, "default": 3}},
         "variations": {
           "smoke": {"description": "Few steps.", "scale": "reduced", "parameters": {"steps": 10}, "differences": ["fewer steps"]},
           "paper": {"description": "All.", "scale": "paper", "parameters": {}}},
         "default_variation": "smoke",
         "claims": [{"each": ["row"], "claim": "score-${row}", "measure": "evaluate/${row}:trained.score", "control": "evaluate/${row}:untrained.score",
           "criterion": {"greater_than": 0.5}, "beyond_control": "higher", "applies_at": ["smoke", "paper"], "explanation": "The score."}],
         "tables": [{"title": "Table 1", "table": "1"}]}
        """#,
        "artifacts/script/train/meta.json": #"""
        {"alias": "train", "uid": "00000000000000a2", "automation_alias": "script", "automation_uid": "5b4e0237da074764", "version": "1.0.0",
         "tags": ["script"], "name": "Train", "description": "Trains.",
         "step": {"program": ["./run.sh"], "inputs": {},
           "parameters": {"steps": {"type": "integer", "description": "Steps.", "minimum": 1, "maximum": 1000, "default": 10}},
           "outputs": [{"name": "weights.safetensors", "description": "Weights.", "media_type": "application/octet-stream"}]}}
        """#,
        "artifacts/script/train/run.sh": "#!/bin/sh\n",
        "artifacts/script/evaluate/meta.json": #"""
        {"alias": "evaluate", "uid": "00000000000000a3", "automation_alias": "script", "automation_uid": "5b4e0237da074764", "version": "1.0.0",
         "tags": ["script"], "name": "Evaluate", "description": "Evaluates.",
         "step": {"program": ["./run.sh"], "inputs": {"training": {"kind": "output", "description": "Weights."}}, "parameters": {},
           "outputs": [{"name": "metrics.json", "description": "Scores.", "media_type": "application/json"}]}}
        """#,
        "artifacts/script/evaluate/run.sh": "#!/bin/sh\n",
        "artifacts/paper/tiny-paper/meta.json": #"""
        {"alias": "tiny-paper", "uid": "00000000000000a4", "automation_alias": "paper", "automation_uid": "0faf3cd57be0131e", "version": "1.0.0",
         "tags": ["paper"], "name": "A tiny paper", "description": "Two numbers.",
         "paper": {"title": "A tiny paper", "authors": ["A. Author"], "year": 2026, "venue": "Nowhere", "arxiv": "2601.00001"}, "claims": "claims.json"}
        """#,
        "artifacts/paper/tiny-paper/claims.json": #"""
        {"claims": [
          {"id": "score-a", "kind": "table", "table": "1", "row": "Row A", "column": "Score", "value": 0.9, "mark": "confirmed", "note": "Read.",
           "source": "Table 1", "statement": "Row A scores 0.9"},
          {"id": "score-b", "kind": "table", "table": "1", "row": "Row B", "column": "Score", "value": 0.8, "mark": "confirmed", "note": "Read.",
           "source": "Table 1", "statement": "Row B scores 0.8"}]}
        """#,
    ]
}

/// Writes what a step would.
private struct TinyEngine: StepEngine {
    let log: String

    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        let outputs = step.folder + "/" + StepContract.outputsFolder
        let name = step.invocation.step
        do {
            try AtomicFile.write(Array("\(name): \(log)".utf8), to: step.folder + "/" + StepContract.logFile)
            if name.hasPrefix("train") {
                try FileManager.default.createDirectory(atPath: outputs + "/checkpoints", withIntermediateDirectories: true)
                try AtomicFile.write(Array("state of \(name)".utf8), to: outputs + "/checkpoints/step-5.safetensors")
                try AtomicFile.write(Array("weights of \(name)".utf8), to: outputs + "/weights.safetensors")
                try AtomicFile.write(Array(#"{"loss": 1.5}"#.utf8), to: outputs + "/metrics.json")
            } else {
                let score = 0.6 + 0.01 * Double(step.invocation.seed) + (name.contains("-a-") ? 0.1 : 0)
                let metrics: JSONValue = ["trained": ["score": .number(score)], "untrained": ["score": 0.1]]
                try AtomicFile.write(metrics.canonicalBytes(), to: outputs + "/metrics.json")
            }
        } catch { throw .system(action: "write", path: outputs, reason: "\(error)") }
    }

    func cancel() {}
}

private struct Silence: RunObserver {
    func stepStarts(_ step: PlannedStep, number: Int, of count: Int) {}
    func stepProgresses(_ step: PlannedStep, _ progress: StepProgress) {}
    func stepFinished(_ step: PlannedStep, _ outcome: StepOutcome) {}
    func notice(_ text: String) {}
}
