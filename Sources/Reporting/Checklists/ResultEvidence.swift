import Integrity
import Workflows

/// What a record shows of the results, and of itself.
extension VerifiedRecord {
    private var manifest: String { RunFolder.manifestName }
    private var measured: [ClaimResult] { comparison.results.filter { $0.measured != nil } }

    var claims: Testimony {
        let claims = comparison.claims
        guard !claims.isEmpty else { return .denied([], reason: "the run is held against no paper's claims") }
        let unconfirmed = claims.filter { !$0.mark.isConfirmed }.count
        let evidence = quote(
            "plan.claims", "\(claims.count) claims of \(plan.paper?.name ?? "the paper"), each with its source and its mark")
        return Testimony(
            evidence,
            missing: unconfirmed == 0 ? [] : ["\(unconfirmed) of \(claims.count) claims were not confirmed in the paper"],
            nothing: "the run is held against no paper's claims")
    }

    var resultsTable: Testimony {
        let evidence =
            quote(manifest, "predicate.claims", measured.isEmpty ? nil : "\(measured.count) measures, each with its verdict")
            + quote("report.html", "table of claims", measured.isEmpty ? nil : "the same for people")
        return Testimony(evidence, nothing: "no claim was measured")
    }

    var measureDefinitions: Testimony {
        let bound = comparison.results.compactMap(\.binding)
        let evidence = bound.prefix(3).flatMap { quote("plan.bindings[\($0.position)].explanation", "\($0.measure): \($0.explanation)") }
        return Testimony(
            evidence + (bound.count > 3 ? quote("plan.bindings", "\(bound.count) measures, each explained") : []),
            nothing: "no claim was measured")
    }

    var deviations: Testimony {
        let spread = measured.filter { $0.measuredSeeds?.standardDeviation != nil }
        let evidence = spread.prefix(3).flatMap { result in
            quote(
                manifest, "predicate.claims[\(result.claim.id)].standard_deviation, .interval",
                [result.measuredText, result.measuredSeeds?.intervalText].compactMap { $0 }.joined(separator: "; "))
        }
        guard !measured.isEmpty else { return .denied([], reason: "no claim was measured") }
        guard !spread.isEmpty else {
            return .denied([], reason: "each measure was made once: one seed has no deviation")
        }
        let all = quote(
            manifest, "predicate.claims",
            "\(spread.count) of \(measured.count) measures with a standard deviation (n − 1) and a 95 % interval of Student's t")
        let missing = spread.count < measured.count ? ["\(measured.count - spread.count) measures have no deviation"] : []
        return Testimony(evidence + all, missing: missing, nothing: "each measure was made once")
    }

    var untrainedControls: Testimony {
        let controlled = measured.filter { $0.control != nil }
        let evidence = controlled.prefix(3).flatMap { result in
            quote(
                manifest, "predicate.claims[\(result.claim.id)].untrained_control",
                "\(result.controlText ?? "–") beside \(result.measuredText ?? "–")")
        }
        return Testimony(
            evidence
                + (controlled.count > 3
                    ? quote(manifest, "predicate.claims", "\(controlled.count) of \(measured.count) measures beside the untrained model's")
                    : []),
            nothing: "no measure stands beside the untrained model's")
    }

    var paperProtocol: Testimony {
        let scale = quote("plan.scale", plan.scale.rawValue)
        guard plan.scale == .paper, plan.protocolNotes.isEmpty else {
            let notes = plan.protocolNotes.joined(separator: "; ")
            return .denied(
                scale + quote("plan.protocol_notes", notes),
                reason: plan.scale == .paper
                    ? "the protocol differs from the paper's: \(notes)" : "variation \(plan.variation) is of reduced scale")
        }
        return Testimony(scale, nothing: "run.json does not say")
    }

    var reproducedResults: Testimony {
        let reproduced = measured.filter { $0.verdict == .reproduced }
        let evidence = quote(manifest, "predicate.claims[].verdict", comparison.summary.line)
        guard !measured.isEmpty, reproduced.count == measured.count else {
            let reason = "\(reproduced.count) of \(measured.count) measured claims have the verdict reproduced"
            return reproduced.isEmpty ? .denied(evidence, reason: reason) : .partly(evidence, missing: reason)
        }
        return Testimony(evidence, nothing: "no claim was measured")
    }

    var signedManifest: Testimony {
        Testimony(
            quote(manifest, "signatures[0].keyid", signer.keyID)
                + quote(manifest, "subject", "\(verification.files - 1) files, each by SHA-256, all of which hold"),
            nothing: "the manifest is not signed")
    }

    var attestations: Testimony {
        let evidence = plan.steps.flatMap { step in
            quote(attestation(of: step), "subject", "what \(step.name) made, and of what, signed")
        }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) attested steps"), nothing: "no step is attested")
    }
}
