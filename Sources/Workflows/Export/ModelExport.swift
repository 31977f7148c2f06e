import Integrity

/// Trained weights with a signature that OpenSSF's `model_signing` verifies, a folder for each training.
public enum ModelExport {
    /// What a step that trains a model leaves.
    public static let weightsFile = "weights.safetensors"

    /// The signature of a training's weights. It names the run and the attestation that say how they came to be.
    public static func signature(of step: PlannedStep, in run: VerifiedRun) throws(ExportError) -> ModelSignature {
        let output = RunFolder.outputs(ofStep: step.name) + "/" + weightsFile
        let attestation = "steps/\(step.name)/" + StepContract.attestationFile
        guard let weights = run.digests[output], let attested = run.digests[attestation], let manifest = run.digests[RunFolder.manifestName]
        else { throw .noWeights(run: run.record.id, step: step.name, known: trainings(of: run).map(\.name)) }
        return ModelSignature(
            model: step.name, files: [weightsFile: weights],
            extraFields: [
                "training": [
                    "run": .string(run.record.id), "step": .string(step.name), "workflow": .string(run.record.plan.workflow.name),
                    "attestation_sha256": .string(attested.hex), "manifest_sha256": .string(manifest.hex),
                ]
            ])
    }

    /// - Parameter step: one training's name; nil takes all.
    public static func export(_ run: VerifiedRun, step name: String?, signedWith key: SigningKey) throws -> Export {
        guard key.algorithm == .ecdsaP256 else { throw ExportError.key(format: .modelSignature, algorithm: key.algorithm) }
        let all = trainings(of: run)
        let steps = name.map { name in all.filter { $0.name == name } } ?? all
        guard !steps.isEmpty else { throw ExportError.noWeights(run: run.record.id, step: name, known: all.map(\.name)) }
        var files: [String: [UInt8]] = [:]
        var copies: [String: String] = [:]
        for step in steps {
            files["\(step.name)/model.sig"] = try signature(of: step, in: run).bundle(signedWith: key)
            copies["\(step.name)/model/\(weightsFile)"] = RunFolder.outputs(ofStep: step.name) + "/" + weightsFile
        }
        var export = Export(
            title: "Trained weights of run \(run.record.id)",
            about: """
                `model_signing` (model-signing 1.1.1) checks that the holder of `\(Export.keyFile)` signed exactly the files of a `model` folder: a changed, a missing and \
                an added file are refused (but for names such as `.git` that the client skips). Compare the key with the one that its owner gave you by another way. The signature says nothing of how the \
                weights came to be, but names the run and the digests of the training's attestation and of the manifest, which do.
                """,
            commands: steps.map {
                "model_signing verify key \($0.name)/model --signature \($0.name)/model.sig --public_key \(Export.keyFile)"
            },
            files: files, key: key.publicKey)
        export.copies = copies
        return export
    }

    private static func trainings(of run: VerifiedRun) -> [PlannedStep] {
        run.record.plan.steps.filter { run.digests[RunFolder.outputs(ofStep: $0.name) + "/" + weightsFile] != nil }
    }
}
