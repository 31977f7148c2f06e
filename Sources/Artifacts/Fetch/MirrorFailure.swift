import Integrity

/// Why one mirror did not give a file.
public struct MirrorFailure: Hashable, Sendable, CustomStringConvertible {
    /// The URL or path that was tried.
    public let source: String
    public let reason: Reason

    public init(source: String, reason: Reason) {
        self.source = source
        self.reason = reason
    }

    public var description: String { "\(source): \(reason)" }
    /// The failure as a record that others will read may say it.
    public var publicDescription: String { "\(Mirror.publicName(of: source)): \(reason)" }

    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        /// The mirror has no such file (404, 410, or nothing at the path).
        case notFound
        /// Another HTTP status than the file's.
        case status(Int)
        case unknownHost
        case cannotConnect(String)
        case tlsFailure(String)
        /// No connection within so many seconds.
        case connectTimeout(Double)
        /// Connected, and then (next to) nothing for so many seconds.
        case stalled(Double)
        /// The transfer broke off, or the mirror's file is short.
        case truncated(received: Int, expected: Int)
        /// More bytes than the file has: another file, or a stream without end.
        case tooLong(expected: Int)
        /// A web page (a portal, an error page) in the file's place.
        case htmlPage
        case wrongDigest(found: SHA256Digest)
        /// A file whose digest nobody could say beforehand is not what it was when it was first fetched.
        case changed(found: SHA256Digest, pinned: SHA256Digest)
        case tooManyRedirects(limit: Int)
        /// A redirect to something other than http and https.
        case redirectRefused
        /// The server answered the request for the rest of the file with something else.
        case resumeRefused(String)
        case transferFailed(String)
        /// A folder's file that cannot be read or is not a regular file.
        case unreadable(String)

        public var description: String {
            switch self {
            case .notFound: "has no such file"
            case .status(let code): "answered with HTTP status \(code)"
            case .unknownHost: "unknown host"
            case .cannotConnect(let detail): "cannot connect (\(detail))"
            case .tlsFailure(let detail): "no secure connection (\(detail))"
            case .connectTimeout(let seconds): "no connection within \(seconds.shortText) s"
            case .stalled(let seconds): "connection hung: next to no data for \(seconds.shortText) s"
            case .truncated(let received, let expected): "truncated: \(received) of \(expected) bytes"
            case .tooLong(let expected): "sent more than the file's \(expected) bytes"
            case .htmlPage: "sent a web page (HTML) instead of the file"
            case .wrongDigest(let found): "wrong content: SHA-256 \(found)"
            case .changed(let found, let pinned): "wrong content: SHA-256 \(found), but \(pinned) when it was first fetched"
            case .tooManyRedirects(let limit): "more than \(limit) redirects"
            case .redirectRefused: "redirected to something other than http and https"
            case .resumeRefused(let detail): "cannot resume there (\(detail))"
            case .transferFailed(let detail): "transfer failed (\(detail))"
            case .unreadable(let detail): "cannot be read (\(detail))"
            }
        }

        var isTimeout: Bool {
            switch self {
            case .connectTimeout, .stalled: true
            default: false
            }
        }

        /// Whether the same mirror may well answer better in a moment.
        var isPassing: Bool {
            switch self {
            case .status(let code): code >= 500 || code == 408 || code == 429
            case .cannotConnect, .connectTimeout, .stalled, .truncated, .transferFailed: true
            case .notFound, .unknownHost, .tlsFailure, .tooLong, .htmlPage, .wrongDigest, .changed, .tooManyRedirects, .redirectRefused,
                .resumeRefused, .unreadable:
                false
            }
        }
    }
}

extension Double {
    var shortText: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : String(self) }
}
