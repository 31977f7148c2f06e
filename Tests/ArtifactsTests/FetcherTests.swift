import Artifacts
import Foundation
import Integrity
import Synchronization
import Testing

@Suite struct FetcherTests {
    let folder = TemporaryFolder()
    let content = noise(300_000)
    let store: Store

    init() throws { store = try Store(root: "\(folder.path)/store") }

    /// With honest servers, however slow the machine is that plays them.
    private var policy: FetchPolicy {
        var policy = FetchPolicy()
        policy.connectTimeout = 30
        policy.lowSpeedSeconds = 30
        policy.firstDelay = 0.001
        policy.attemptsPerMirror = 2
        policy.userAgent = "reprise/test"
        return policy
    }

    /// With servers that hang on purpose.
    private var hasty: FetchPolicy {
        var policy = policy
        policy.lowSpeedSeconds = 2
        return policy
    }

    private func file(_ urls: [String], sha256: SHA256Digest? = nil) throws -> RemoteFile {
        try RemoteFile(
            name: "data.bin", size: .exactly(content.count), sha256: sha256 ?? .of(content), urls: urls, mirrorPath: "set/data.bin")
    }

    private func fetch(_ servers: TestServer..., policy: FetchPolicy? = nil) throws -> FetchedFile {
        try Fetcher(store: store, policy: policy ?? self.policy).fetch(file(servers.map { "\($0.url)/data.bin" }))
    }

    /// Why a server's file was refused.
    private func reason(_ server: TestServer, attempts: Int) throws -> MirrorFailure.Reason? {
        var policy = hasty
        policy.attemptsPerMirror = attempts
        do {
            _ = try Fetcher(store: store, policy: policy).fetch(file(["\(server.url)/data.bin"]))
            return nil
        } catch let FetchError.exhausted(_, _, _, failures) {
            return failures.last?.reason
        }
    }

    private var objectFiles: [String] { files(under: "\(store.root)/objects") }
    private var otherFiles: [String] { files(under: store.root).filter { !$0.hasPrefix("objects/") && !$0.hasPrefix("records/") } }
    private var partial: String { "\(store.root)/partial/\(SHA256Digest.of(content))" }

    /// The content is in the store, whole, and nothing else is.
    private func expectContent(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(bytes(at: store.path(of: .of(content))) == content, sourceLocation: sourceLocation)
        #expect(objectFiles.count == 1 && otherFiles.isEmpty, "\(files(under: store.root))", sourceLocation: sourceLocation)
    }

    private func expectNothing(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(files(under: store.root).isEmpty, sourceLocation: sourceLocation)
    }

    private func honestServer() throws -> TestServer {
        let content = content
        return try TestServer { request, connection in connection.serve(content, request) }
    }

    // MARK: - The way it should go

    @Test func `an honest server's file comes into the store, with progress, and the second time from there`() throws {
        let server = try honestServer()
        let seen = Mutex<[FetchProgress]>([])
        let file = try file([server.url + "/data.bin"])
        let fetched = try Fetcher(store: store, policy: policy).fetch(file) { progress in seen.withLock { $0.append(progress) } }
        #expect(fetched.object.digest == .of(content) && fetched.object.size == content.count)
        #expect(fetched.source == server.url + "/data.bin")
        #expect(server.requests.first?.userAgent == "reprise/test")
        let progress = seen.withLock { $0 }
        #expect(progress.last?.received == content.count && progress.last?.total == content.count)
        #expect(zip(progress, progress.dropFirst()).allSatisfy { $0.received < $1.received })
        expectContent()
        #expect(try Fetcher(store: store, policy: policy).fetch(file).source == nil)
        #expect(server.requests.count == 1)
    }

    @Test func `mirrors are asked before the file's own URLs, in their order`() throws {
        let server = try honestServer()
        let mirror = try honestServer()
        let fetcher = Fetcher(
            store: store, mirrors: [.folder("\(folder.path)/nothing"), try Mirror(mirror.url + "/base/")], policy: policy)
        let fetched = try fetcher.fetch(file([server.url + "/data.bin"]))
        #expect(mirror.requests.map(\.path) == ["/base/set/data.bin"])
        #expect(server.requests.isEmpty)
        #expect(fetched.failures == [MirrorFailure(source: "\(folder.path)/nothing/set/data.bin", reason: .notFound)])
        expectContent()
    }

    @Test func `a folder serves as a mirror`() throws {
        _ = try folder.file("mirror/set/data.bin", content)
        let fetched = try Fetcher(store: store, mirrors: [.folder("\(folder.path)/mirror")], policy: policy).fetch(file([]))
        #expect(fetched.source == "\(folder.path)/mirror/set/data.bin")
        expectContent()
    }

    @Test func `an object that went bad in the store is fetched anew`() throws {
        let server = try honestServer()
        _ = try fetch(server)
        let path = store.path(of: .of(content))
        chmod(path, 0o644)
        try Data(noise(content.count, seed: 2)).write(to: URL(fileURLWithPath: path))
        _ = try fetch(server)
        #expect(bytes(at: path) == content)
    }

    @Test func `redirects are followed`() throws {
        let content = content
        let server = try TestServer { request, connection in
            if request.path == "/data.bin" {
                connection.answer("302 Found", headers: ["Location: /elsewhere"], Array("<html>moved</html>".utf8))
            } else {
                connection.serve(content, request)
            }
        }
        _ = try fetch(server)
        expectContent()
    }

    // MARK: - Mirrors that misbehave: each refused by name, and the next one is used

    enum Misbehaviour: CaseIterable, Sendable {
        case truncatedFile, truncatedTransfer, flippedByte, webPage, webPageTooLong, silence, hangingMidway, endless, endlessChunks, tooLong
        case redirectLoop, redirectToFile, notFound, serverError, notHTTP, emptyAnswer, unaskedPart, closedAtOnce, slowDrip

        func answer(_ content: [UInt8], _ connection: TestServer.Connection) {
            let header = "HTTP/1.1 200 OK\r\nContent-Length: \(content.count)\r\n\r\n"
            switch self {
            case .truncatedFile: connection.answer("200 OK", Array(content.dropLast(1000)))
            case .truncatedTransfer: connection.send(Array(header.utf8) + content.dropLast(1000))
            case .flippedByte:
                var changed = content
                changed[123_456] ^= 0x10
                connection.answer("200 OK", changed)
            case .webPage: connection.answer("200 OK", Array("\n<!DOCTYPE HTML><title>Please log in</title>".utf8))
            case .webPageTooLong: connection.answer("200 OK", Array(("<html>" + String(repeating: "x", count: content.count)).utf8))
            case .silence: connection.hang()
            case .hangingMidway:
                connection.send(Array(header.utf8) + content.prefix(1000))
                connection.hang()
            case .endless:
                connection.send("HTTP/1.1 200 OK\r\n\r\n")
                for _ in 0..<1000 where !connection.server.isStopped { connection.send([UInt8](repeating: 7, count: 1 << 16)) }
            case .endlessChunks:
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for _ in 0..<1000 where !connection.server.isStopped {
                    connection.send(Array("10000\r\n".utf8) + [UInt8](repeating: 7, count: 1 << 16) + Array("\r\n".utf8))
                }
            case .tooLong: connection.answer("200 OK", content + [0])
            case .redirectLoop: connection.answer("302 Found", headers: ["Location: /data.bin"], [])
            case .redirectToFile: connection.answer("302 Found", headers: ["Location: file:///etc/hostname"], [])
            case .notFound: connection.answer("404 Not Found", Array("<html>no</html>".utf8))
            case .serverError: connection.answer("500 Oh No", [])
            case .notHTTP: connection.send("SSH-2.0-OpenSSH_9.2\r\n")
            case .emptyAnswer: connection.answer("200 OK", [])
            case .unaskedPart:
                connection.answer("206 Partial Content", headers: ["Content-Range: bytes 0-9/\(content.count)"], Array(content.prefix(10)))
            case .closedAtOnce: break
            case .slowDrip:
                connection.send(header)
                for byte in content.prefix(800) where !connection.server.isStopped {
                    connection.send([byte])
                    usleep(10_000)
                }
            }
        }

        /// Whether a reason names this misbehaviour.
        func isNamed(by reason: MirrorFailure.Reason?, size: Int) -> Bool {
            switch (self, reason) {
            case (.truncatedFile, .truncated(received: size - 1000, expected: size)),
                (.truncatedTransfer, .truncated(received: size - 1000, expected: size)),
                (.emptyAnswer, .truncated(received: 0, expected: size)),
                (.flippedByte, .wrongDigest), (.webPage, .htmlPage), (.webPageTooLong, .htmlPage), (.silence, .stalled),
                (.hangingMidway, .stalled),
                (.slowDrip, .stalled), (.endless, .tooLong(expected: size)), (.endlessChunks, .tooLong(expected: size)),
                (.tooLong, .tooLong(expected: size)),
                (.redirectLoop, .tooManyRedirects(limit: 5)), (.redirectToFile, .redirectRefused), (.notFound, .notFound),
                (.serverError, .status(500)),
                (.notHTTP, .transferFailed), (.unaskedPart, .transferFailed), (.closedAtOnce, .transferFailed):
                true
            default: false
            }
        }

        /// Whether a sound beginning stays, to be resumed: only where the transfer broke, not where the mirror's file is wrong.
        var leavesPartial: Bool { self == .truncatedTransfer || self == .hangingMidway || self == .slowDrip }
    }

    @Test(arguments: Misbehaviour.allCases) func `a mirror that misbehaves is refused by name and the next one is used`(
        _ misbehaviour: Misbehaviour
    ) throws {
        let content = content
        let bad = try TestServer { _, connection in misbehaviour.answer(content, connection) }
        let fetched = try fetch(bad, try honestServer(), policy: hasty)
        #expect(misbehaviour.isNamed(by: fetched.failures.first?.reason, size: content.count), "\(fetched.failures)")
        expectContent()
    }

    @Test(arguments: Misbehaviour.allCases) func `nothing wrong stays in the store when the only mirror misbehaves`(
        _ misbehaviour: Misbehaviour
    ) throws {
        let content = content
        let bad = try TestServer { _, connection in misbehaviour.answer(content, connection) }
        let reason = try reason(bad, attempts: 1)
        #expect(misbehaviour.isNamed(by: reason, size: content.count), "\(String(describing: reason))")
        #expect(objectFiles.isEmpty)
        if misbehaviour.leavesPartial {
            let kept = try #require(bytes(at: partial))
            #expect(!kept.isEmpty && content.starts(with: kept))
            #expect(otherFiles == ["partial/\(SHA256Digest.of(content))"])
        } else {
            expectNothing()
        }
    }

    @Test func `a host that nobody knows and a server without TLS are named`() throws {
        let server = try honestServer()
        defer { server.stop() }
        let urls = [
            // A name that no name server is asked for: a part of it is longer than names may be.
            "http://\(String(repeating: "a", count: 64)).invalid/data.bin",
            server.url.replacingOccurrences(of: "http:", with: "https:") + "/data.bin",
            "http://127.0.0.1:1/data.bin",
        ]
        let error = #expect(throws: FetchError.self) { try Fetcher(store: store, policy: policy).fetch(file(urls)) }
        guard case .exhausted(_, _, _, let failures) = try #require(error) else { return }
        #expect(failures.count == 3)
        guard case .tlsFailure = failures[1].reason, case .cannotConnect = failures[2].reason else {
            Issue.record("\(failures)")
            return
        }
        #expect(failures[0].reason == .unknownHost)
    }

    @Test(arguments: ["page", "short", "long", "flipped", "folder"]) func `a folder's wrong file is refused by name`(_ kind: String) throws
    {
        var wrong = content
        wrong[7] ^= 1
        let path = "mirror/set/data.bin"
        switch kind {
        case "page": _ = try folder.file(path, "<html></html>")
        case "short": _ = try folder.file(path, Array(content.dropLast()))
        case "long": _ = try folder.file(path, content + [1])
        case "flipped": _ = try folder.file(path, wrong)
        default: _ = try folder.file(path + "/inside", "x")
        }
        let server = try honestServer()
        defer { server.stop() }
        let fetched = try Fetcher(store: store, mirrors: [.folder("\(folder.path)/mirror")], policy: policy).fetch(
            file([server.url + "/x"]))
        let expected: [String: MirrorFailure.Reason] = [
            "page": .htmlPage, "short": .truncated(received: content.count - 1, expected: content.count),
            "long": .tooLong(expected: content.count),
            "flipped": .wrongDigest(found: .of(wrong)), "folder": .unreadable("not a regular file"),
        ]
        #expect(fetched.failures.first?.reason == expected[kind])
        expectContent()
    }

    @Test func `when every mirror fails the error names each with its reason and says what to do`() throws {
        let content = content
        let missing = try TestServer { _, connection in Misbehaviour.notFound.answer(content, connection) }
        let page = try TestServer { _, connection in Misbehaviour.webPage.answer(content, connection) }
        let error = #expect(throws: FetchError.self) { try fetch(missing, page) }
        #expect(error?.exitClass == .environment)
        #expect(
            error?.description == """
                cannot fetch data.bin (300000 bytes) from any mirror:
                  \(missing.url)/data.bin: has no such file
                  \(page.url)/data.bin: sent a web page (HTML) instead of the file
                give a folder or URL that has set/data.bin: --mirror DIR, or REPRISE_MIRRORS
                """)
    }

    // MARK: - Trying again

    @Test func `a busy server is asked again, and no more often than the policy says`() throws {
        let content = content
        let recovering = try TestServer { request, connection in
            if request.number == 0 { connection.answer("503 Busy", []) } else { connection.serve(content, request) }
        }
        _ = try fetch(recovering)
        expectContent()
        let other = try TestServer { _, connection in connection.answer("500 No", []) }
        let file = try RemoteFile(name: "other", size: .exactly(5), sha256: .of([5]), urls: [other.url + "/x"], mirrorPath: "other")
        #expect(throws: FetchError.self) { try Fetcher(store: store, policy: policy).fetch(file) }
        #expect(other.requests.count == policy.attemptsPerMirror)
    }

    @Test func `wrong content and missing files are not asked for again`() throws {
        let content = content
        for misbehaviour in [Misbehaviour.flippedByte, .notFound, .webPage, .truncatedFile, .redirectToFile] {
            let server = try TestServer { _, connection in misbehaviour.answer(content, connection) }
            _ = try reason(server, attempts: 3)
            #expect(server.requests.count == 1, "\(misbehaviour)")
        }
    }

    @Test func `a mirror that hangs without sending anything is left at once for the next one`() throws {
        let silent = try TestServer { _, connection in connection.hang() }
        _ = try fetch(silent, try honestServer(), policy: hasty)
        #expect(silent.requests.count == 1)
        expectContent()
    }

    // MARK: - Resuming

    @Test func `a broken transfer goes on from where it broke`() throws {
        let content = content
        let server = try TestServer { request, connection in
            if request.number == 0 {
                Misbehaviour.truncatedTransfer.answer(content, connection)
            } else {
                connection.serve(content, request)
            }
        }
        let fetched = try fetch(server)
        #expect(fetched.failures.isEmpty)
        #expect(server.requests.map(\.rangeStart) == [nil, content.count - 1000])
        expectContent()
    }

    @Test func `a later process goes on from what an earlier one left, even all of it`() throws {
        _ = try folder.file("store/partial/\(SHA256Digest.of(content))", Array(content.prefix(100_000)))
        let server = try honestServer()
        _ = try fetch(server)
        #expect(server.requests.map(\.rangeStart) == [100_000])
        expectContent()
        unlink(store.path(of: .of(content)))
        chmod(try folder.file("store/partial/\(SHA256Digest.of(content))", content), 0o444)
        _ = try fetch(server)
        #expect(server.requests.count == 1)
        expectContent()
    }

    @Test func `a server that answers a request for the rest with the whole is taken from the start`() throws {
        _ = try folder.file("store/partial/\(SHA256Digest.of(content))", Array(content.prefix(100_000)))
        let content = content
        let server = try TestServer { _, connection in connection.answer("200 OK", content) }
        _ = try fetch(server)
        #expect(server.requests.count == 1)
        expectContent()
    }

    @Test func `a wrong beginning left by another mirror is discarded and the file fetched whole`() throws {
        _ = try folder.file("store/partial/\(SHA256Digest.of(content))", noise(100_000, seed: 9))
        let server = try honestServer()
        let fetched = try fetch(server)
        #expect(fetched.failures.isEmpty)
        #expect(server.requests.map(\.rangeStart) == [100_000, nil])
        expectContent()
    }

    @Test func `a partial file longer than the whole is discarded`() throws {
        _ = try folder.file("store/partial/\(SHA256Digest.of(content))", content + [1, 2, 3])
        let server = try honestServer()
        _ = try fetch(server)
        #expect(server.requests.map(\.rangeStart) == [nil])
        expectContent()
    }

    @Test(arguments: [
        "bytes 0-299999/300000", "bytes 100000-299999/300001", "bytes 100000-300000/300000", "bytes 100001-299999/300000",
        "bytes 100000-99999/300000",
        "bytes */300000", "nonsense", "bytes 99999999999999999999-1/2", nil,
    ]) func `an answer for another range than the one asked for is not used`(_ contentRange: String?) throws {
        _ = try folder.file("store/partial/\(SHA256Digest.of(content))", Array(content.prefix(100_000)))
        let content = content
        let server = try TestServer { request, connection in
            if request.rangeStart == nil { return connection.serve(content, request) }
            connection.answer(
                "206 Partial Content", headers: contentRange.map { ["Content-Range: \($0)"] } ?? [], Array(content[100_000...]))
        }
        let fetched = try fetch(server)
        #expect(server.requests.map(\.rangeStart) == [100_000, nil])
        #expect(fetched.failures.isEmpty)
        expectContent()
    }

    @Test func `a partial file that another process is writing is left alone`() throws {
        let partial = try folder.file("store/partial/\(SHA256Digest.of(content))", Array(content.prefix(10)))
        let descriptor = open(partial, O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let server = try honestServer()
        _ = try fetch(server)
        #expect(server.requests.map(\.rangeStart) == [nil])
        #expect(bytes(at: store.path(of: .of(content))) == content)
        #expect(bytes(at: partial) == Array(content.prefix(10)))
    }

    @Test func `several fetches of one file at once all end well`() throws {
        let server = try honestServer()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            #expect(throws: Never.self) { try fetch(server) }
        }
        expectContent()
    }

    // MARK: - Files without a known digest, and nonsense

    @Test func `a file without a known digest is pinned by its first fetch`() throws {
        let first = noise(100, seed: 3)
        let second = noise(100, seed: 4)
        let server = try TestServer { request, connection in connection.answer("200 OK", request.number == 0 ? first : second) }
        defer { server.stop() }
        let file = try RemoteFile(name: "unknown", size: .exactly(100), sha256: nil, urls: [server.url + "/x"], mirrorPath: "unknown")
        let fetcher = Fetcher(store: store, policy: policy)
        #expect(try fetcher.fetch(file).object.digest == .of(first))
        unlink(store.path(of: .of(first)))
        let error = #expect(throws: FetchError.self) { try fetcher.fetch(file) }
        let reason = MirrorFailure.Reason.changed(found: .of(second), pinned: .of(first))
        #expect(error?.description.contains("\(reason)") == true)
        #expect("\(reason)" == "wrong content: SHA-256 \(SHA256Digest.of(second)), but \(SHA256Digest.of(first)) when it was first fetched")
    }

    // MARK: - Files of unknown size

    private func unknown(_ urls: [String] = [], limit: Int = 1_000_000) throws -> RemoteFile {
        try RemoteFile(name: "data.bin", size: .atMost(limit), sha256: nil, urls: urls, mirrorPath: "set/data.bin")
    }

    @Test func `a file of unknown size and digest is taken as its server sends it, and stays that`() throws {
        let server = try honestServer()
        let fetched = try Fetcher(store: store, policy: policy).fetch(unknown([server.url + "/data.bin"]))
        #expect(fetched.object.digest == .of(content) && fetched.object.size == content.count)
        expectContent()
        // The bound is no part of what the file is.
        #expect(try Fetcher(store: store, policy: policy).fetch(unknown([server.url + "/data.bin"], limit: 500_000)).source == nil)
    }

    @Test func `a file of unknown size comes from a folder, too, and a change of it is refused`() throws {
        _ = try folder.file("mirror/set/data.bin", content)
        let fetcher = Fetcher(store: store, mirrors: [.folder("\(folder.path)/mirror")], policy: policy)
        #expect(try fetcher.fetch(unknown()).object.size == content.count)
        unlink(store.path(of: .of(content)))
        _ = try folder.file("mirror/set/data.bin", Array(content.dropLast()))
        let error = #expect(throws: FetchError.self) { try fetcher.fetch(unknown()) }
        #expect(error?.description.contains("when it was first fetched") == true)
    }

    @Test func `a caller who wants to look into a file first pins it afterwards`() throws {
        _ = try folder.file("mirror/set/data.bin", Array(content.dropLast()))
        let fetcher = Fetcher(store: store, mirrors: [.folder("\(folder.path)/mirror")], policy: policy)
        _ = try fetcher.fetch(unknown(), pinning: false)
        // It was no good; its place has another now.
        _ = try folder.file("mirror/set/data.bin", content)
        let fetched = try fetcher.fetch(unknown(), pinning: false)
        #expect(fetched.object.digest == .of(content))
        try fetcher.pin(fetched, of: unknown())
        #expect(try fetcher.fetch(unknown()).source == nil)
    }

    @Test(arguments: ["short", "long", "endless", "unframed", "page", "empty"])
    func `a file of unknown size that breaks off, is too long or is none is refused by name`(_ kind: String) throws {
        let content = content
        let server = try TestServer { _, connection in
            switch kind {
            case "short": Misbehaviour.truncatedTransfer.answer(content, connection)
            case "long": connection.answer("200 OK", content)
            case "endless": Misbehaviour.endlessChunks.answer(content, connection)
            case "unframed": connection.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + content.prefix(1000))
            case "page": Misbehaviour.webPage.answer(content, connection)
            default: connection.answer("200 OK", [])
            }
        }
        var policy = policy
        policy.attemptsPerMirror = 1
        let limit = kind == "long" ? content.count - 1 : 1_000_000
        let error = #expect(throws: FetchError.self) {
            try Fetcher(store: store, policy: policy).fetch(unknown([server.url + "/data.bin"], limit: limit))
        }
        let words = [
            "short": "truncated", "long": "more than the file's", "endless": "more than the file's", "unframed": "where the file ends",
            "page": "web page", "empty": "truncated",
        ]
        #expect(error?.description.contains(words[kind] ?? "?") == true, "\(String(describing: error))")
        #expect(objectFiles.isEmpty)
    }

    @Test(arguments: ["../x", "/etc/passwd", "a//b", "", ".hidden", "a/../b", "a\\b", "a\u{0}b"])
    func `a mirror path that could leave its folder is refused`(_ path: String) {
        #expect(throws: FetchError.self) { try RemoteFile(name: "x", size: .exactly(1), sha256: nil, urls: [], mirrorPath: path) }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://host/x", "https://", "http:// x", "data:x", "https://a\nb"])
    func `a URL that is not plain http or https is refused`(
        _ url: String
    ) {
        #expect(throws: FetchError.self) { try RemoteFile(name: "x", size: .exactly(1), sha256: nil, urls: [url], mirrorPath: "x") }
    }

    @Test func `mirrors are read from a list of commas and line breaks`() throws {
        #expect(
            try Mirror.parseList("/data/a/, https://host:8443/base/ ,\n relative dir\n,,")
                == [.folder("/data/a"), .web("https://host:8443/base"), .folder("relative dir")])
        #expect(
            throws: FetchError.invalidMirror("file:///x", reason: "scheme file is not served: give a plain path or an http or https URL")
        ) {
            try Mirror.parseList("/a,file:///x")
        }
    }
}
