import ArgumentParser
import Artifacts
import Integrity
import Reporting
import Workflows

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a run's record: every byte, every signature, every link.",
        discussion: """
            Works offline, from the run's folder alone. Checks that the manifest is signed by a trusted key and names exactly the files that \
            are there; that each step's attestation is signed and names exactly its files; that each step was fed what the steps \
            before it produced; that data sets are the files that the plan pins; and that the claims' verdicts follow from the recorded metrics. \
            Where the project holds the very artifacts that the run had, the run is planned again and must come out the same.

            A record may be published without its outputs, which are large: --record takes the signed digests of absent outputs for the outputs \
            themselves and says how many. Running the workflow again must give files with these digests.

            Trusted are your own key and those of `reprise keys trust`; --key accepts only the named one.
            Exit status: 0 the record holds, 1 it does not (every broken file is named).
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(name: .customLong("key"), help: "Accept only this public key (a PEM file).") var keyFile: String?
    @Flag(help: "Outputs may be absent; everything else must hold.") var record = false
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        let verifier = RunVerifier(trusted: try project.trustedKeys(only: keyFile))
        var verification = try verifier.verify(folder, recordAlone: record)
        RunComparison.check(folder, &verification)
        let comparison = VerifyCommand.compare(verification.record, in: project)
        if let problem = comparison.problem { verification.note("run.json", problem) }

        if output.json {
            var json: JSONValue = [
                "run": .string(folder.id), "verified": .bool(verification.findings.isEmpty),
                "files": .number(Double(verification.files)), "bytes": .number(Double(verification.bytes)),
                "steps": .number(Double(verification.steps)), "absent_outputs": .number(Double(verification.absentOutputs)),
                "plan_compared": .bool(comparison.obstacle == nil), "findings": .array(verification.findings.map(\.json)),
            ]
            if let signer = verification.signer { json["keyid"] = .string(signer.keyID) }
            Terminal.write(json.prettyText())
        } else {
            for finding in verification.findings { Terminal.line("✗ \(finding)") }
            if verification.findings.isEmpty {
                let size = ProgressDisplay.quantity(Double(verification.bytes), of: nil, unit: "bytes")
                Terminal.line("✓ \(folder.id): \(verification.files) files (\(size)) and \(verification.steps) attested steps hold")
                if verification.absentOutputs > 0 {
                    Terminal.line("  \(verification.absentOutputs) outputs are not here; the record vouches for their digests")
                }
                if let signer = verification.signer { Terminal.line("  signed by \(signer.keyID)") }
            } else {
                Terminal.line(
                    "\(folder.id): \(verification.findings.count) finding\(verification.findings.count == 1 ? "" : "s"); the record does not hold"
                )
            }
            if let obstacle = comparison.obstacle {
                Terminal.line("  the plan was not compared: \(obstacle.split(separator: "\n").joined(separator: "; "))")
            }
            if !verification.findings.isEmpty, !record, comparison.problem == nil, try lacksOutputsAlone(folder, verifier) {
                Terminal.line("only outputs are absent: a published record is verified with --record")
            }
        }
        if !verification.findings.isEmpty { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    /// Plans the run again, where that can be done: a record is verified without a project too.
    static func compare(_ record: RunRecord?, in project: Project) -> PlanComparison {
        guard let record else { return .notCompared(reason: "run.json could not be read") }
        let catalogue: Catalogue
        do { catalogue = try project.catalogue() } catch { return .notCompared(reason: "\(error)") }
        return PlanComparison(record.plan, catalogue: catalogue)
    }

    private func lacksOutputsAlone(_ folder: RunFolder, _ verifier: RunVerifier) throws -> Bool {
        var verification = try verifier.verify(folder, recordAlone: true)
        RunComparison.check(folder, &verification)
        return verification.lacksOutputsAlone
    }
}
