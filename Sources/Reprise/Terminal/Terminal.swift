import Artifacts
import Foundation

/// What the terminal can do, and the few ways in which commands write to it.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Colour only on a terminal, and never with NO_COLOR (no-color.org).
    static func hasColour(_ descriptor: Int32) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal(descriptor) && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// Columns of the terminal; 100 where output goes to a file or pipe.
    static var width: Int {
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return 100
    }

    /// Writes at once, past any buffer, so that order is kept between descriptors. Output that cannot be written ends the program: a
    /// script that reads half an answer must not take it for the whole.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 {
                if descriptor == STDOUT_FILENO { error("cannot write the output: \(String(cString: strerror(errno)))") }
                exit(ExitClass.environment.rawValue)
            }
            bytes = bytes.dropFirst(count)
        }
    }

    static func line(_ text: String = "") { write(printable(text) + "\n") }

    static func error(_ text: String) {
        write((hasColour(STDERR_FILENO) ? "\u{1B}[31merror:\u{1B}[0m " : "error: ") + printable(text) + "\n", to: STDERR_FILENO)
    }

    /// The argument parser's message, which begins with a capital and ends with the usage.
    static func usageError(_ message: String) {
        let prefix = "Error: "
        error(message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message)
    }

    static func note(_ text: String) { write("note: " + printable(text) + "\n", to: STDERR_FILENO) }

    /// Text from files, records and other programs must not drive the terminal: control characters but line breaks and tabs, and those
    /// that reorder text, are shown as their code points.
    static func printable(_ text: String) -> String {
        func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x09, 0x0A: true
            case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
        guard !text.unicodeScalars.allSatisfy(isHarmless) else { return text }
        return text.unicodeScalars.map { isHarmless($0) ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
    }
}
