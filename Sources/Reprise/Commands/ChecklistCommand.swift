import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

struct ChecklistCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checklist", abstract: "Fill in reproducibility checklists with what a run's record proves.",
        discussion: """
            Verifies the run, then answers each item from the record alone, with the evidence: file, field, value, digest. What no record can \
            prove is left to a person: copy answers-template.json, write into it, and give it with --answers. A person's answer is shown as \
            theirs, never as proved.

            Writes <checklist>.md, .html and .json into checklists/<run> of the state folder, or into the folder that --output names, which must \
            lie outside the run's.

              reprise checklist latest                         all checklists of the project
              reprise checklist latest --for acm               one, by its name or the beginning of it
              reprise checklist latest --answers answers.json

            Exit status: 0 written, 1 the record does not hold (then nothing is proved, and the files say so).
            """)

    @Argument(help: ArgumentHelp("A run's id, its folder, or 'latest'.", valueName: "run")) var name = "latest"
    @Option(name: .customLong("for"), help: ArgumentHelp("Only this checklist.", valueName: "checklist")) var wanted: String?
    @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Write into this folder.", valueName: "folder"))
    var outputFolder: String?
    @Option(name: .customLong("answers"), help: ArgumentHelp("What people answer (JSON).", valueName: "file")) var answersFile: String?
    @Option(name: .customLong("key"), help: "Accept only this public key (a PEM file).") var keyFile: String?
    @Flag(help: "Outputs may be absent, as from a published record; everything else must hold.") var record = false
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions, readingOnly: true)
        let folder = try project.library().find(name)
        let all = try Checklist.aliases(in: project.repository).map { try Checklist($0, in: project.repository) }
        let chosen = try choose(from: all, in: project)
        let answers = try answersFile.map { file in
            try PersonAnswers(try BoundedFile.read(file, limit: 1 << 22), file: file, checklists: all)
        }
        let place = try destination(for: folder, in: project)

        var verification = try RunVerifier(trusted: try project.trustedKeys(only: keyFile)).verify(folder, recordAlone: record)
        RunComparison.check(folder, &verification)
        if let problem = VerifyCommand.compare(verification.record, in: project).problem { verification.note("run.json", problem) }
        let catalogue = try project.catalogueIfPresent()
        let proved = try VerifiedRecord(folder, verification: verification, catalogue: catalogue)
        let filled = chosen.map { checklist in
            if let proved { return FilledChecklist(checklist, record: proved, answers: answers ?? .none) }
            return FilledChecklist(checklist, run: folder.id, findings: verification.findings, answers: answers ?? .none)
        }
        let files = try write(filled, into: place, all: all)
        show(filled, run: folder, files: files, verification: verification)
        if proved == nil { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    /// The checklists that are asked for: all, or the one whose name begins so.
    private func choose(from all: [Checklist], in project: Project) throws -> [Checklist] {
        guard let wanted else {
            guard !all.isEmpty else { throw UsageError("\(project.repository) has no checklists/: name a project with --repository") }
            return all
        }
        let begun =
            all.filter { $0.alias == wanted }.isEmpty ? all.filter { $0.alias.hasPrefix(wanted) } : all.filter { $0.alias == wanted }
        guard begun.count == 1, !wanted.isEmpty else {
            let known = (begun.isEmpty ? all : begun).map(\.alias).joined(separator: ", ")
            throw UsageError(
                "--for \(wanted.prefix(80)): \(begun.isEmpty ? "there is no such checklist" : "that may be several"); there are \(known)")
        }
        return begun
    }

    /// Where the files go. A run's folder holds its record and nothing else.
    private func destination(for folder: RunFolder, in project: Project) throws -> String {
        let place = outputFolder ?? project.home.path + "/checklists/" + folder.id
        try OutputPlace.refuse(place, within: folder, option: "--output")
        do { try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true) } catch {
            throw FileError.notWritable(path: place, reason: "the folder cannot be made")
        }
        return place
    }

    private func write(_ filled: [FilledChecklist], into folder: String, all: [Checklist]) throws -> [String] {
        var files: [String] = []
        func write(_ name: String, _ text: String) throws {
            try AtomicFile.write(Array(text.utf8), to: folder + "/" + name)
            files.append(folder + "/" + name)
        }
        for checklist in filled {
            let alias = checklist.checklist.alias
            try write(alias + ".md", ChecklistMarkdown.render(checklist))
            try write(alias + ".html", ChecklistPage.render(checklist))
            try write(alias + ".json", checklist.json.prettyText())
        }
        let template = folder + "/answers-template.json"
        // Somebody may have written into the template itself: what a person wrote is not replaced.
        if let written = try? BoundedFile.read(template, limit: 1 << 22) {
            guard let answers = try? PersonAnswers(written, file: template, checklists: all), answers.isEmpty else {
                Terminal.note("\(template) has been written into and stays as it is; give it with --answers")
                return files
            }
        }
        try write("answers-template.json", PersonAnswers.template(filled).prettyText())
        return files
    }

    private func show(_ filled: [FilledChecklist], run: RunFolder, files: [String], verification: Verification) {
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "run": .string(run.id), "verified": .bool(verification.findings.isEmpty),
                    "files": .array(files.map { .string($0) }), "checklists": .array(filled.map(\.json)),
                    "findings": .array(verification.findings.map(\.json)),
                ]).prettyText())
            return
        }
        for finding in verification.findings { Terminal.line("✗ \(finding)") }
        if !verification.findings.isEmpty { Terminal.line("\(run.id): the record does not hold, so it proves nothing") }
        for checklist in filled {
            Terminal.line("\(checklist.checklist.title): \(checklist.summary)")
            for entry in checklist.entries where entry.answer.kind == .no || entry.answer.kind == .partly {
                Terminal.line("  \(entry.answer.kind.rawValue): \(entry.item.id), \(entry.answer.remark ?? "")")
            }
        }
        let folder = files.first.map { ($0 as NSString).deletingLastPathComponent } ?? ""
        Terminal.line("written to \(folder); what a person must answer: \(folder)/answers-template.json")
    }
}
