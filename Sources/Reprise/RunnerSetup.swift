import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// What a runner needs of a project, whichever command starts it.
struct RunnerSetup {
    let project: Project
    /// The name of the key that signs.
    let keyName: String
    /// For the steps.
    let environment: [String: String]
    /// Artifact digest → folder.
    let folders: [SHA256Digest: String]

    func runner(engine: any StepEngine, binary: SHA256Digest, arithmetic: JSONValue) throws -> Runner {
        Runner(
            home: project.home, store: try Store(root: project.home.store), engine: engine, key: try signingKey(), binary: binary,
            arithmetic: arithmetic, version: Reprise.version, stepEnvironment: environment, artifactFolders: folders,
            resultLog: { ResultLog.text(invocation: $0, metrics: $1, started: $2, finished: $3) })
    }

    private func signingKey() throws -> SigningKey {
        let ring = project.keyRing()
        if let entry = try ring.list().first(where: { $0.name == keyName && $0.origin == .own }) {
            return try ring.signingKey(name: entry.name)
        }
        guard keyName == "default" else {
            throw UsageError("no key is called '\(keyName)'; make it with: reprise keys generate --name \(keyName)")
        }
        let made: SigningKey
        do { made = try ring.generate(name: keyName) } catch {
            // Another run in the same home may have made it a moment ago.
            guard case .exists = error else { throw error }
            return try ring.signingKey(name: keyName)
        }
        Terminal.note(
            "made your signing key \(made.publicKey.keyID)\n      in \(ring.folder)/\(keyName).pem (readable by you alone); it signs your records"
        )
        return made
    }
}

/// For a process that performs no step: the cluster's nodes do.
struct NoEngine: StepEngine {
    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError) {
        throw .stepFailed(step: step.invocation.step, reason: "it was to be performed by the cluster", log: "", lastLines: [])
    }
    func cancel() {}
}
