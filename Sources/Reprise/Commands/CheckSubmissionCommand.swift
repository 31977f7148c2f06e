import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Submissions
import Workflows

struct CheckSubmissionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submission", abstract: "Check a submission: an archive, or its unpacked folder.",
        discussion: """
            Looks at everything: the archive before any of it is unpacked, the tree, the form of each file, the signature and every digest, the record (each \
            link from data to verdict), the verdicts computed again from the metrics, the logs and the system description against the record, the \
            rules of its division, the paper's claims and the plan against this project, what was removed, and whether private data are left. Every \
            finding has a code, a place and a remedy.

            Without --key a submission is judged by the keys that it brings, and a note says so. That the numbers were computed, and not \
            invented, only --audit shows: it replays a random segment of each training and compares the bits; an audit that could replay nothing \
            refuses.

            Examples:
              reprise check some-lab.tar.zst --key some-lab.pub.pem
              reprise check some-lab.tar.zst --audit --random 7

            Exit status: 0 nothing speaks against it, 1 something does, 2 it is no submission, 3 environment.
            """)

    @Argument(help: ArgumentHelp("The archive, or a folder.", valueName: "file")) var file: String
    @Option(name: .customLong("key"), help: "It must be signed by this public key (a PEM file).") var keyFile: String?
    @Flag(help: "Replay a random segment of each training and compare the bits.") var audit = false
    @Option(help: "With --audit: the seed that selects the segments; drawn anew, and shown, if not given.") var random: Int?
    @Option(help: "With --audit: threads of the replay.") var threads: Int?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let random, random < 0 { throw ValidationError("--random takes a number of 0 or more") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes a number from 1 to 1024") }
        if !audit, random != nil || threads != nil { throw ValidationError("--random and --threads go with --audit") }
    }

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let only = try keyFile.map { _ in try project.trustedKeys(only: keyFile) }?.first
        let checker = SubmissionChecker(
            trusted: try project.keyRing().publicKeys(), only: only, catalogue: try project.catalogueIfPresent())
        let cleanup = InterruptionCleanup()
        let unpacked: UnpackedSubmission
        var checked: CheckedSubmission
        (unpacked, checked) = try cleanup.perform {
            let unpacked = try UnpackedSubmission(file) { cleanup.watch($0) }
            do { return (unpacked, try unpacked.checked(by: checker)) } catch {
                unpacked.remove()
                throw error
            }
        }
        defer { unpacked.remove() }
        cleanup.end()
        if audit, checked.isAccepted, let record = checked.record { try replay(record, unpacked, project, &checked) }
        if output.json { Terminal.write(checked.json.prettyText()) } else { show(checked) }
        if !checked.isAccepted { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    /// Replays parts of the trainings. Of a submission without its outputs only the first segments can be replayed, which start from the seed, and
    /// only where this machine's store has the data.
    private func replay(_ record: RunRecord, _ unpacked: UnpackedSubmission, _ project: Project, _ checked: inout CheckedSubmission) throws
    {
        let place = "record/steps"
        let (audit, stop) = try Audit.prepare(
            run: checked.recordFolder, record: record, digests: checked.digests, home: project.home, threads: threads)
        guard !audit.trainings.isEmpty else {
            checked.note(.notAudited, at: place, "the run has no training that could be replayed")
            return
        }
        var findings: [Audit.Finding] = []
        let selection: String
        if checked.absentOutputs == 0 {
            let seed = random ?? Int.random(in: 0..<1 << 32)
            let (found, total) = try audit.sample(segments: 1, seed: seed) { if !output.json { show($0) } }
            findings = found
            selection = "\(found.count) of \(total) segments, selected by --random \(seed)"
        } else {
            guard audit.isExact, unpacked.isTemporary else {
                checked.note(.notAudited, at: place, "nothing was replayed: the outputs are not included")
                return
            }
            let store = try Store(root: project.home.store)
            for training in audit.trainings where audit.borrowInputs(of: training, from: store) {
                guard let first = try audit.segments(of: training).first else { continue }
                findings.append(try audit.replay(first))
                if !output.json { findings.last.map(show) }
            }
            selection =
                "\(findings.count) first segments of \(audit.trainings.count) trainings, from the seed; the others need the outputs, the data or both"
        }
        withExtendedLifetime(stop) {}
        guard !findings.isEmpty else {
            checked.note(.notAudited, at: place, "nothing was replayed: \(selection)")
            return
        }
        for finding in findings {
            if let problem = finding.problem {
                checked.note(.audit, at: "record/steps/\(finding.segment.step)", "\(finding.segment): \(problem)")
            }
        }
        checked.note(.audited, at: place, "replayed: \(selection)")
    }

    private func show(_ finding: Audit.Finding) {
        Terminal.line(finding.problem.map { "✗ \(finding.segment): \($0)" } ?? "✓ \(finding.segment): \(finding.agreement)")
    }

    /// More of either kind are counted: a hostile archive has one for each of its hundred thousand files.
    private static let shownFindings = 200

    private func show(_ checked: CheckedSubmission) {
        func show(_ findings: [SubmissionFinding], _ line: (SubmissionFinding) -> Void) {
            findings.prefix(CheckSubmissionCommand.shownFindings).forEach(line)
            let rest = findings.count - CheckSubmissionCommand.shownFindings
            if rest > 0 { Terminal.line("  and \(rest) more; --json lists all") }
        }
        show(checked.errors) {
            Terminal.line("✗ \($0)")
            Terminal.line("    → \($0.remedy)")
        }
        show(checked.notes) { Terminal.line("· \($0)") }
        let what = [checked.benchmark?.alias, checked.variation, checked.division.map { "division \($0.rawValue)" }].compactMap(\.self)
        let by = checked.submitter.map { " by \($0)" } ?? ""
        if checked.isAccepted {
            Terminal.line("✓ \(file): \(what.joined(separator: ", "))\(by): nothing speaks against it")
            if let line = checked.verdictLine { Terminal.line("  \(line)") }
            if let reason = checked.incomparableReason { Terminal.line("  not comparable with this project's results: \(reason)") }
        } else {
            let count = checked.errors.count
            Terminal.line("\(file): \(count) finding\(count == 1 ? "" : "s"): it is refused")
        }
    }
}
