import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Numerics
import Workflows

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Replay parts of a run's trainings and compare the bits.",
        discussion: """
            Verification shows that a record is what its signer wrote; an audit shows that the signer really computed it. A training keeps its \
            state at the end of each segment. The audit takes random segments, starts from the recorded state, repeats the steps, and compares the \
            state it arrives at with the recorded one, bit by bit. It needs the run's folder and nothing else.

            Examples:
              reprise audit latest                      one random segment of each training
              reprise audit latest --segments 5         five of each
              reprise audit latest --all                everything: as long as the training was
              reprise audit latest --random 7           the segments that seed 7 selects, for repeating an audit
              reprise audit latest --evaluations        repeat the evaluations as well and compare their metrics

            Without --evaluations the weights are audited, not the numbers that were then measured on them. What a training says of itself (its \
            learning curve, its averages over the last epoch) is not part of the states and is never audited: train again to compare it.

            Exit status: 0 every replayed segment agrees, 1 one does not, or the record does not hold.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(help: "How many segments of each training to replay.") var segments = 1
    @Flag(help: "Replay every segment.") var all = false
    @Flag(help: "Also repeat the evaluations, which takes as long as they took, and compare their metrics.") var evaluations = false
    @Option(help: "Seed that selects the segments; drawn anew, and shown, if not given.") var random: Int?
    @Option(name: .customLong("key"), help: "Accept only this public key (a PEM file).") var keyFile: String?
    @Option(help: "Threads of the replay.") var threads: Int?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard segments >= 1 else { throw ValidationError("--segments takes a number of 1 or more") }
        if let random, random < 0 { throw ValidationError("--random takes a number of 0 or more") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
    }

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        // Kept states that no replay needs are not read: their digests are signed, and `reprise verify` compares them.
        let verifier = RunVerifier(trusted: try project.trustedKeys(only: keyFile))
        let verification = try verifier.verify(folder, takingOnTrust: Audit.isKeptState)
        guard verification.findings.isEmpty, let record = verification.record else {
            for finding in verification.findings { Terminal.line("✗ \(finding)") }
            let alone = try verifier.verify(folder, takingOnTrust: Audit.isKeptState, recordAlone: true)
            throw alone.lacksOutputsAlone
                ? AuditError.outputsAreAbsent(run: folder.id, count: alone.absentOutputs) : AuditError.recordDoesNotHold(run: folder.id)
        }
        let (audit, stop) = try Audit.prepare(
            run: folder, record: record, digests: verification.digests, home: project.home, threads: threads)
        if evaluations, !audit.isExact {
            throw UsageError("--evaluations compares bits, and OpenBLAS gives each processor its own: audit without it")
        }
        let seed = random ?? Int.random(in: 0..<1 << 32)
        let (findings, total) = try audit.sample(segments: all ? nil : segments, seed: seed) { if !output.json { show($0) } }
        let replayed = findings.count
        var repeated: [(step: String, problem: String?)] = []
        for step in evaluations ? audit.evaluations : [] {
            let problem = try audit.repeatEvaluation(step)
            repeated.append((step.name, problem))
            if !output.json { Terminal.line(problem.map { "✗ \(step.name): \($0)" } ?? "✓ \(step.name): the same metrics") }
        }
        withExtendedLifetime(stop) {}
        if !audit.isExact, !output.json {
            Terminal.line(
                "computed with OpenBLAS, whose rounding is its processor's: this audit asks for closeness, which is weaker than the same bits"
            )
        }
        guard !findings.isEmpty else { throw AuditError.nothingToReplay(run: folder.id) }
        let isClean = findings.allSatisfy { $0.problem == nil } && repeated.allSatisfy { $0.problem == nil }
        if output.json {
            var json = json(findings, folder: folder, seed: seed, total: total, replayed: replayed)
            json["passed"] = .bool(isClean)
            json["evaluations"] = .array(
                repeated.map { ["step": .string($0.step), "problem": $0.problem.map { .string($0) } ?? .null] })
            Terminal.write(json.prettyText())
        } else {
            summarise(isClean: isClean, seed: seed, total: total, replayed: replayed)
        }
        if !isClean { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    private func show(_ finding: Audit.Finding) {
        let place = finding.segment.description
        if let problem = finding.problem {
            Terminal.line("✗ \(place): \(problem)")
        } else {
            Terminal.line("✓ \(place): \(finding.agreement), in \(ProgressDisplay.duration(finding.seconds))")
        }
    }

    private func summarise(isClean: Bool, seed: Int, total: Int, replayed: Int) {
        Terminal.line(
            "\(replayed) of \(total) segments replayed\(all ? "" : ", selected by --random \(seed)")\(isClean ? "" : "; the record was not computed as it says")"
        )
        guard isClean, replayed < total else { return }
        let estimates = [0.01, 0.1, 0.5].map { fraction -> String in
            let altered = max(1, Int((fraction * Double(total)).rounded()))
            return "\(altered) of \(total): \(Int((100 * Audit.detection(altered: altered, total: total, replayed: replayed)).rounded())) %"
        }
        Terminal.line(
            "had a forger altered this many segments, this audit would have caught it with probability: "
                + estimates.joined(separator: ", "))
    }

    private func json(_ findings: [Audit.Finding], folder: RunFolder, seed: Int, total: Int, replayed: Int) -> JSONValue {
        [
            "run": .string(folder.id), "random": .number(Double(seed)), "segments": .number(Double(total)),
            "replayed": .number(Double(replayed)),
            "findings": .array(
                findings.map { finding in
                    [
                        "step": .string(finding.segment.step), "segment": .number(Double(finding.segment.number)),
                        "from": .number(Double(finding.segment.from)), "to": .number(Double(finding.segment.to)),
                        "seconds": .number(finding.seconds), "agrees": .bool(finding.problem == nil),
                        "same_bits": .bool(finding.isSameBits),
                        "problem": finding.problem.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }
}

/// Why an audit cannot say anything.
enum AuditError: ClassifiedError, Hashable {
    case recordDoesNotHold(run: String)
    /// Nothing else is wrong.
    case outputsAreAbsent(run: String, count: Int)
    case nothingToReplay(run: String)

    var description: String {
        switch self {
        case .recordDoesNotHold(let run): "\(run): the record does not hold, so there is nothing to audit"
        case .outputsAreAbsent(let run, let count):
            "\(run): only outputs are absent (\(count)); an audit needs the run's whole folder, `reprise verify --record` does without"
        case .nothingToReplay(let run): "\(run) has no training that could be replayed"
        }
    }

    var exitClass: ExitClass {
        switch self {
        case .recordDoesNotHold, .outputsAreAbsent: .checkFailed
        case .nothingToReplay: .badInput
        }
    }
}
