import Foundation
import Integrity

/// The environment a run was made in, as facts of the machine that anyone can compare: operating system, processor, memory,
/// versions of the libraries, and where the code came from. Host and user names are left out on purpose.
public enum EnvironmentRecord {
    /// - Parameters:
    ///   - libraries: name → version, from the modules that link them.
    ///   - repository: the folder whose git commit is recorded.
    public static func capture(libraries: [String: String], repository: String?) -> JSONValue {
        var record = machine()
        record["compiler"] = .string(compiler)
        record["libraries"] = .object(libraries.mapValues { .string($0) })
        record["git"] = repository.flatMap { git(in: $0) } ?? .null
        return record
    }

    /// The machine alone: what a step records of where it ran, since a run's steps may run on several.
    public static func machine() -> JSONValue {
        [
            "operating_system": .string(operatingSystem()),
            "kernel": .string(kernel()),
            "architecture": .string(architecture()),
            "processor": processor(),
            "cores": .number(Double(ProcessInfo.processInfo.activeProcessorCount)),
            "memory_bytes": .number(Double(ProcessInfo.processInfo.physicalMemory)),
        ]
    }

    /// Whether a value has the form of ``machine()``, and nothing besides.
    public static func describesMachine(_ json: JSONValue) -> Bool {
        guard let fields = json.objectValue, let processor = json["processor"]?.objectValue else { return false }
        let names: Set = ["operating_system", "kernel", "architecture", "processor", "cores", "memory_bytes"]
        return Set(fields.keys) == names && Set(processor.keys) == ["model", "flags"]
            && ["operating_system", "kernel", "architecture"].allSatisfy { fields[$0]?.stringValue != nil }
            && processor["model"]?.stringValue != nil && processor["flags"]?.arrayValue?.allSatisfy { $0.stringValue != nil } == true
            && fields["cores"]?.integerValue != nil && fields["memory_bytes"]?.integerValue != nil
    }

    /// The Swift version range this binary was compiled with; the language offers no exact query.
    public static var compiler: String {
        #if compiler(>=6.4)
            "Swift ≥ 6.4"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #elseif compiler(>=6.2)
            "Swift 6.2"
        #elseif compiler(>=6.1)
            "Swift 6.1"
        #else
            "Swift 6.0"
        #endif
    }

    static func operatingSystem() -> String {
        let release = (try? BoundedFile.read("/etc/os-release", limit: 1 << 16)) ?? []
        for line in String(decoding: release, as: UTF8.self).split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
            return line.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
        return ProcessInfo.processInfo.operatingSystemVersionString
    }

    private static func systemName() -> utsname {
        var name = utsname()
        uname(&name)
        return name
    }

    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    static func kernel() -> String {
        let name = systemName()
        return text(name.sysname) + " " + text(name.release)
    }

    static func architecture() -> String { text(systemName().machine) }

    /// Model, and the flags that decide which kernels run.
    static func processor() -> JSONValue {
        // A pseudo-file: its size is not known beforehand, so it is read through a handle.
        let information = FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data()
        var model = "unknown"
        var flags: [String] = []
        for line in String(decoding: information, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            if parts[0] == "model name", model == "unknown" { model = parts[1] }
            if parts[0] == "flags" || parts[0] == "Features", flags.isEmpty {
                flags = parts[1].split(separator: " ").map(String.init)
            }
        }
        let relevant = flags.filter { flag in
            ["sse", "avx", "fma", "f16c", "asimd", "sve", "amx", "neon"].contains { flag.hasPrefix($0) }
        }
        return ["model": .string(model), "flags": .array(relevant.sorted().map { .string($0) })]
    }

    /// Commit and whether the working tree differs from it; nil outside a git checkout or without git.
    static func git(in folder: String) -> JSONValue? {
        guard let commit = output(of: ["git", "-C", folder, "rev-parse", "HEAD"]),
            let changes = output(of: ["git", "-C", folder, "status", "--porcelain"])
        else { return nil }
        return ["commit": .string(commit.trimmingCharacters(in: .whitespacesAndNewlines)), "dirty": .bool(!changes.isEmpty)]
    }

    private static func output(of command: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }
}
