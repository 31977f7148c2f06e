import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// A finished run's results as `NAME=VALUE` lines, the form in which MLCommons' tools take values back from a script.
///
/// Those tools put the values between double quotes into the shell scripts that they run next, so a value holds nothing that would end the
/// quotes or run within them; nor an equals sign, at which CM would cut it off.
struct RunResultValues {
    private let values: [(name: String, text: String)]

    init(_ folder: RunFolder, _ comparison: RunComparison) throws {
        values = [
            ("REPRISE_VERDICT", comparison.summary.line),
            ("REPRISE_PASSED", comparison.summary.isPassed ? "yes" : "no"),
            ("REPRISE_RUN_ID", folder.id),
            ("REPRISE_RUN_PATH", folder.path),
            ("REPRISE_REPORT", folder.report),
            ("REPRISE_MANIFEST_SHA256", try SHA256Digest.ofFile(at: folder.manifest).digest.hex),
        ]
    }

    /// Refuses, before anything is computed, what could not be written at the end; and removes the file of an earlier run, so that a run
    /// that fails leaves no results.
    ///
    /// - Parameter home: the state folder, which the values name.
    static func prepare(_ path: String, home: String) throws {
        guard home.unicodeScalars.allSatisfy(isHarmless) else {
            throw UsageError(
                "--env cannot name a run in \(home): a shell would read more than a name in it; set REPRISE_HOME to a folder of plain name")
        }
        var status = stat()
        if lstat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { throw UsageError("--env \(path): not a regular file; name another") }
            guard unlink(path) == 0 else { throw FileError.writing(path, errno: errno) }
        }
        // Written once to see that it can be, and removed again.
        try AtomicFile.write([], to: path)
        unlink(path)
    }

    /// Writes the whole file or nothing.
    func write(to path: String) throws {
        let text = values.map { name, text in "\(name)=\(String(text.unicodeScalars.map { Self.isHarmless($0) ? Character($0) : " " }))\n" }
        try AtomicFile.write(Array(text.joined().utf8), to: path)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value != 0x7F && !"\"$`\\=".unicodeScalars.contains(scalar)
    }
}
