import Integrity
import Reporting
import Workflows

/// The texts for people in a submission. They follow from the run, like everything else, so a checker can tell whether they were changed.
enum SubmissionReadme {
    static func text(_ document: SubmissionDocument, record: RunRecord, recordKey: PublicKey) -> String {
        let checkpoints =
            document.checkpoints.areIncluded
            ? "All outputs are included (\(document.checkpoints.files) files beside the metrics), so the trainings can be audited."
            : "Weights, kept states and data are not included: \(plain(document.checkpoints.reason ?? "no reason given")). Their SHA-256 are signed."
        let deviations =
            document.deviations.isEmpty
            ? "None is known." : document.deviations.map { "- " + plain($0.sentence) }.joined(separator: "\n")
        let derived =
            document.bringsWorkflow
            ? ""
            : "\nThis list is not complete: the workflow is not included, so its parameters were not compared with the paper's variation.\n"
        return """
            # \(plain(record.plan.title)): a submission by \(plain(document.submitter))

            Run \(code(document.run)) of \(code(document.benchmark.name)), variation \(code(document.variation)), division \(document.division.rawValue), on the system
            `\(document.system)`. \(checkpoints)

            ## Check it
            With Reprise, everything (add `--audit` to replay a part of each training and compare the bits):

                reprise check FILE.tar.zst

            With OpenSSL alone, the signature over the record's manifest, and then the digest of any file that the manifest names:

                \(verification(recordKey))
                openssl dgst -sha256 record/run.json

            `manifest.pae` is what was signed: JSON behind a short header, with the SHA-256 of every file of `record/`. `submission.dsse.json` is an in-toto
            statement, signed with `keys/submitter.pub.pem`, that names every other file here.

            ## How it departs from the paper
            \(deviations)
            \(derived)
            ## What lies where
            - `record/`: the run's record: plan, inputs, metrics, attestations, report.
            - `results/`: what each seed measured, as MLPerf-style logs. `systems/`: the machine. `benchmarks/`: the rules that were applied.
            - `submission.json`: who submits what, what was left out and what was removed.

            No compliance with any MLPerf benchmark is claimed.

            """
    }

    /// The command by which OpenSSL verifies `manifest.sig`.
    static func verification(_ key: PublicKey, keyFile: String = SubmissionLayout.recordKey) -> String {
        let files = (keyFile, SubmissionLayout.manifestSignature, SubmissionLayout.manifestPAE)
        return switch key.algorithm {
        case .ecdsaP256: "openssl dgst -sha256 -verify \(files.0) -signature \(files.1) \(files.2)"
        case .ed25519: "openssl pkeyutl -verify -pubin -inkey \(files.0) -rawin -sigfile \(files.1) -in \(files.2)"
        }
    }

    static func benchmark(_ document: SubmissionDocument, record: RunRecord) -> String {
        let rules = DivisionRule.rules(of: document.division).map { "- \($0.id): \($0.requirement)" }.joined(separator: "\n")
        let commit = record.environment["git"]?["commit"]?.stringValue.map { "at commit \(code($0))" } ?? "(its commit is not known)"
        return """
            # \(plain(record.plan.title))

            Workflow \(code(document.benchmark.name)), SHA-256 `\(document.benchmark.digest)`\(record.plan.paper.map { ", held against \(code($0.name))" } ?? "").

            To compute it again, in a checkout of the project \(commit):

                \(RunReport.rerun(record))

            Rules of the division \(document.division.rawValue):

            \(rules)

            """
    }

    /// Text in one line that Markdown shows as it is: nothing in it becomes a heading, a link, code or HTML.
    static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: plain += " "
            default:
                if "\\`*_{}[]<>#|!&~".unicodeScalars.contains(scalar) { plain += "\\" }
                plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    /// Text as code within a line, whatever it holds.
    private static func code(_ text: String) -> String { "`\(text.filter { $0 != "`" && !$0.isNewline })`" }
}
