import Foundation
import Integrity

/// This program's own file.
enum Executable {
    static func path() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { throw ProjectError.noExecutable(reason: String(cString: strerror(errno))) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func digest() throws -> SHA256Digest { try SHA256Digest.ofFile(at: path()).digest }
}
