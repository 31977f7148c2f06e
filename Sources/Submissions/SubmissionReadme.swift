import Integrity
import Workflows

/// The texts for people in a submission. They follow from the run, like everything else, so a checker can tell whether they were changed.
enum SubmissionReadme {
    static func text(_ document: SubmissionDocument, record: RunRecord, recordKey: PublicKey) -> String {
        let checkpoints =
            document.checkpoints.areIncluded
            ? "All outputs are included (\(document.checkpoints.files) files beside the metrics), so the trainings can be audited."
            : "Weights, kept states and data are not included: \(document.checkpoints.reason ?? "no reason given"). Their SHA-256 are signed."
        let deviations =
            document.deviations.isEmpty
            ? "None." : document.deviations.map { "- " + $0.sentence }.joined(separator: "\n")
        return """
            # \(record.plan.title): a submission by \(document.submitter)

            Run `\(document.run)` of `\(document.benchmark.name)`, variation `\(document.variation)`, division \(document.division.rawValue), on the system
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
        let commit = record.environment["git"]?["commit"]?.stringValue.map { "at commit `\($0)`" } ?? "(its commit is not known)"
        return """
            # \(record.plan.title)

            Workflow `\(document.benchmark.name)`, SHA-256 `\(document.benchmark.digest)`\(record.plan.paper.map { ", held against `\($0.name)`" } ?? "").

            To compute it again, in a checkout of the project \(commit):

                \(command(record))

            Rules of the division \(document.division.rawValue):

            \(rules)

            """
    }

    /// How to compute it again.
    static func command(_ record: RunRecord) -> String {
        let plan = record.plan
        var words = ["reprise run \(plan.workflow.alias) --variation \(plan.variation) --seed \(plan.seed)"]
        if let only = plan.matrix?.only { words.append("--only \(only)") }
        for (name, text) in plan.typedSettings { words.append("--set '\(name)=\(text.filter { $0 != "'" })'") }
        if let arithmetic = record.arithmetic["name"]?.stringValue, arithmetic != "portable" { words.append("--arithmetic \(arithmetic)") }
        return words.joined(separator: " ")
    }
}
