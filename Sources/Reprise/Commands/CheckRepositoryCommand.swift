import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

struct CheckRepositoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repo", abstract: "Check that a repository's artifacts are well-formed, for MLCommons' tools too.",
        discussion: """
            Looks at every artifact and workflow: meta.json, names, uids, tags, what MLCommons' tools read beside them (_cm.json, module.py, \
            run.sh, croissant.json, cmr.yaml, artifacts/meta.yaml), whether each workflow has a script that reproduces it with the same \
            variations, whether everything required is there, and whether every variation of every workflow can be planned. Nothing is \
            changed, and none of those tools is needed.

            Each finding has a code, a place and a remedy.
            Exit status: 0 nothing found, 1 something was, 2 the folder holds no repository.
            """)

    @Argument(help: ArgumentHelp("The repository's folder. Default: the one that this folder belongs to.", valueName: "folder"))
    var folder: String?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if folder != nil, homeOptions.repository != nil {
            throw ValidationError("name the repository once: as the argument or by --repository")
        }
    }

    func run() throws {
        var options = homeOptions
        if let folder { options.repository = folder }
        let root = try Project(options).repository
        let check = RepositoryCheck(root: root)
        let findings = check.findings + (check.findings.isEmpty ? CheckRepositoryCommand.plans(root) : [])
        if output.json {
            Terminal.write(
                JSONValue.object([
                    "repository": .string(root), "artifacts": .number(Double(check.artifactCount)), "passed": .bool(findings.isEmpty),
                    "findings": .array(findings.map(\.json)),
                ]).prettyText())
        } else {
            for finding in findings { Terminal.line("✗ \(finding)") }
            let count = "\(check.artifactCount) artifacts and workflows"
            Terminal.line(
                findings.isEmpty
                    ? "✓ \(root): \(count), all well-formed"
                    : "\(root): \(count), \(findings.count) finding\(findings.count == 1 ? "" : "s")")
        }
        if !findings.isEmpty { throw ExitCode(ExitClass.checkFailed.rawValue) }
    }

    /// Plans every variation of every workflow, where nothing else is wrong.
    private static func plans(_ root: String) -> [RepositoryFinding] {
        guard let catalogue = try? Catalogue(root: root) else { return [] }
        return catalogue.artifacts.flatMap { artifact in
            (artifact.meta.workflow?.variations.keys.sorted() ?? []).compactMap { variation in
                do {
                    try WorkflowCheckup.check(artifact, variation: variation, in: catalogue)
                    return nil
                } catch {
                    return RepositoryFinding(
                        .plan, "workflows/\(artifact.meta.alias)/meta.json", "variation \(variation): \(error)",
                        remedy: "Mend the workflow: reprise run \(artifact.meta.alias) --variation \(variation) --plan shows the same.")
                }
            }
        }
    }
}
