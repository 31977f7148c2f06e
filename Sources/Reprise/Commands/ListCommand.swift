import ArgumentParser
import Artifacts
import Integrity
import Workflows

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List artifacts, workflows and runs.",
        discussion: """
            Examples:
              reprise list                      everything there is to run or look at
              reprise list dataset              one kind
              reprise list --tags mnist         what carries all of the tags
              reprise list runs                 what has been run here
            """)

    @Argument(help: "A kind (dataset, model, script, paper, workflow, automation) or 'runs'.") var kind: String?
    @Option(help: "Only what carries all of these tags, comma-separated.") var tags: String?
    @OptionGroup var homeOptions: HomeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let project = try Project(homeOptions)
        if kind == "runs" { return listRuns(project) }
        var query = ArtifactQuery(tags: tags?.split(separator: ",").map(String.init) ?? [])
        if let kind {
            guard let known = ArtifactKind(rawValue: kind) else {
                throw UsageError(
                    "'\(kind)' is no kind; there are: \((ArtifactKind.allCases.map(\.rawValue) + ["runs"]).joined(separator: ", "))")
            }
            query.kind = known
        }
        // The kinds themselves are plumbing: shown only when asked for.
        let found = try project.catalogue().search(query).filter { query.kind != nil || $0.meta.kind != .automation }
        if output.json {
            Terminal.write(
                JSONValue.array(
                    found.map { artifact in
                        var json = ArtifactReference(artifact).json
                        json["name"] = .string(artifact.meta.name)
                        json["tags"] = .array(artifact.meta.tags.map { .string($0) })
                        return json
                    }
                ).prettyText())
            return
        }
        let order: [ArtifactKind] = [.workflow, .paper, .dataset, .model, .script, .automation]
        let width = found.map(\.reference.count).max() ?? 0
        for kind in order {
            for artifact in found where artifact.meta.kind == kind {
                Terminal.line("\(artifact.reference.padding(toLength: width, withPad: " ", startingAt: 0))  \(artifact.meta.name)")
            }
        }
        if found.isEmpty { Terminal.line("nothing matches") }
    }

    private func listRuns(_ project: Project) {
        let runs = project.library().all()
        if output.json {
            Terminal.write(
                JSONValue.array(
                    runs.map { run in
                        ["id": .string(run.id), "finished": .bool(run.isFinished), "folder": .string(run.path)]
                    }
                ).prettyText())
        } else if runs.isEmpty {
            Terminal.line("no runs yet; start one with: reprise run quickstart")
        } else {
            for run in runs { Terminal.line("\(run.id)  \(run.isFinished ? "finished" : "unfinished: continue it with --resume")") }
        }
    }
}
