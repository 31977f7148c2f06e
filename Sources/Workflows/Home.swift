import Foundation

/// Where Reprise keeps its state: `store/` (content-addressed objects), `runs/`, `keys/` and `locks/`.
public struct Home: Hashable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// `REPRISE_HOME` (relative to the current folder), else `.reprise` in the given folder.
    public static func locate(environment: [String: String], folder: String) -> Home {
        if let path = environment["REPRISE_HOME"], !path.isEmpty {
            return Home(path: path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path)
        }
        return Home(path: folder + "/.reprise")
    }

    public var store: String { path + "/store" }
    public var runs: String { path + "/runs" }
    public var keys: String { path + "/keys" }
    public var locks: String { path + "/locks" }
}
