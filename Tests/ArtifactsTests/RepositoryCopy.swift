import Artifacts
import Foundation
import Integrity

/// A copy of this project's own repository of artifacts, for a test to spoil in one place. Workflows that no test spoils are left behind.
struct RepositoryCopy {
    private let folder = TemporaryFolder()
    var path: String { "\(folder.path)/repository" }

    static var root: String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for name in ["meta.json", "cmr.yaml", "artifacts", "workflows"] {
            try FileManager.default.copyItem(atPath: "\(RepositoryCopy.root)/\(name)", toPath: "\(path)/\(name)")
        }
        for workflow in try FileManager.default.contentsOfDirectory(atPath: "\(path)/workflows")
        where !["quickstart", "tvae-figures", "tvae-mnist"].contains(workflow) {
            for folder in ["workflows/\(workflow)", "artifacts/script/reproduce-\(workflow)"] { try remove(folder) }
        }
    }

    func edit(_ file: String, _ change: (inout JSONValue) -> Void) throws {
        var json = try JSONValue.parse(try BoundedFile.read("\(path)/\(file)", limit: 1 << 22))
        change(&json)
        try Data(json.prettyText().utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
    }

    func write(_ text: String, to file: String) throws {
        try remove(file)
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
    }

    func remove(_ file: String) throws {
        guard unlink("\(path)/\(file)") != 0 else { return }
        if FileManager.default.fileExists(atPath: "\(path)/\(file)") { try FileManager.default.removeItem(atPath: "\(path)/\(file)") }
    }

    func link(_ file: String, to target: String) throws {
        try remove(file)
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(file)", withDestinationPath: target)
    }

    func setMode(_ file: String, _ mode: mode_t) { chmod("\(path)/\(file)", mode) }

    var findings: [RepositoryFinding] { RepositoryCheck(root: path).findings }
}
