import Artifacts
import Integrity

/// Why a run cannot be handed on.
public enum ExportError: ClassifiedError, Hashable {
    case doesNotHold(run: String)
    case exists(path: String)
    /// The folder would be part of the run's own and so break its record.
    case inside(path: String, run: String)
    /// No step of the run, or not the one that was named, left trained weights.
    case noWeights(run: String, step: String?, known: [String])
    /// The client takes signatures of no such key.
    case key(format: ExportFormat, algorithm: KeyAlgorithm)
    /// A file is not any more what it was when the run was verified.
    case changed(path: String)

    public var description: String {
        switch self {
        case .doesNotHold(let run): "run \(run): its record does not hold, so it is not exported; `reprise verify` names what is wrong"
        case .exists(let path): "\(path) is there already and is not replaced: name a folder that does not exist yet"
        case .inside(let path, let run): "\(path) lies in the folder of run \(run), whose record names every file: name a folder elsewhere"
        case .noWeights(let run, nil, _): "run \(run): none of its steps left \(ModelExport.weightsFile), so there is no model to sign"
        case .noWeights(let run, .some(let step), let known):
            "run \(run): no step '\(step)' left \(ModelExport.weightsFile)"
                + (known.isEmpty ? ", nor did any other" : "; these did: \(known.joined(separator: ", "))")
        case .key(let format, let algorithm):
            "the client of \(format.rawValue) verifies ECDSA P-256 and no \(algorithm.rawValue) signature: name such a key with --key-name, "
                + "or make one with: reprise keys generate --name NAME --algorithm \(KeyAlgorithm.ecdsaP256.rawValue)"
        case .changed(let path): "\(path) changed while it was copied: nothing was exported; run the command again"
        }
    }

    public var exitClass: ExitClass {
        switch self {
        case .doesNotHold, .changed: .checkFailed
        case .exists, .inside, .noWeights, .key: .badInput
        }
    }
}
