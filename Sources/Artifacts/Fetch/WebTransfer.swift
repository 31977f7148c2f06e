import CCurl
import Foundation
import Integrity

/// How a transfer ended that did not bring the whole file.
struct TransferFailure {
    let reason: MirrorFailure.Reason
    /// Whether what was received may be a sound beginning, worth resuming; otherwise it is discarded and this mirror given up.
    let keepsPartial: Bool
}

/// One request for one URL through libcurl, its bytes streamed into a ``Receiver``.
final class WebTransfer {
    private let receiver: Receiver
    private let policy: FetchPolicy
    private let progress: (Int) -> Void
    private var handle: UnsafeMutableRawPointer?
    private let offset: Int
    private var contentRange: String?
    private var contentLength: Int?
    /// Whether the end of the body can be told from a broken connection.
    private var isFramed = false
    private var wasAnswered = false
    private var judged = false
    private var refusal: TransferFailure?
    private var storeError: StoreError?

    private init(receiver: Receiver, policy: FetchPolicy, progress: @escaping (Int) -> Void) {
        self.receiver = receiver
        self.policy = policy
        self.progress = progress
        offset = receiver.received
    }

    /// Asks for the rest of the receiver's file; nil when it is complete in size.
    static func run(url: String, into receiver: Receiver, policy: FetchPolicy, progress: @escaping (Int) -> Void) throws(StoreError)
        -> TransferFailure?
    {
        guard isReady, let handle = curl_easy_init() else {
            return TransferFailure(reason: .transferFailed("libcurl does not start"), keepsPartial: true)
        }
        defer { curl_easy_cleanup(handle) }
        let transfer = WebTransfer(receiver: receiver, policy: policy, progress: progress)
        transfer.handle = handle
        let code = transfer.perform(handle, url: url)
        if let storeError = transfer.storeError { throw storeError }
        if let refusal = transfer.refusal { return refusal }
        return transfer.outcome(code, handle: handle)
    }

    /// libcurl's own start-up, once per process.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private func perform(_ handle: UnsafeMutableRawPointer, url: String) -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        // The protocols are a matter of safety: without that setting there is no transfer.
        guard reprise_curl_allow_web_only(handle) == CURLE_OK else { return CURLE_UNSUPPORTED_PROTOCOL }
        _ = reprise_curl_set_text(handle, CURLOPT_URL, url)
        _ = reprise_curl_set_text(handle, CURLOPT_USERAGENT, policy.userAgent)
        _ = reprise_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = reprise_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 1)
        _ = reprise_curl_set_long(handle, CURLOPT_MAXREDIRS, policy.redirectLimit)
        _ = reprise_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Int(policy.connectTimeout * 1000))
        _ = reprise_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, policy.lowSpeedBytesPerSecond)
        _ = reprise_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, policy.lowSpeedSeconds)
        if offset > 0 { _ = reprise_curl_set_text(handle, CURLOPT_RANGE, "\(offset)-") }
        _ = reprise_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = reprise_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = reprise_curl_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            let transfer = Unmanaged<WebTransfer>.fromOpaque(context).takeUnretainedValue()
            transfer.readHeader(String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self))
            return size * count
        }
        _ = reprise_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context, let bytes else { return 0 }
            let transfer = Unmanaged<WebTransfer>.fromOpaque(context).takeUnretainedValue()
            // Any other number than that of the bytes tells libcurl to stop.
            return transfer.readBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
        return curl_easy_perform(handle)
    }

    private func readHeader(_ line: String) {
        if line.hasPrefix("HTTP/") {
            // Each response of a chain of redirects begins anew.
            (contentRange, contentLength, judged) = (nil, nil, false)
            isFramed = !line.hasPrefix("HTTP/1")
            wasAnswered = true
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = String(line[line.index(after: colon)...]).trimming(" \t\r\n")
        switch line[..<colon].lowercased() {
        case "content-range": contentRange = value
        case "content-length":
            contentLength = Int(value)
            isFramed = isFramed || contentLength != nil
        case "transfer-encoding": isFramed = isFramed || value.lowercased().hasSuffix("chunked")
        default: break
        }
    }

    private func readBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        do throws(StoreError) {
            if !judged { try judge(firstBytes: Array(bytes.prefix(512))) }
            guard refusal == nil else { return false }
            if try !receiver.append(bytes) {
                refusal = TransferFailure(
                    reason: receiver.looksLikeHTML() ? .htmlPage : .tooLong(expected: receiver.size.limit), keepsPartial: false)
                return false
            }
            progress(receiver.received)
            return true
        } catch {
            storeError = error
            return false
        }
    }

    /// Decides, on the status and headers, whether the body is (the rest of) the file.
    private func judge(firstBytes: [UInt8]) throws(StoreError) {
        judged = true
        guard let handle else { return }
        let status = reprise_curl_response_code(handle)
        switch status {
        case 200:
            // The whole file, also where the rest was asked for.
            if receiver.received > 0 { try receiver.restart() }
            receiver.announced = contentLength
            if let contentLength, contentLength > receiver.size.limit {
                refusal = TransferFailure(
                    reason: receiver.looksLikeHTML(firstBytes) ? .htmlPage : .tooLong(expected: receiver.size.limit), keepsPartial: false)
            }
        case 206 where offset > 0:
            if let problem = WebTransfer.problem(contentRange: contentRange, offset: offset, total: receiver.size.limit) {
                refusal = TransferFailure(reason: .resumeRefused(problem), keepsPartial: false)
            }
        case 206:
            refusal = TransferFailure(reason: .transferFailed("a part was sent, the whole was asked for"), keepsPartial: false)
        case 416 where offset > 0:
            refusal = TransferFailure(reason: .resumeRefused("status 416"), keepsPartial: false)
        case 404, 410:
            refusal = TransferFailure(reason: .notFound, keepsPartial: true)
        default:
            refusal = TransferFailure(reason: .status(status), keepsPartial: true)
        }
    }

    /// What is wrong with `bytes FIRST-LAST/TOTAL` as the answer to a request from `offset` on, of a file of `total` bytes (RFC 9110 §14.4).
    static func problem(contentRange: String?, offset: Int, total: Int) -> String? {
        guard let contentRange else { return "no Content-Range" }
        let form = /bytes ([0-9]{1,18})-([0-9]{1,18})\/([0-9]{1,18}|\*)/.ignoresCase()
        guard let match = contentRange.wholeMatch(of: form), let first = Int(match.1), let last = Int(match.2) else {
            return "Content-Range \"\(contentRange.prefix(60))\""
        }
        guard first == offset, last >= first, last < total, match.3 == "*" || Int(match.3) == total else {
            return "asked from \(offset) of \(total), got \(contentRange)"
        }
        return nil
    }

    private func outcome(_ code: CURLcode, handle: UnsafeMutableRawPointer) -> TransferFailure? {
        // All bytes are there, however the connection ended: the digest decides.
        if judged, receiver.isComplete { return nil }
        let detail = String(cString: curl_easy_strerror(code))
        func failure(_ reason: MirrorFailure.Reason, keepsPartial: Bool = true) -> TransferFailure {
            receiver.looksLikeHTML() && receiver.received > 0
                ? TransferFailure(reason: .htmlPage, keepsPartial: false) : TransferFailure(reason: reason, keepsPartial: keepsPartial)
        }
        switch code {
        case CURLE_OK:
            // A response without a body has not been judged yet.
            if !judged {
                do throws(StoreError) { try judge(firstBytes: []) } catch {
                    return TransferFailure(reason: .transferFailed("\(error)"), keepsPartial: false)
                }
                if let refusal { return refusal }
            }
            if case .atMost = receiver.size, !isFramed {
                return failure(.transferFailed("the server does not say where the file ends"), keepsPartial: false)
            }
            receiver.end()
            if receiver.isComplete { return nil }
            // With a length announced and kept, the mirror's own file is short; without one, the connection may have broken.
            return failure(.truncated(received: receiver.received, expected: receiver.size.limit), keepsPartial: contentLength == nil)
        case CURLE_COULDNT_RESOLVE_HOST: return failure(.unknownHost)
        case CURLE_COULDNT_RESOLVE_PROXY: return failure(.cannotConnect("unknown proxy"))
        case CURLE_COULDNT_CONNECT: return failure(.cannotConnect(detail))
        case CURLE_OPERATION_TIMEDOUT:
            return failure(
                reprise_curl_was_connected(handle) != 0 ? .stalled(Double(policy.lowSpeedSeconds)) : .connectTimeout(policy.connectTimeout))
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED:
            return failure(.tlsFailure(detail))
        case CURLE_TOO_MANY_REDIRECTS: return failure(.tooManyRedirects(limit: policy.redirectLimit))
        // Before any answer this says that what came was no HTTP of today.
        case CURLE_UNSUPPORTED_PROTOCOL: return failure(wasAnswered ? .redirectRefused : .transferFailed("no HTTP answer"))
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM:
            return failure(.truncated(received: receiver.received, expected: receiver.size.limit))
        default:
            return failure(.transferFailed(detail))
        }
    }
}
