import Foundation

/// Where the files that tests compare with are kept. They are not part of the repository, so each suite that needs them says why it is skipped.
enum Fixtures {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func folder(_ variable: String, default relative: String) -> String {
        ProcessInfo.processInfo.environment[variable] ?? root.appendingPathComponent(relative).standardizedFileURL.path
    }

    static let reference = folder("REPRISE_REFERENCE", default: "../shared/reference")
    static let mirror = folder("REPRISE_MIRROR", default: "../shared/datasets")

    static let transforms = reference + "/topographic-vae/transforms.npz"
    static let truncatedSVHN = mirror + "/fixtures/svhn-train-truncated.mat"
    static let calibrationFrames = mirror + "/fixtures/dsprites-frames.npy"
    static func mnist(_ file: String) -> String { mirror + "/mnist/" + file }

    static func exists(_ path: String) -> Bool { FileManager.default.isReadableFile(atPath: path) }

    /// A reference folder that is there must hold the file, and one that was asked for must be there.
    static var hasTransforms: Bool {
        (ProcessInfo.processInfo.environment["REPRISE_REFERENCE"] != nil || exists(reference)) && hasMNIST
    }
    static var hasMNIST: Bool { exists(mnist("train-images-idx3-ubyte.gz")) }
    static var hasCalibrationFrames: Bool { exists(calibrationFrames) }
}

/// Runs `body` with the path of a fresh folder that is removed afterwards.
@discardableResult
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
}

/// Writes `bytes` to a temporary file and runs `body` with its path.
@discardableResult
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let path = folder + "/file"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try body(path)
    }
}
