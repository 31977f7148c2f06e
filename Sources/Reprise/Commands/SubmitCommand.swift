import ArgumentParser
import Foundation
import Integrity
import Reporting
import Submissions
import Workflows

struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Make a signed submission of a run: one file that strangers can check.",
        discussion: """
            Verifies the run, lays it out as benchmarks have it (systems, results, benchmarks, and the whole record), removes private data (home \
            folders, names of user and host, paths of this machine) from the steps' logs, checks the result as reprise check does, and signs it. The same \
            run gives the same bytes but for the signature. Private data in signed evidence is a reason to refuse: nothing there may be changed.

            The outputs (weights, kept states, data) are all included where they come to at most 1 GiB, and all left out otherwise, or with \
            --checkpoints. What the record cannot know of the system stands in a JSON file, --system: host_processors_per_node, \
            host_processor_core_count, host_storage_type, host_storage_capacity, host_networking and others, and its system_name.

            Examples:
              reprise submit latest --submitter "Some Lab" -o some-lab.tar.zst
              reprise submit latest --submitter "Some Lab" --division closed --system machine.json -o some-lab.tar.zst
              reprise submit results/tvae-table1-short --record --key results/reprise.pub.pem --submitter "Some Lab" -o some-lab.tar.zst

            Exit status: 0 made, 1 the run does not hold, or its submission would not pass.
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(help: "Who submits it.") var submitter: String
    @Option(name: [.customShort("o"), .customLong("output")], help: "The archive to write, a .tar.zst that is not there yet.") var file:
        String
    @Option(help: "closed (the paper's protocol to the letter) or open (anything, declared).") var division = BenchmarkLog.Division.open
        .rawValue
    @Option(help: "include or omit the outputs beside the metrics: all or none.") var checkpoints: String?
    @Option(name: .customLong("system"), help: "What the record does not know of the system, a JSON file.") var systemFile: String?
    @Option(name: .customLong("key"), help: "Accept only this public key as the record's (a PEM file).") var keyFile: String?
    @Option(name: .customLong("sign-with"), help: "Name of the key that signs the submission.") var signer = "default"
    @Flag(help: "The record's outputs are not here, as in one that was published without them.") var record = false
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        guard !FileManager.default.fileExists(atPath: file) else { throw SubmissionError.exists(path: file) }
        try OutputPlace.refuse(file, within: folder, option: "--output")
        let request = SubmissionBuilder.Request(
            submitter: submitter, division: try chosenDivision(), includesCheckpoints: try includesCheckpoints(), system: try system(),
            systemSource: systemFile ?? "--system", isRecordAlone: record)
        let builder = SubmissionBuilder(
            folder, trusted: try project.trustedKeys(only: keyFile), catalogue: try project.catalogueIfPresent(),
            privateData: { SubmitterData.privateData(for: $0, project: project) })
        let key = try project.keyRing().signingKey(name: signer)
        let cleanup = InterruptionCleanup()
        let (staging, staged) = try cleanup.perform {
            let staging = try StagingFolder(beside: file)
            cleanup.watch(staging)
            do {
                let staged = try builder.stage(request, key: key, in: staging.path)
                try ArchiveWriter.write(
                    staged.files.map { ArchiveEntry(path: $0.path, source: .file(staging.path + "/" + $0.path, bytes: $0.bytes)) },
                    to: staging.path + "/" + SubmitCommand.archive)
                return (staging, staged)
            } catch {
                staging.remove()
                throw error
            }
        }
        defer { staging.remove() }
        try staging.publish(SubmitCommand.archive, as: file)
        staging.remove()
        cleanup.end()
        try show(staged, archive: try SHA256Digest.ofFile(at: file))
    }

    /// Written in the staging folder, and not beside its final place: an interruption removes the folder.
    private static let archive = ".archive.tar.zst"

    private func chosenDivision() throws -> BenchmarkLog.Division {
        guard let chosen = BenchmarkLog.Division(rawValue: division) else {
            throw UsageError("--division takes closed or open, not '\(division)'")
        }
        return chosen
    }

    private func includesCheckpoints() throws -> Bool? {
        switch checkpoints {
        case nil: return nil
        case "include":
            if record { throw UsageError("--checkpoints include needs a run's whole folder; --record says that its outputs are not there") }
            return true
        case "omit": return false
        case let other?: throw UsageError("--checkpoints takes include or omit, not '\(other)'")
        }
    }

    private func system() throws -> [String: JSONValue] {
        guard let systemFile else { return [:] }
        let json = try JSONValue.parse(try BoundedFile.read(systemFile, limit: 1 << 20))
        guard let fields = json.objectValue else { throw SubmissionError.system(file: systemFile, field: "", expected: "a JSON object") }
        return fields
    }

    private func show(_ staged: SubmissionBuilder.Staged, archive: (digest: SHA256Digest, size: Int)) throws {
        let document = staged.document
        if output.json {
            var json = staged.checked.json
            json["archive"] = ["path": .string(file), "sha256": .string(archive.digest.hex), "bytes": .number(Double(archive.size))]
            json["run_bytes"] = .number(Double(staged.runBytes))
            json["files"] = .number(Double(staged.files.count))
            json["submission"] = document.json
            Terminal.write(json.prettyText())
            return
        }
        func size(_ bytes: Int) -> String { ProgressDisplay.quantity(Double(bytes), of: nil, unit: "bytes") }
        Terminal.line("✓ \(file): \(staged.files.count) files, \(size(staged.runBytes)) of the run → \(size(archive.size))")
        Terminal.line("  \(document.run), division \(document.division.rawValue), system \(document.system), sha256 \(archive.digest)")
        Terminal.line(
            document.checkpoints.areIncluded
                ? "  outputs are included (\(document.checkpoints.files) files beside the metrics): it can be audited"
                : "  outputs are not included: \(document.checkpoints.reason ?? "")")
        for redaction in document.redactions {
            Terminal.line("  removed from \(redaction.path): \(redaction.kinds.map(\.rawValue).joined(separator: ", "))")
        }
        if !document.deviations.isEmpty { Terminal.line("  \(document.deviations.count) departures from the paper are declared") }
        for note in staged.checked.notes where note.code != .outputsAbsent && note.code != .redacted { Terminal.line("  note: \(note)") }
        Terminal.line("check: reprise check \(file)")
    }
}
