import Foundation
import Integrity
import Workflows

/// Stand-ins for Slurm's commands, which write down how they are called and answer what a test wants.
struct FakeSlurm {
    let folder = TestFolder.path("fake-slurm")

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try answer("squeue", "cat \"$here/queue\" 2>/dev/null || true")
        try answer("scontrol", "echo 'MaxArraySize            = 1001'")
        try answer("scancel", "true")
        try answer("sbatch", FakeSlurm.accepting)
    }

    /// Gives each job the next number, from 101.
    static let accepting = "number=$(($(cat \"$here/number\" 2>/dev/null || echo 100) + 1)); echo $number >\"$here/number\"; echo $number"

    /// - Parameter script: of `sh`; `$here` is the folder, `$calls` how often the command has been called, this time included.
    func answer(_ command: String, _ script: String) throws {
        let text = """
            #!/bin/sh
            here=$(dirname "$0")
            { for argument; do printf '%s\\n' "$argument"; done; echo; } >>"$here/\(command).calls"
            calls=$(grep -c '^$' "$here/\(command).calls")
            \(script)
            """
        try AtomicFile.write(Array(text.utf8), to: folder + "/" + command, mode: 0o755)
    }

    /// What waits or runs: lines of job, index, state, reason and node, with bars between them.
    func queue(_ lines: [String]) throws {
        try AtomicFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: folder + "/queue")
    }

    /// The arguments of each call.
    func calls(_ command: String) -> [[String]] {
        let text = (try? String(contentsOfFile: "\(folder)/\(command).calls", encoding: .utf8)) ?? ""
        return text.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
    }

    var client: SlurmClient { SlurmClient(patience: 3, pause: 0, folder: folder) }

    /// Data, then a training and an evaluation for each of so many rows.
    static func table(_ rows: Int) -> [PlannedStep] {
        func step(_ name: String, reads inputs: [String: String] = [:]) -> PlannedStep {
            PlannedStep(
                name: name, program: ["p"],
                artifact: ArtifactReference(
                    kind: "script", alias: "a", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of("a".utf8)),
                inputs: inputs)
        }
        return [step("data")]
            + (0..<rows).flatMap {
                [
                    step("train-\($0)", reads: ["data": "data"]),
                    step("evaluate-\($0)", reads: ["data": "data", "training": "train-\($0)/weights.safetensors"]),
                ]
            }
    }
}
