import Foundation
import Integrity
import Submissions
import Testing
import Workflows

@Suite("A damaged submission")
struct DamageTests {
    @Test("one flipped bit in any file is found, and the file is named")
    func flippedBit() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let folder = try project.copy(staged.folder)
        for file in try RunFolder.files(below: folder) {
            let path = URL(fileURLWithPath: folder + "/" + file)
            let original = try Data(contentsOf: path)
            guard !original.isEmpty else { continue }
            var damaged = original
            damaged[file.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) & 0xff_ffff } % original.count] ^= 0x04
            try damaged.write(to: path)
            let errors = try project.check(folder).errors
            #expect(errors.contains { $0.place.hasPrefix(file) || file.hasPrefix("keys/") }, "\(file): \(errors)")
            try original.write(to: path)
        }
        #expect(try project.check(folder).findings.isEmpty)
    }

    @Test("any missing file is found")
    func missing() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let folder = try project.copy(staged.folder)
        for file in try RunFolder.files(below: folder) where file != SubmissionLayout.document {
            let path = URL(fileURLWithPath: folder + "/" + file)
            let original = try Data(contentsOf: path)
            try FileManager.default.removeItem(at: path)
            let errors = try project.check(folder).errors
            #expect(errors.contains { $0.code == .missingFile && $0.place == file }, "\(file): \(errors)")
            try original.write(to: path)
        }
        try FileManager.default.removeItem(atPath: folder + "/" + SubmissionLayout.document)
        #expect(throws: SubmissionError.self) { try project.check(folder) }
    }

    @Test("a link in it is refused, not followed")
    func link() throws {
        let (project, _, staged) = try TinyProject.honest.get()
        let folder = try project.copy(staged.folder)
        try FileManager.default.createSymbolicLink(atPath: folder + "/record/notes", withDestinationPath: "/etc/passwd")
        #expect(try project.check(folder).errors.map(\.code) == [.layout])
    }

    @Test("private data are found where a file is read in pieces, at the seam too")
    func seam() throws {
        let (project, _, _) = try TinyProject.honest.get()
        let path = project.folder + "/seam"
        for offset in [-9, -3, 0, 5] {
            var bytes = [UInt8](repeating: 0, count: 8 << 20 + offset)
            bytes += "/home/marlene/x".utf8
            bytes += [UInt8](repeating: 0, count: 100)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let found = try PrivateDataSearch(data: .general).first(inFile: path, called: "seam")
            #expect(found?.kind == .home && found?.place == "seam: byte \(8 << 20 + offset)", "\(offset): \(String(describing: found))")
        }
        try Data([UInt8](repeating: 0, count: 9 << 20)).write(to: URL(fileURLWithPath: path))
        #expect(try PrivateDataSearch(data: .general).first(inFile: path, called: "seam") == nil)
    }

    @Test("private data in what an envelope signs are found, though it is Base64")
    func envelope() throws {
        let (project, _, _) = try TinyProject.honest.get()
        let path = project.folder + "/signed.dsse.json"
        let envelope = try Envelope.signing(payload: Array("at /home/marlene/x".utf8), payloadType: "text/plain", with: project.key)
        try AtomicFile.write(envelope.bytes, to: path)
        let found = try PrivateDataSearch(data: .general).first(inFile: path, called: "signed.dsse.json")
        #expect(found?.place == "signed.dsse.json: byte 3 of what it signs")
    }
}
