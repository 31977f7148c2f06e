import Integrity

extension FileError: ClassifiedError {
    public var exitClass: ExitClass {
        switch self {
        case .missing, .notRegular, .tooLarge, .exists: .badInput
        case .unreadable, .noSpace, .notWritable, .writeFailed: .environment
        }
    }
}

extension IntegrityError: ClassifiedError {
    public var exitClass: ExitClass { .environment }
}

extension KeyError: ClassifiedError {
    public var exitClass: ExitClass {
        switch self {
        case .malformed, .unsupported, .invalidName, .exists, .unknown: .badInput
        case .exposed, .cryptography: .environment
        case .file(let error): error.exitClass
        }
    }
}

extension EnvelopeError: ClassifiedError {
    public var exitClass: ExitClass { .checkFailed }
}

extension StatementError: ClassifiedError {
    public var exitClass: ExitClass { .checkFailed }
}

extension JSONError: ClassifiedError {
    public var exitClass: ExitClass { .badInput }
}
