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

    /// Writes at once, past any buffer, so that order is kept between descriptors.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        fflush(nil)
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }

    static func line(_ text: String = "") { write(text + "\n") }

    static func error(_ text: String) {
        write((hasColour(STDERR_FILENO) ? "\u{1B}[31merror:\u{1B}[0m " : "error: ") + text + "\n", to: STDERR_FILENO)
    }

    static func note(_ text: String) { write("note: " + text + "\n", to: STDERR_FILENO) }
}
