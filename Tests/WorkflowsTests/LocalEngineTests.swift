import Foundation
import Integrity
import Testing
import Workflows

/// The engine with a shell in place of the program: what it tells of how steps end.
@Suite("Steps as child processes")
struct LocalEngineTests {
    private let folder = TestFolder.path("engine")

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Array("#!/bin/sh\nshift\nexec \"$@\"\n".utf8), to: folder + "/program", mode: 0o755)
    }

    private func step(_ script: String) -> PreparedStep {
        let artifact = ArtifactReference(
            kind: "script", alias: "a", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of("a".utf8))
        let invocation = StepInvocation(
            step: "train", program: ["/bin/sh", "-c", script], artifact: artifact, model: nil, dataset: nil, parameters: [:], seed: 0,
            arithmetic: [:], binary: SHA256Digest.of("b".utf8), inputs: [:])
        return PreparedStep(invocation: invocation, runFolder: folder, folder: folder, artifactFolder: folder, environment: [:])
    }

    private func outcome(_ engine: LocalEngine, _ script: String) -> WorkflowError? {
        // Tests run on threads that block signals, and a child inherits what is blocked.
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        do throws(WorkflowError) {
            try engine.run(step(script)) { _ in }
            return nil
        } catch { return error }
    }

    @Test("a step that another process killed was killed, by which signal", arguments: [SIGTERM, SIGKILL])
    func killed(signal: Int32) {
        let engine = LocalEngine(executable: folder + "/program")
        #expect(outcome(engine, "kill -\(signal) $$") == .stepKilled(step: "train", signal: Int(signal), log: folder + "/log.txt"))
    }

    @Test("a step that was told to stop a moment before its engine was interrupted, and not failed")
    func toldFirst() {
        let engine = LocalEngine(executable: folder + "/program")
        let ended = folder + "/ended"
        Thread.detachNewThread {
            while !FileManager.default.fileExists(atPath: ended) { usleep(1000) }
            usleep(20_000)
            engine.cancel()
        }
        guard case .interrupted = outcome(engine, "touch '\(ended)'; kill -TERM $$") else {
            Issue.record("it is called failed")
            return
        }
    }
}
