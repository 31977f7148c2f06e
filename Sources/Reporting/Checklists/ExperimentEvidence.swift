import Integrity
import Workflows

/// What a record shows of models, trainings and evaluations.
extension VerifiedRecord {
    var model: Testimony {
        var evidence: [Evidence] = []
        var seen: Set<String> = []
        for step in plan.steps {
            guard let alias = step.model?["artifact"]?["alias"]?.stringValue, let variation = step.model?["variation"]?.stringValue,
                seen.insert("\(alias) \(variation)").inserted
            else { continue }
            let parameters = (step.model?["parameters"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key) \(VerifiedRecord.text($0.value))" }.joined(separator: ", ")
            evidence += quote("\(field(step)).model", "model/\(alias), variation \(variation): \(parameters)")
        }
        return Testimony(evidence, nothing: "the run has no model")
    }

    var hyperparameters: Testimony {
        var evidence: [Evidence] = []
        for step in trainings {
            let parameters = step.parameters.sorted { $0.key < $1.key }.map { "\($0.key) \(VerifiedRecord.text($0.value))" }
            evidence += quote("\(field(step)).parameters", "\(step.name): \(parameters.joined(separator: ", "))")
        }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) trainings"), nothing: "no step of the run left trained weights")
    }

    var randomSeeds: Testimony {
        guard !trainings.isEmpty else { return .denied([], reason: "no step of the run left trained weights") }
        return Testimony(quote("plan.seed", plan.seedText), nothing: "run.json names no seed")
    }

    func replicates(minimum: Int) -> Testimony {
        let count = plan.matrix?.seeds ?? 1
        guard !trainings.isEmpty else { return .denied([], reason: "no step of the run left trained weights") }
        let evidence = plan.matrix == nil ? quote("plan.seed", plan.seedText) : quote("plan.matrix.seeds", "\(count)")
        guard count >= minimum else {
            let runs = count == 1 ? "one training of each model" : "\(count) trainings of each model"
            return .denied(evidence, reason: "\(runs); at least \(minimum) are asked for")
        }
        return Testimony(evidence, nothing: "run.json names no seed")
    }

    var trainingCode: Testimony { code(of: trainings, nothing: "no step of the run left trained weights") }
    var evaluationCode: Testimony { code(of: evaluations, nothing: "no claim was measured on a step of the run") }

    /// The script, pinned by digest, the program that carried it out, and the commit it was built from.
    private func code(of steps: [PlannedStep], nothing: String) -> Testimony {
        var evidence: [Evidence] = []
        var seen: Set<String> = []
        for step in steps where seen.insert(step.artifact.name).inserted {
            evidence += quote("\(field(step)).artifact", "\(step.artifact.name), sha256 \(step.artifact.digest.hex)")
        }
        guard !evidence.isEmpty else { return .denied([], reason: nothing) }
        evidence += quote("binary.sha256", record.binary.hex)
        let commit = codeCommit
        return Testimony(evidence + commit.evidence, missing: commit.shortfall.map { [$0] } ?? [], nothing: nothing)
    }

    var trainedWeights: Testimony {
        let files = trainings.map { weights(of: $0) }
        let evidence = files.flatMap { quote($0, "SHA-256", verification.digests[$0]?.hex) }
        let absent = files.filter { !isPresent($0) }.count
        let shortened = VerifiedRecord.shortened(evidence, all: "\(evidence.count) files of weights")
        guard absent > 0 else { return Testimony(shortened, nothing: "no step of the run left trained weights") }
        let reason = "\(absent) of \(files.count) files of weights are not here: the record vouches for their digests alone"
        return absent == files.count ? .denied(shortened, reason: reason) : .partly(shortened, missing: reason)
    }

    var keptStates: Testimony {
        var evidence: [Evidence] = []
        var missing: [String] = []
        for step in trainings {
            let metrics = RunFolder.outputs(ofStep: step.name) + "/" + StepContract.metricsFile
            let states = comparison.metrics[step.name]?["checkpoints"]?.arrayValue ?? []
            evidence += quote(metrics, "checkpoints", states.isEmpty ? nil : "\(step.name): \(states.count) states, each by SHA-256")
            if states.isEmpty { missing.append("\(step.name) kept no state") }
        }
        if verification.absentOutputs > 0 { missing.append("the states themselves are not here: an auditor has to compute them") }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) trainings"), missing: missing,
            nothing: "no step of the run left trained weights")
    }

    var workflow: Testimony {
        Testimony(
            quote("plan.workflow", "\(plan.workflow.name), sha256 \(plan.workflow.digest.hex)")
                + quote("plan.steps", "\(plan.steps.count) steps, each with its inputs"),
            nothing: "run.json names no workflow")
    }

    var runCommand: Testimony {
        Testimony(
            quote("plan.workflow, plan.variation, plan.seed, plan.settings", RunReport.rerun(record)), nothing: "run.json has no plan")
    }

    private static func text(_ value: JSONValue) -> String {
        // An empty text would look like no value at all.
        if let text = value.stringValue, !text.isEmpty { return text }
        return String(decoding: value.canonicalBytes(), as: UTF8.self)
    }
}
