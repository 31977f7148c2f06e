import Foundation
import Integrity
import Workflows

/// What a record shows of the code and of the machine.
extension VerifiedRecord {
    var codeCommit: Testimony {
        let git = record.environment["git"]
        guard let commit = git?["commit"]?.stringValue, let isDirty = git?["dirty"]?.boolValue else {
            return .denied([], reason: "run.json names no commit: the program was not run from a git checkout")
        }
        let evidence = quote("environment.git.commit", commit) + quote("environment.git.dirty", isDirty ? "yes" : "no")
        return isDirty
            ? .denied(evidence, reason: "the working tree had uncommitted changes: commit \(commit.prefix(12)) is not what ran")
            : Testimony(evidence, nothing: "run.json names no commit")
    }

    var programDigest: Testimony { Testimony(quote("binary.sha256", record.binary.hex), nothing: "run.json names no program") }

    var dependencies: Testimony {
        let libraries = (record.environment["libraries"]?.objectValue ?? [:]).sorted { $0.key < $1.key }
            .flatMap { quote("environment.libraries.\($0.key)", $0.value.stringValue) }
        let system = environment(["operating_system", "compiler"])
        var missing = system.missing
        if libraries.isEmpty { missing.append("run.json names no libraries") }
        return Testimony(system.evidence + libraries, missing: missing, nothing: "run.json names no dependencies")
    }

    var computeEnvironment: Testimony {
        var (evidence, missing) = environment(["architecture", "operating_system", "kernel"])
        if let model = record.environment["processor"]?["model"]?.stringValue, model != "unknown" {
            evidence += quote("environment.processor.model", model)
        } else {
            missing.append("run.json does not name the processor")
        }
        if let cores = record.environment["cores"]?.integerValue { evidence += quote("environment.cores", "\(cores)") }
        if let memory = record.environment["memory_bytes"]?.integerValue {
            evidence += quote("environment.memory_bytes", "\(memory) (\(NumberText.bytes(memory)))")
        } else {
            missing.append("run.json does not say how much memory there was")
        }
        return Testimony(evidence, missing: missing, nothing: "run.json describes no machine")
    }

    private func environment(_ names: [String]) -> (evidence: [Evidence], missing: [String]) {
        var evidence: [Evidence] = []
        var missing: [String] = []
        for name in names {
            let quoted = quote("environment.\(name)", record.environment[name]?.stringValue)
            evidence += quoted
            if quoted.isEmpty { missing.append("run.json does not name the \(name.replacingOccurrences(of: "_", with: " "))") }
        }
        return (evidence, missing)
    }

    var runTime: Testimony {
        var total = 0
        let evidence = plan.steps.flatMap { step -> [Evidence] in
            guard let time = times[step.name] else { return [] }
            let seconds = max(0, time.finished.secondsSince1970 - time.started.secondsSince1970)
            total += seconds
            return quote(
                attestation(of: step), "runDetails.metadata.startedOn … finishedOn",
                "\(time.started) … \(time.finished), \(NumberText.duration(seconds: Double(seconds)))")
        }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) steps, \(NumberText.duration(seconds: Double(total))) in all"),
            nothing: "no step says when it ran")
    }

    var diskSpace: Testimony {
        var missing: [String] = []
        if verification.absentOutputs > 0 {
            missing.append("\(verification.absentOutputs) outputs are not here, and their sizes are not counted")
        }
        return Testimony(
            quote(RunFolder.manifestName, "subject", "\(verification.files) files here, \(NumberText.bytes(verification.bytes))"),
            missing: missing, nothing: "the manifest names no file")
    }

    func attestation(of step: PlannedStep) -> String { "steps/\(step.name)/\(StepContract.attestationFile)" }

    /// Long lists do not make a page more convincing: the first three stand for all, of which the last piece says how many there are.
    static func shortened(_ evidence: [Evidence], all: String) -> [Evidence] {
        guard evidence.count > 4, let last = evidence.last else { return evidence }
        return evidence.prefix(3) + [last.summarized("… and \(evidence.count - 3) more: \(all)")]
    }
}
