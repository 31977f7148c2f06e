/// Why a text is not JSON that this project accepts, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    /// In Unicode scalars, counted from 1.
    public let column: Int
    /// What is wrong there and, where it helps, what was expected.
    public let reason: String

    public init(line: Int, column: Int, reason: String) {
        self.line = line
        self.column = column
        self.reason = reason
    }

    public var description: String { "line \(line), column \(column): \(reason)" }
}

/// How much JSON a reader takes in before it refuses, so that a hostile file costs neither memory nor stack.
public struct JSONLimits: Hashable, Sendable {
    /// The largest text, in bytes.
    public let bytes: Int
    /// How many arrays and objects may be nested within each other, at most 512.
    public let depth: Int

    public init(bytes: Int = 16 << 20, depth: Int = 64) {
        self.bytes = max(0, bytes)
        self.depth = min(max(0, depth), 512)
    }
}
