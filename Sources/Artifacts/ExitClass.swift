/// What an error means to whoever called the command: which exit status the command line ends with.
public enum ExitClass: Int32, Hashable, Sendable {
    /// What was checked is wrong: a digest, a signature, a claim.
    case checkFailed = 1
    /// What was given is wrong: a malformed file, an unknown name, a conflict.
    case badInput = 2
    /// The surroundings do not allow it: no space, no permission, no network.
    case environment = 3
}

/// An error that knows its ``ExitClass`` and describes itself in a line or a few: what, where, what to do.
public protocol ClassifiedError: Error, CustomStringConvertible {
    var exitClass: ExitClass { get }
}
