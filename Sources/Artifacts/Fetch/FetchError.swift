/// What can go wrong while fetching a file.
public enum FetchError: ClassifiedError, Hashable {
    /// No mirror gave the file; each with its reason, in the order tried.
    case exhausted(name: String, size: FileSize, mirrorPath: String, failures: [MirrorFailure])
    /// The store could not take the file.
    case store(StoreError)
    /// A ``RemoteFile`` that makes no sense.
    case invalid(name: String, reason: String)
    /// A mirror that makes no sense.
    case invalidMirror(String, reason: String)

    public var exitClass: ExitClass {
        switch self {
        case .exhausted: .environment
        case .store(let error): error.exitClass
        case .invalid, .invalidMirror: .badInput
        }
    }

    public var description: String {
        switch self {
        case .exhausted(let name, let size, let mirrorPath, let failures):
            let shown = failures.prefix(6).map { "  \($0)" } + (failures.count > 6 ? ["  and \(failures.count - 6) more"] : [])
            let head =
                failures.isEmpty ? "\(name) (\(size)): no mirror is known" : "cannot fetch \(name) (\(size)) from any mirror:"
            return ([head] + shown + ["give a folder or URL that has \(mirrorPath): --mirror DIR, or REPRISE_MIRRORS"]).joined(
                separator: "\n")
        case .store(let error): return error.description
        case .invalid(let name, let reason): return "file \(name): \(reason)"
        case .invalidMirror(let text, let reason): return "mirror \"\(text)\": \(reason)"
        }
    }
}
