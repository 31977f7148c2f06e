import Artifacts
import Foundation
import Integrity
import Workflows

/// Brings a dataset's files into the store, checked while they stream, hands out copies, and prepares them where the artifact says so.
enum FetchDatasetStep {
    static func run(_ context: StepContext) throws {
        let environment = ProcessInfo.processInfo.environment
        let files = try DatasetFiles(context)
        let home = Home.locate(environment: environment, folder: FileManager.default.currentDirectoryPath)
        let store = try Store(root: home.store)
        var policy = FetchPolicy()
        policy.userAgent = "reprise/\(Reprise.version)"
        let fetcher = Fetcher(store: store, mirrors: try Mirror.parseList(environment["REPRISE_MIRRORS"] ?? ""), policy: policy)

        let preparation = try DatasetPreparation(context)
        let total = files.remote.reduce(0) { min($0 + min($1.size.limit, 1 << 53), 1 << 60) }
        var before = 0
        var fetchedFiles: [(file: RemoteFile, fetched: FetchedFile)] = []
        for file in files.remote {
            let fetched = try fetcher.fetch(file, pinning: preparation == nil) { progress in
                // The bound of a file of unknown size gives way to what its source announces.
                let total = total - file.size.limit + progress.total
                context.report(before + progress.received, of: total, unit: "bytes", text: "\(file.name) from \(progress.source)")
            }
            fetchedFiles.append((file, fetched))
            // These lines become part of the signed record.
            for failure in fetched.failures { Terminal.line("mirror refused: \(failure.publicDescription)") }
            Terminal.line("\(file.name): \(fetched.object.size) bytes, sha256 \(fetched.object.digest), from \(fetched.publicSource)")
            try store.copy(fetched.object.digest, to: context.outputs + "/" + file.name)
            before += file.size.limit
            context.report(before, of: total, unit: "bytes", text: file.name)
        }
        guard let preparation else { return }
        try preparation.run(context, files: files)
        // Only now is a file that nobody could pin beforehand known to be what it should be.
        for (file, fetched) in fetchedFiles { try fetcher.pin(fetched, of: file) }
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
            let digest = file["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
            let size = file["bytes"]?.integerValue.map { FileSize.exactly($0) } ?? file["maximum_bytes"]?.integerValue.map { .atMost($0) }
            guard let name = file["name"]?.stringValue, FileRecord.isSafe(name), !name.contains("/"), let size,
                digest != nil || file["sha256"]?.isNull == true
            else {
                throw StepError.usage(
                    "\(context.invocation.artifact.name): dataset.files[\(index)] should have name, bytes (or maximum_bytes) and sha256 (or null)"
                )
            }
            remote.append(
                try RemoteFile(
                    name: name, size: size, sha256: digest, urls: file["urls"]?.arrayValue?.compactMap(\.stringValue) ?? [],
                    mirrorPath: file["mirror_path"]?.stringValue ?? name))
        }
        self.remote = remote
    }

    /// What the artifact says of a file; nil where it lists none of that name.
    func named(_ name: String) -> RemoteFile? { remote.first { $0.name == name } }
}
