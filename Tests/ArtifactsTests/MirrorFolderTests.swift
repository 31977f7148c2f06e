import Artifacts
import Foundation
import Integrity
import Testing

/// Real files from a folder that is laid out as a mirror; `REPRISE_MIRROR` says where it is.
private let mirrorFolder: String = {
    if let path = ProcessInfo.processInfo.environment["REPRISE_MIRROR"] { return path }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appendingPathComponent("shared/datasets").path
}()

@Suite(.enabled(if: FileManager.default.fileExists(atPath: "\(mirrorFolder)/mnist"), "no mirror folder with MNIST: set REPRISE_MIRROR"))
struct MirrorFolderTests {
    @Test(arguments: [
        ("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        ("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        ("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        ("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ]) func `MNIST's files are fetched from a mirror folder`(_ name: String, bytes: Int, sha256: String) throws {
        let folder = TemporaryFolder()
        let store = try Store(root: "\(folder.path)/store")
        let file = try RemoteFile(
            name: name, size: .exactly(bytes), sha256: SHA256Digest(hex: sha256), urls: [], mirrorPath: "mnist/\(name)")
        let fetched = try Fetcher(store: store, mirrors: [Mirror(mirrorFolder)]).fetch(file)
        #expect(fetched.object.digest.hex == sha256 && fetched.object.size == bytes)
    }
}
