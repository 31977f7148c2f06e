import Foundation
import Integrity
import Workflows

/// An unpacked submission's files.
struct SubmissionFolder {
    let path: String
    /// Relative to the folder, in byte order.
    let files: [String]

    /// Refuses links, devices and names that are not UTF-8.
    init(_ path: String) throws(WorkflowError) {
        self.path = path
        files = try RunFolder.files(below: path)
    }

    /// Whether there is a regular file: a folder of that name is none.
    func holds(_ file: String) -> Bool {
        var status = stat()
        return lstat(path + "/" + file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// In bytes; 0 where there is no such file.
    func size(_ file: String) -> Int {
        var status = stat()
        return lstat(path + "/" + file, &status) == 0 ? Int(status.st_size) : 0
    }

    func bytes(_ file: String, limit: Int = 64 << 20) throws(FileError) -> [UInt8] { try BoundedFile.read(path + "/" + file, limit: limit) }

    /// Any error is one of the file's form, in words.
    func json(_ file: String) throws -> JSONValue { try JSONValue.parse(try bytes(file, limit: 16 << 20)) }

    func key(_ file: String) throws -> PublicKey {
        let text = String(decoding: try bytes(file, limit: 1 << 16), as: UTF8.self)
        let key = try PublicKey(pem: text, source: file)
        guard Array(text.utf8) == Array(key.pem.utf8) else {
            throw StatementError(field: file, reason: "the key is not written as PEM writers write it: another text could stand beside it")
        }
        return key
    }

    func envelope(_ file: String) throws -> Envelope { try Envelope.parse(try bytes(file)) }

    /// Where the submission's folder lies in what an archive held, or in what somebody named: there, or in the one folder that is there.
    static func locate(in path: String) -> String? {
        func isSubmission(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/" + SubmissionLayout.document) }
        if isSubmission(path) { return path }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard names.count == 1, isSubmission(path + "/" + names[0]) else { return nil }
        return path + "/" + names[0]
    }
}
