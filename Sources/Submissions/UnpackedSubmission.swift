import Artifacts
import Foundation
import Integrity
import Workflows

/// A submission as a reader has it: an archive, unpacked for the while, or a folder; or the folder of a bare record.
public struct UnpackedSubmission: Sendable {
    /// Where its files lie.
    public let folder: String
    /// Nil where it was a folder.
    public let archive: CheckedSubmission.Archive?
    /// Why the archive was refused; then there are no files.
    public let refusal: SubmissionFinding?
    private let staging: StagingFolder?

    /// Opens what a path leads to. An archive is refused as a finding of the submission, not as an error, where it is the archive that is wrong.
    ///
    /// - Parameter willUnpack: is told of the folder of copies before anything is in it.
    public init(_ path: String, willUnpack: (StagingFolder) -> Void = { _ in }) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SubmissionError.noSubmission(path: path) }
        if status.st_mode & S_IFMT == S_IFDIR {
            (folder, archive, refusal, staging) = (path, nil, nil, nil)
            return
        }
        // A pipe would be waited for, a device read without end.
        guard status.st_mode & S_IFMT == S_IFREG else { throw SubmissionError.noSubmission(path: path) }
        let (digest, bytes) = try SHA256Digest.ofFile(at: path)
        archive = CheckedSubmission.Archive(digest: digest, bytes: bytes)
        let staging = try StagingFolder()
        willUnpack(staging)
        self.staging = staging
        folder = staging.path + "/unpacked"
        do throws(ArchiveError) {
            try ArchiveReader.unpack(path, into: folder, isDurable: false, problem: UnpackedSubmission.problem(with:))
            refusal = nil
        } catch {
            guard error.exitClass == .checkFailed else {
                staging.remove()
                throw error
            }
            let place = error.entry ?? (path as NSString).lastPathComponent
            refusal =
                error.kind == .contents
                ? SubmissionFinding(.layout, at: "(the archive)", error.problem)
                : SubmissionFinding(.archive, at: place, "\(error.problem) [\(error.code)]")
        }
    }

    /// What an archive lacks that every submission has. Whatever else it holds is not unpacked then.
    private static func problem(with listing: [ArchiveListing]) -> String? {
        let folders = Set(listing.map { $0.path.prefix { $0 != "/" } })
        let document = folders.first.map { "\($0)/\(SubmissionLayout.document)" }
        let isWhole = folders.count == 1 && listing.contains { $0.path == document }
        return isWhole ? nil : "holds no single folder with a \(SubmissionLayout.document)"
    }

    /// Whether its files are copies that may be added to.
    public var isTemporary: Bool { staging != nil }

    /// Checks it, whichever of the three it is.
    public func checked(by checker: SubmissionChecker) throws -> CheckedSubmission {
        var checked: CheckedSubmission
        if let refusal {
            checked = CheckedSubmission(folder: folder)
            checked.note(refusal.code, at: refusal.place, refusal.problem)
        } else if let located = SubmissionFolder.locate(in: folder), staging == nil || located != folder {
            checked = try checker.check(folder: folder)
        } else if let run = RunFolder(existing: folder), FileManager.default.fileExists(atPath: run.record), staging == nil {
            checked = try checker.check(record: run)
        } else if staging != nil {
            checked = CheckedSubmission(folder: folder)
            checked.note(.layout, at: "(the archive)", "holds no single folder with a \(SubmissionLayout.document)")
        } else {
            throw SubmissionError.noSubmission(path: folder)
        }
        checked.archive = archive
        return checked
    }

    /// Removes what was unpacked.
    public func remove() { staging?.remove() }
}
