import Foundation
import Integrity
import Submissions
import Workflows

/// What this machine's names and places are, to be removed from what is submitted.
enum SubmitterData {
    static func privateData(for plan: Plan, project: Project) -> PrivateData {
        let environment = ProcessInfo.processInfo.environment
        return PrivateData(
            home: environment["HOME"] ?? NSHomeDirectory(),
            users: [NSUserName()] + ["USER", "LOGNAME"].compactMap { environment[$0] },
            hosts: hostNames() + ["HOSTNAME"].compactMap { environment[$0] },
            repository: project.repository, state: project.home.path, temporary: environment["TMPDIR"],
            vocabulary: String(decoding: plan.json.canonicalBytes(), as: UTF8.self))
    }

    /// The host's name, and the part before its domain. Asked of the kernel: no name server need be waited for.
    private static func hostNames() -> [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return [name] + (name.split(separator: ".").first.map { [String($0)] } ?? [])
    }
}
