import Artifacts
import Foundation
import Integrity

/// Looks for private data in files of any size, in bounded memory.
package struct PrivateDataSearch {
    package let data: PrivateData

    package init(data: PrivateData) { self.data = data }

    /// What was found first in a file: where, and what kind of thing; never the thing itself.
    package struct Finding: Hashable {
        package var kind: PrivateData.Kind
        package var place: String
    }

    private static let chunk = 1 << 20
    /// Longer than anything that is looked for.
    private static let overlap = 8 << 10
    /// Within so many bytes of a window's edge a match may be half of something: it is judged by the window that holds its surroundings.
    private static let margin = 1 << 10

    /// - Parameter path: what the finding's place calls the file. Its own name is looked at too.
    package func first(inFile file: String, called path: String) throws -> Finding? {
        if let match = data.matches(in: Array(("/" + path).utf8), isText: true).first {
            return Finding(kind: match.kind, place: "\(path): its name")
        }
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError.unreadable(path: file, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.unreadable(path: file, reason: String(cString: strerror(errno))) }
        // Most files are small, and a buffer for each of thousands is not free.
        var buffer = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 1 << 10), PrivateDataSearch.chunk))
        var window: [UInt8] = []
        var offset = 0
        var isText: Bool?
        var ends = false
        while !ends {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError.unreadable(path: file, reason: String(cString: strerror(errno))) }
            ends = count == 0
            window += buffer[..<count]
            // A small file comes whole, and is looked at once.
            guard ends || window.count >= PrivateDataSearch.chunk else { continue }
            let text = isText ?? PrivateData.isText(window)
            isText = text
            let least = offset == 0 ? 0 : PrivateDataSearch.margin
            let most = ends ? window.count : window.count - PrivateDataSearch.margin
            let match = data.matches(in: window, isText: text).first { $0.range.lowerBound >= least && $0.range.upperBound <= most }
            if let match {
                return Finding(kind: match.kind, place: place(of: match, in: window, offset: offset, path: path, isText: text))
            }
            let kept = min(window.count, PrivateDataSearch.overlap)
            offset += window.count - kept
            window = Array(window.suffix(kept))
        }
        return isText == true && path.hasSuffix(".dsse.json") ? try payload(inFile: file, called: path) : nil
    }

    /// What an envelope signs stands in it as Base64, which no search sees through.
    private func payload(inFile file: String, called path: String) throws -> Finding? {
        let bytes = try BoundedFile.read(file, limit: 64 << 20)
        guard let envelope = try? Envelope.parse(bytes),
            let match = data.matches(in: envelope.payload, isText: true).first
        else { return nil }
        return Finding(kind: match.kind, place: "\(path): byte \(match.range.lowerBound) of what it signs")
    }

    private func place(of match: PrivateData.Match, in window: [UInt8], offset: Int, path: String, isText: Bool) -> String {
        guard isText, offset == 0 else { return "\(path): byte \(offset + match.range.lowerBound)" }
        let line = window[..<match.range.lowerBound].count { $0 == 0x0A } + 1
        return "\(path): line \(line)"
    }
}
