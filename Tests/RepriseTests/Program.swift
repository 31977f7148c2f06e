import Foundation
import Integrity

/// The `reprise` binary under test, run as users run it.
struct Program {
    struct Outcome: CustomStringConvertible {
        var status: Int32
        var output: String
        var errors: String

        var description: String { "exit \(status)\n--- output\n\(output)--- errors\n\(errors)" }
        var json: JSONValue? { try? JSONValue.parse(output) }
    }

    /// State folder of its own.
    let home: String
    /// The repository of artifacts; the project's own unless a test brings another.
    var repository = Program.root
    var environment: [String: String] = [:]

    static var root: String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }

    /// Beside the test bundle.
    static var executable: String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        for folder in [bundle.path, root + "/.build/release", root + "/.build/debug"] {
            let path = folder + "/reprise"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return root + "/.build/release/reprise"
    }

    init(home: String? = nil) {
        self.home = home ?? Program.temporaryFolder("home")
    }

    /// Whatever proxy or network there is must not answer for the mirrors that an artifact names.
    mutating func withoutNetwork() {
        for variable in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            environment[variable] = "http://127.0.0.1:9"
        }
        environment["no_proxy"] = ""
    }

    /// Holds everything that the tests of this process write; removed when it ends, since runs are large.
    private static let temporaryRoot: String = {
        let path = NSTemporaryDirectory() + "reprise-tests-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "reprise-tests-\(getpid())") }
        return path
    }()

    static func temporaryFolder(_ name: String) -> String {
        let path = temporaryRoot + "/\(name)-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: repository)
        var variables = ProcessInfo.processInfo.environment
        variables["REPRISE_HOME"] = home
        variables["REPRISE_MIRRORS"] = nil
        process.environment = variables.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        return process
    }

    @discardableResult
    func callAsFunction(_ arguments: String...) throws -> Outcome { try run(arguments) }

    @discardableResult
    func run(_ arguments: [String]) throws -> Outcome {
        let process = process(arguments)
        // Files, not pipes: nothing to drain, nothing to deadlock on.
        let folder = Program.temporaryFolder("output")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["output", "errors"] { _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: folder + "/output")
        process.standardError = FileHandle(forWritingAtPath: folder + "/errors")
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) -> String {
            String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
        }
        return Outcome(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: text("output"), errors: text("errors"))
    }

    /// The folder of the only, or newest, run.
    func latestRun() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: home + "/runs").filter { !$0.hasPrefix(".") }
        let dated = names.map {
            ($0, (try? FileManager.default.attributesOfItem(atPath: home + "/runs/" + $0)[.creationDate] as? Date) ?? Date())
        }
        return home + "/runs/" + (dated.max { $0.1 < $1.1 }?.0 ?? "none")
    }
}

extension JSONValue {
    /// Looks up a dotted path of keys.
    func at(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(self)) { $0?[String($1)] }
    }
}
