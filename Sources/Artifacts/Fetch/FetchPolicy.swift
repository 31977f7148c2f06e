/// How patient a ``Fetcher`` is.
public struct FetchPolicy: Hashable, Sendable {
    /// Seconds to wait for a connection, names and TLS included.
    public var connectTimeout: Double = 15
    /// A transfer that brings fewer bytes per second than this …
    public var lowSpeedBytesPerSecond: Int = 1024
    /// … for so many seconds is given up.
    public var lowSpeedSeconds: Int = 30
    /// How often one mirror is tried when what failed may pass.
    public var attemptsPerMirror: Int = 3
    /// Seconds before the second attempt; each later wait is twice as long, up to ``longestDelay``, each shortened at random by up to a half
    /// so that many machines do not come back at once.
    public var firstDelay: Double = 0.5
    public var longestDelay: Double = 8
    public var redirectLimit: Int = 5
    /// How we introduce ourselves to servers: `reprise/<version>`.
    public var userAgent: String = "reprise"

    public init() {}

    /// Seconds to wait after the attempt of this number (from 1) failed; `jitter` in 0...1.
    func delay(afterAttempt attempt: Int, jitter: Double) -> Double {
        var delay = firstDelay
        for _ in 1..<max(attempt, 1) { delay = min(delay * 2, longestDelay) }
        return min(delay, longestDelay) * (1 - 0.5 * jitter)
    }
}
