import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Hand a run to other people's verifiers.",
        discussion: """
            Verifies the run, then makes a folder that another's client verifies without Reprise, with a README.md that says how:

              in-toto          in-toto-verify: the chain of steps, and the files
              model-signature  OpenSSF's model_signing: trained weights; needs a P-256 key
              openssl          openssl: the manifest's own signature; needs no key

            The first two are signed with your key. What each client proves, and what not: docs/signatures.md.

            Examples:
              reprise export latest --as in-toto -o chain
              reprise export latest --as model-signature --step train-tvae -o weights

            Exit status: 0 done, 1 the record does not hold, 2 bad input, 3 environment.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(name: .customLong("as"), help: ArgumentHelp("in-toto, model-signature or openssl.", valueName: "format")) var format: String
    @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The folder to make.", valueName: "folder")) var path:
        String
    @Option(help: "The training whose weights are signed. Default: all.") var step: String?
    @Option(help: "Name of the key that signs.") var keyName = "default"
    @Option(name: .customLong("key"), help: "Accept only this public key (a PEM file) under the run's record.") var keyFile: String?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        guard let format = ExportFormat(rawValue: format) else {
            throw UsageError(
                "'\(format)' is no format of export; there are: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard step == nil || format == .modelSignature else {
            throw UsageError("--step is for --as \(ExportFormat.modelSignature.rawValue)")
        }
        let project = try Project(homeOptions, readingOnly: true)
        let run = try verified(try project.library().find(name), project)
        let export =
            switch format {
            case .inToto: try SupplyChain(run).export(run, signedWith: try project.keyRing().signingKey(name: keyName))
            case .modelSignature: try ModelExport.export(run, step: step, signedWith: try project.keyRing().signingKey(name: keyName))
            case .openSSL: try ManifestExport.export(run)
            }
        try export.write(run, to: path)
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "run": .string(run.record.id), "format": .string(format.rawValue), "folder": .string(path),
                    "commands": .array(export.commands.map { .string($0) }),
                ]).prettyText())
        } else {
            Terminal.line("\(path): verify it there with")
            for command in export.commands { Terminal.line("  \(command)") }
        }
    }

    private func verified(_ folder: RunFolder, _ project: Project) throws -> VerifiedRun {
        var verification = try RunVerifier(trusted: try project.trustedKeys(only: keyFile)).verify(folder)
        RunComparison.check(folder, &verification)
        if let problem = VerifyCommand.compare(verification.record, in: project).problem { verification.note("run.json", problem) }
        for finding in verification.findings { Terminal.write("✗ \(Terminal.printable("\(finding)"))\n", to: STDERR_FILENO) }
        return try VerifiedRun(folder, verification)
    }
}
