import Foundation

/// The end of a log.
enum LogTail {
    private static let bytes: UInt64 = 8192
    private static let lines = 8

    /// - Returns: its last lines; none where there is no such file.
    static func read(_ path: String) -> [String] {
        guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else { return [] }
        defer { try? file.close() }
        try? file.seek(toOffset: size > bytes ? size - bytes : 0)
        let tail = (try? file.read(upToCount: Int(bytes))) ?? Data()
        return String(decoding: tail, as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
    }
}
