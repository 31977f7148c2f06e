import Foundation
import Integrity
import Workflows

/// What of a run's folder goes into a submission: all of it, or all but the outputs beside the metrics.
struct RecordContents {
    let run: RunFolder
    /// Relative to the run's folder.
    let files: [String]
    let checkpoints: SubmissionDocument.Checkpoints
    /// Of the whole run's folder.
    let bytes: Int

    init(_ run: RunFolder, request: SubmissionBuilder.Request) throws {
        self.run = run
        let present = try RunFolder.files(below: run.path)
        let sizes = try Dictionary(uniqueKeysWithValues: present.map { ($0, try RecordContents.size(run.path + "/" + $0)) })
        bytes = sizes.values.reduce(0, +)
        let outputs = present.filter(CheckpointCheck.isCheckpoint)
        let outputBytes = outputs.reduce(0) { $0 + (sizes[$1] ?? 0) }
        if request.isRecordAlone {
            checkpoints = .init(
                areIncluded: false, files: try RecordContents.named(in: run), bytes: 0, reason: "the record was kept without them")
        } else if request.includesCheckpoints ?? (outputBytes <= SubmissionBuilder.largestOutputs) {
            checkpoints = .init(areIncluded: true, files: outputs.count, bytes: outputBytes, reason: nil)
        } else {
            let reason = request.includesCheckpoints == nil ? "they come to \(outputBytes) bytes" : "the submitter leaves them out"
            checkpoints = .init(areIncluded: false, files: outputs.count, bytes: 0, reason: reason)
        }
        files = checkpoints.areIncluded ? present : present.filter { !CheckpointCheck.isCheckpoint($0) }
    }

    /// The number of outputs beside the metrics that the manifest names, whether they are there or not.
    private static func named(in run: RunFolder) throws -> Int {
        let envelope = try Envelope.read(run.manifest)
        return try Statement(payload: envelope.payload).subject.count { CheckpointCheck.isCheckpoint($0.name) }
    }

    /// Copies the files, without private data where they may be redacted.
    ///
    /// - Returns: what was removed, in the order of paths.
    /// - Throws: ``SubmissionError/privateData(places:)`` where private data stand in evidence;
    ///   ``SubmissionError/failed(action:path:reason:)`` also where the folder is taken away meanwhile, as by an interruption.
    func copy(to folder: String, removing data: PrivateData) throws -> [Redaction] {
        let search = PrivateDataSearch(data: data)
        var redactions: [Redaction] = []
        var evidence: [String] = []
        try SubmissionBuilder.makeFolder(folder)
        for file in files {
            guard FileManager.default.fileExists(atPath: folder) else {
                throw SubmissionError.failed(action: "write into", path: folder, reason: "it was removed")
            }
            let source = run.path + "/" + file
            if Redaction.isAllowed(file) {
                let original = try BoundedFile.read(source, limit: 256 << 20)
                let redacted = data.redacted(original)
                let bytes = redacted?.bytes ?? original
                try SubmissionBuilder.write(bytes, to: folder + "/" + file)
                if let redacted {
                    redactions.append(
                        Redaction(
                            path: file, kinds: PrivateData.Kind.allCases.filter(redacted.kinds.contains),
                            original: SHA256Digest.of(original),
                            published: SHA256Digest.of(bytes)))
                }
            } else if let finding = try search.first(inFile: source, called: file) {
                evidence.append("\(finding.place): \(PrivateDataCheck.description(of: finding.kind))")
            } else {
                try RecordContents.copy(source, to: folder + "/" + file)
            }
        }
        guard evidence.isEmpty else { throw SubmissionError.privateData(places: evidence) }
        return redactions
    }

    private static func size(_ path: String) throws -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            throw SubmissionError.failed(action: "look at", path: path, reason: String(cString: strerror(errno)))
        }
        return Int(status.st_size)
    }

    private static func copy(_ source: String, to target: String) throws {
        try SubmissionBuilder.makeFolder((target as NSString).deletingLastPathComponent)
        do { try FileManager.default.copyItem(atPath: source, toPath: target) } catch {
            throw SubmissionError.failed(action: "copy to", path: target, reason: error.localizedDescription)
        }
    }
}
