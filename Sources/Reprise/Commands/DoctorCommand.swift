import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Numerics
import Workflows

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check this machine, the repository and the state folder.",
        discussion: """
            Says what would stand in the way of a run, and what to do about it: processor and arithmetic, free disk space, whether the state \
            folder can be written, keys, and whether every meta.json of the repository is well-formed. With --store, every \
            object of the store is read and its digest compared.

            Exit status: 0 all is well, 3 something must be mended first.
            """)

    @Flag(help: "Also read every object of the store and compare its digest.") var store = false
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    private struct Check {
        var name: String
        var isWell: Bool
        var text: String
    }

    func run() throws {
        let project = try Project(homeOptions)
        var checks = machine()
        checks.append(repository(project))
        checks += state(project)
        let isWell = checks.allSatisfy(\.isWell)
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "well": .bool(isWell),
                    "checks": .array(
                        checks.map { ["name": .string($0.name), "well": .bool($0.isWell), "text": .string($0.text)] }),
                ]).prettyText())
        } else {
            let width = checks.map(\.name.count).max() ?? 0
            for check in checks {
                Terminal.line(
                    "\(check.isWell ? "✓" : "✗") \(check.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(check.text)")
            }
        }
        if !isWell { throw ExitCode(ExitClass.environment.rawValue) }
    }

    private func machine() -> [Check] {
        let environment = EnvironmentRecord.capture(libraries: Libraries.versions, repository: nil)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let memory = ProcessInfo.processInfo.physicalMemory >> 20
        let variables = ProcessInfo.processInfo.environment
        let portable = ArithmeticRecord.text(ArithmeticRecord.planned(.portable, environment: variables))
        let openblas = ArithmeticRecord.planned(.openblas, environment: variables)
        var arithmetic = "\(portable) by its \(InstructionSet.selected.name) kernels; \(ArithmeticRecord.text(openblas))"
        let detected = OpenBLASArithmetic.core
        if openblas["core"]?.stringValue != detected { arithmetic += ", left to itself it would take \(detected)" }
        if let problem = InstructionSet.problem { arithmetic = problem }
        return [
            Check(name: "system", isWell: true, text: PlanPrinter.text(environment["operating_system"] ?? .null)),
            Check(
                name: "processor", isWell: true,
                text: "\(PlanPrinter.text(environment["processor"]?["model"] ?? .null)), \(cores) cores"),
            Check(
                name: "memory", isWell: memory >= 1 << 10,
                text: "\(memory) MiB" + (memory >= 1 << 10 ? "" : ": training needs about 1 GiB")),
            Check(name: "arithmetic", isWell: InstructionSet.problem == nil, text: arithmetic),
            Check(
                name: "libraries", isWell: true,
                text: Libraries.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; ")),
        ]
    }

    private func repository(_ project: Project) -> Check {
        do {
            let catalogue = try project.catalogue()
            try WorkflowCheckup.checkAll(in: catalogue)
            let count = catalogue.artifacts.count
            return Check(name: "repository", isWell: true, text: "\(project.repository): \(count) artifacts, all well-formed")
        } catch {
            return Check(name: "repository", isWell: false, text: "\(error)")
        }
    }

    private func state(_ project: Project) -> [Check] {
        let home = project.home
        var checks: [Check] = []
        do {
            let opened = try Store(root: home.store)
            try opened.checkWritable()
            var text = "\(home.path) can be written"
            var isWell = true
            if let space = try? FileManager.default.attributesOfFileSystem(forPath: home.path)[.systemFreeSize] as? NSNumber {
                let gibibytes = space.doubleValue / Double(1 << 30)
                text += String(format: ", %.1f GiB free", gibibytes)
                if gibibytes < 1 {
                    isWell = false
                    text += ": a run needs about 1 GiB; free some, or set REPRISE_HOME to a roomier place"
                }
            }
            checks.append(Check(name: "state", isWell: isWell, text: text))
            if store {
                let verification = try opened.verifyAll()
                checks.append(
                    Check(
                        name: "store", isWell: verification.corrupted.isEmpty,
                        text: "\(verification.objects) objects are intact"
                            + (verification.corrupted.isEmpty
                                ? ""
                                : ", \(verification.corrupted.count) were not and have been moved away; they are made again when needed")))
            }
        } catch {
            checks.append(Check(name: "state", isWell: false, text: "\(error)"))
        }
        do {
            let entries = try project.keyRing().list()
            let own = entries.count { $0.origin == .own }
            checks.append(
                Check(
                    name: "keys", isWell: true,
                    text: own == 0 ? "none yet: the first run makes one" : "\(own) own, \(entries.count - own) trusted"))
        } catch {
            checks.append(Check(name: "keys", isWell: false, text: "\(error)"))
        }
        return checks
    }
}
