import Integrity

/// The files that a plan pins for a data set, to be held against what the step that provides them left.
///
/// A step's attestation says which files it left, not that these are the data set: other data, honestly attested, are found here alone.
struct PinnedDataset {
    private struct File {
        var name: String
        /// Nil where the artifact leaves it to the first fetch.
        var digest: SHA256Digest?
        /// Nil where the artifact gives a bound alone.
        var bytes: Int?
    }

    private let files: [File]
    /// A generator's files are listed for all of its settings; a step writes some of them.
    private let isGenerated: Bool

    /// Reads a dataset artifact's section; nil where it does not list files as such a section does.
    init?(_ section: JSONValue) {
        guard let elements = section["files"]?.arrayValue, !elements.isEmpty else { return nil }
        var files: [File] = []
        for element in elements {
            let digest = element["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
            guard let name = element["name"]?.stringValue, digest != nil || element["sha256"]?.isNull == true else { return nil }
            files.append(File(name: name, digest: digest, bytes: element["bytes"]?.integerValue))
        }
        self.files = files
        isGenerated = section["generator"]?.objectValue != nil
    }

    /// - Parameters:
    ///   - outputs: what the step left, relative to its output folder. What it prepared beside the listed files is nobody's to pin.
    ///   - absent: paths among them of files that are not there: their digests are known, their sizes are not.
    /// - Returns: what does not hold; paths are relative to the step's folder.
    func findings(outputs: [FileRecord], absent: Set<String>) -> [Finding] {
        let left = Dictionary(outputs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var findings: [Finding] = []
        for file in files {
            let path = StepContract.outputsFolder + "/" + file.name
            guard let output = left[file.name] else {
                if !isGenerated { findings.append(Finding(path: path, problem: "missing, though the plan's data set lists it")) }
                continue
            }
            if let digest = file.digest, output.digest != digest {
                findings.append(
                    Finding(path: path, problem: "is not the plan's data set: its SHA-256 is \(output.digest), the plan pins \(digest)"))
            } else if let bytes = file.bytes, output.bytes != bytes, !absent.contains(output.path) {
                findings.append(
                    Finding(path: path, problem: "is not the plan's data set: it has \(output.bytes) bytes, the plan pins \(bytes)"))
            }
        }
        if isGenerated, !files.contains(where: { left[$0.name] != nil }) {
            findings.append(Finding(path: StepContract.outputsFolder, problem: "holds none of the files that the plan's data set lists"))
        }
        return findings
    }
}
