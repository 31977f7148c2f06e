import Foundation

/// A folder laid out as a mirror, with the real MNIST files; tests that need it are skipped where it is absent.
enum TestMirror {
    static var folder: String {
        ProcessInfo.processInfo.environment["REPRISE_MIRROR"] ?? Program.root + "/../shared/datasets"
    }

    static var isAvailable: Bool {
        FileManager.default.fileExists(atPath: folder + "/mnist/train-images-idx3-ubyte.gz")
    }
}
