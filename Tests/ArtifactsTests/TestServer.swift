import Foundation
import Synchronization

/// An HTTP/1.1 server of 127.0.0.1 whose answers a test writes by hand, down to the byte, so that it can misbehave in every way.
/// One request per connection; it stops when it goes away.
final class TestServer: Sendable {
    struct Request: Sendable {
        let path: String
        /// The first byte asked for with `Range: bytes=N-`.
        let rangeStart: Int?
        let userAgent: String?
        /// How many requests came before this one.
        let number: Int
    }

    /// What a handler answers through.
    struct Connection: Sendable {
        let descriptor: Int32
        let server: TestServer

        func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                if count <= 0 { return }
                rest = rest.dropFirst(count)
            }
        }

        func send(_ text: String) { send(Array(text.utf8)) }

        /// A whole, honest answer.
        func answer(_ status: String, headers: [String] = [], _ body: [UInt8]) {
            send(
                (["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + headers).joined(separator: "\r\n")
                    + "\r\n\r\n")
            send(body)
        }

        /// The file or the part of it that was asked for.
        func serve(_ content: [UInt8], _ request: Request) {
            guard let start = request.rangeStart, start < content.count else { return answer("200 OK", content) }
            answer(
                "206 Partial Content", headers: ["Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)"],
                Array(content[start...]))
        }

        /// Says nothing more until the client goes away or the server stops.
        func hang() {
            var byte: UInt8 = 0
            while !server.isStopped {
                var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if Foundation.poll(&poll, 1, 20) > 0, recv(descriptor, &byte, 1, 0) <= 0 { return }
            }
        }
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex<(requests: [Request], stopped: Bool)>(([], false))

    init(_ handler: @escaping @Sendable (Request, Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, pointer, &length) == 0
            }
        }
        guard bound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let self else {
                    // Only this thread closes the listener: its number must not pass to another file while `accept` still uses it.
                    close(listener)
                    if descriptor >= 0 { close(descriptor) }
                    return
                }
                Thread {
                    if let request = self.read(descriptor) { handler(request, Connection(descriptor: descriptor, server: self)) }
                    shutdown(descriptor, Int32(SHUT_RDWR))
                    close(descriptor)
                }.start()
            }
        }.start()
    }

    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { state.withLock { $0.requests } }
    var isStopped: Bool { state.withLock { $0.stopped } }

    func stop() {
        let first = state.withLock { state in
            defer { state.stopped = true }
            return !state.stopped
        }
        guard first else { return }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func read(_ descriptor: Int32) -> Request? {
        var text = ""
        var byte: UInt8 = 0
        while !text.hasSuffix("\r\n\r\n"), text.utf8.count < 16384 {
            guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
            // A TLS greeting: this server speaks plain HTTP only.
            if text.isEmpty, byte == 0x16 {
                Connection(descriptor: descriptor, server: self).send("HTTP/1.1 400 Bad Request\r\n\r\n")
                return nil
            }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        let lines = text.components(separatedBy: "\r\n")
        func header(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name + ":") }.map {
                String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
            }
        }
        let range = header("range").flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        return state.withLock { state in
            let request = Request(
                path: lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? "", rangeStart: range,
                userAgent: header("user-agent"), number: state.requests.count)
            state.requests.append(request)
            return request
        }
    }
}
