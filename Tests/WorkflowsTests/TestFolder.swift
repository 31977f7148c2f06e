import Foundation

/// Where the tests of this process write; removed when it ends.
enum TestFolder {
    private static let root: String = {
        atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "reprise-workflows-\(getpid())") }
        return NSTemporaryDirectory() + "reprise-workflows-\(getpid())"
    }()

    /// - Returns: the path of a folder that is not there yet.
    static func path(_ name: String) -> String { "\(root)/\(name)-\(UUID().uuidString)" }
}
