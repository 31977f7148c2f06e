import Artifacts
import Datasets
import NeuralNetworks
import Probes
import Reporting

// What the computing half and the report refuse, sorted into exit classes: they know nothing of exit statuses themselves.

extension DatasetError: ClassifiedError {
    public var exitClass: ExitClass {
        switch self {
        case .invalidParameter: .badInput
        case .unreadable, .unwritable: .environment
        case .tooLarge, .truncated, .malformed, .unsupported, .missingEntry: .checkFailed
        }
    }
}

extension ConfigurationError: ClassifiedError {
    public var exitClass: ExitClass { .badInput }
}

extension CheckpointError: ClassifiedError {
    public var exitClass: ExitClass { .checkFailed }
}

extension SafetensorsError: ClassifiedError {
    public var exitClass: ExitClass {
        switch self {
        case .unreadable, .unwritable: .environment
        case .malformed, .missingTensor, .wrongTensor: .checkFailed
        }
    }
}

extension ProbeError: ClassifiedError {
    public var exitClass: ExitClass {
        switch self {
        case .invalid: .badInput
        case .singular, .notConverged: .checkFailed
        }
    }
}

extension ClaimError: ClassifiedError {
    public var exitClass: ExitClass { .badInput }
}

extension CrateError: ClassifiedError {
    public var exitClass: ExitClass { .badInput }
}

extension ImageError: ClassifiedError {
    public var exitClass: ExitClass { .badInput }
}
