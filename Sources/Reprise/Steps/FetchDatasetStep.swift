import Artifacts
import Foundation
import Integrity
import Workflows

/// Brings a dataset's files into the store, checked while they stream, and hands out copies.
enum FetchDatasetStep {
    static func run(_ context: StepContext) throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try DatasetFiles(context)
        let home = Home.locate(environment: environment, folder: FileManager.default.currentDirectoryPath)
        let store = try Store(root: home.store)
        var policy = FetchPolicy()
        policy.userAgent = "reprise/\(Reprise.version)"
        let fetcher = Fetcher(store: store, mirrors: try Mirror.parseList(environment["REPRISE_MIRRORS"] ?? ""), policy: policy)

        let total = files.remote.reduce(0) { $0 + $1.bytes }
        var before = 0
        for file in files.remote {
            let fetched = try fetcher.fetch(file) { progress in
                context.report(before + progress.received, of: total, unit: "bytes", text: "\(file.name) from \(progress.source)")
            }
            for failure in fetched.failures { Terminal.line("mirror refused: \(failure)") }
            Terminal.line(
                "\(file.name): \(fetched.object.size) bytes, sha256 \(fetched.object.digest), from \(fetched.source ?? "the store")")
            try store.copy(fetched.object.digest, to: context.outputs + "/" + file.name)
            before += file.bytes
            context.report(before, of: total, unit: "bytes", text: file.name)
        }
    }
}

/// A dataset artifact's list of files, as the plan recorded it.
struct DatasetFiles {
    let remote: [RemoteFile]

    init(_ context: StepContext) throws {
        var remote: [RemoteFile] = []
        guard let files = context.invocation.dataset?["files"]?.arrayValue else {
            throw StepError.usage("step \(context.invocation.step): \(context.invocation.artifact.name) lists no files")
        }
        for (index, file) in files.enumerated() {
            guard let name = file["name"]?.stringValue, FileRecord.isSafe(name), !name.contains("/"),
                let bytes = file["bytes"]?.integerValue, let digest = file["sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else {
                throw StepError.usage(
                    "\(context.invocation.artifact.name): dataset.files[\(index)] should have name, bytes and sha256")
            }
            remote.append(
                try RemoteFile(
                    name: name, bytes: bytes, sha256: digest, urls: file["urls"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    mirrorPath: file["mirror_path"]?.stringValue ?? name))
        }
        self.remote = remote
    }

    /// The pinned digest and size of a file.
    func pinned(_ name: String) -> (digest: SHA256Digest?, bytes: Int)? {
        remote.first { $0.name == name }.map { ($0.sha256, $0.bytes) }
    }
}
