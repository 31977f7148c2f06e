import CSystem
import Foundation
import Integrity

/// A PDF file, read once: its digest and its text are those of the same bytes.
///
/// The text comes from poppler's pdftotext, in a process of its own that gets the file under a name of ours, so many seconds, so much memory
/// and so much output: a hostile file costs no more than that.
public struct PDFText: Sendable {
    /// What reading one file may take.
    public struct Limits: Hashable, Sendable {
        public var fileBytes = 64 << 20
        public var textBytes = 8 << 20
        public var memoryBytes = 1 << 30
        public var seconds = 60.0
        public var pages = 1000

        public init() {}
    }

    /// How pdftotext orders what it finds.
    public enum Order: Hashable, Sendable {
        /// As it stands on the page, in columns of characters.
        case layout
        /// As it is read: one column of the page after the other.
        case reading
    }

    /// As messages name it.
    public let path: String
    public let digest: SHA256Digest
    private let bytes: [UInt8]
    private let limits: Limits

    /// - Parameter path: a regular file that begins as PDF files do.
    public init(_ path: String, limits: Limits = Limits()) throws {
        self.path = path
        self.limits = limits
        bytes = try BoundedFile.read(path, limit: limits.fileBytes)
        // Readers accept the header anywhere in the first kilobyte.
        guard PDFText.hasHeader(bytes) else { throw PDFTextError.noPDF(path) }
        digest = SHA256Digest.of(bytes)
    }

    private static func hasHeader(_ bytes: [UInt8]) -> Bool {
        let (beginning, header) = (bytes.prefix(1024), Array("%PDF-".utf8))
        return beginning.indices.contains { beginning[$0...].starts(with: header) }
    }

    /// - Parameter searchPath: folders to look for pdftotext in, separated by colons.
    public func pages(_ order: Order, searchPath: String) throws -> PaperPages {
        guard let program = PDFText.program(searchPath) else { throw PDFTextError.noProgram }
        let folder = NSTemporaryDirectory() + "reprise-pdf-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try AtomicFile.write(bytes, to: folder + "/paper.pdf", mode: 0o600)
        let arguments =
            (order == .layout ? ["-layout"] : []) + ["-enc", "UTF-8", "-eol", "unix", "-l", "\(limits.pages)", "paper.pdf", "-"]
        let pages = PaperPages(text: try output(of: program, arguments, in: folder))
        guard pages.hasWords else { throw PDFTextError.noText(path) }
        return pages
    }

    static func program(_ searchPath: String) -> String? {
        searchPath.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/pdftotext" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func output(of program: String, _ arguments: [String], in folder: String) throws -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw PDFTextError.notStarted(program, reason: String(cString: strerror(errno))) }
        let reading = ends[0]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Closed before it is waited for: whatever the program left behind then ends at its next word.
        var isOpen = true
        func closeReading() {
            if isOpen { close(reading) }
            isOpen = false
        }
        defer { closeReading() }
        // The seconds of computing end it even where nobody is left to do so.
        let process = PDFText.start(
            program, arguments, in: folder, output: ends[1], memory: limits.memoryBytes, seconds: Int(limits.seconds.rounded(.up)) + 1)
        let failure = errno
        close(ends[1])
        guard process > 0 else { throw PDFTextError.notStarted(program, reason: String(cString: strerror(failure))) }
        var status: Int32?
        defer {
            closeReading()
            if status == nil {
                kill(-process, SIGKILL)
                kill(process, SIGKILL)
                var ignored: Int32 = 0
                while waitpid(process, &ignored, 0) < 0, errno == EINTR {}
            }
        }

        let deadline = Date() + limits.seconds
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            guard Date() < deadline else { throw PDFTextError.tooSlow(path, seconds: limits.seconds) }
            var waiting = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { continue }
            let count = read(reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            guard bytes.count + count <= limits.textBytes else { throw PDFTextError.tooMuchText(path, limit: limits.textBytes) }
            bytes += buffer[..<count]
        }
        // It may have closed its output and go on.
        while status == nil {
            guard Date() < deadline else { throw PDFTextError.tooSlow(path, seconds: limits.seconds) }
            var found: Int32 = 0
            if waitpid(process, &found, WNOHANG) == process { status = found } else { usleep(2000) }
        }
        switch status {
        case 0: return bytes
        case 127 << 8: throw PDFTextError.notStarted(program, reason: "it cannot be executed")
        case let status?:
            let signal = status & 0x7F
            throw PDFTextError.refused(path, how: signal == 0 ? "exit status \(status >> 8 & 0xFF)" : "signal \(signal)")
        case nil: return []
        }
    }

    private static func start(
        _ program: String, _ arguments: [String], in folder: String, output: Int32, memory: Int, seconds: Int
    ) -> pid_t {
        func pointers(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
        var argumentPointers = pointers([program] + arguments)
        var environmentPointers = pointers(["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"])
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        return system_start_confined(
            program, &argumentPointers, &environmentPointers, folder, output, UInt64(memory), UInt64(seconds))
    }
}
