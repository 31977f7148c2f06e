/// The files beside a meta.json that MLCommons' tools look for.
enum ClientFileRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        contents.places.flatMap { place in
            place.kind == ArtifactKind.workflow.rawValue ? [] : link(place, contents) + module(place, contents) + program(place, contents)
        }
    }

    /// CM reads `_cm.json`. A link cannot come to differ from the file; one to anywhere else would lead out of the artifact.
    private static func link(_ place: RepositoryContents.Place, _ contents: RepositoryContents) -> [RepositoryFinding] {
        let path = "\(place.path)/_cm.json"
        guard contents.linkTarget(path) != "meta.json" else { return [] }
        let problem =
            contents.status(path) == nil
            ? "absent: CM does not find the artifact"
            : contents.linkTarget(path).map { "a link to \($0)" } ?? "a file of its own, which can differ from meta.json"
        return [RepositoryFinding(.link, path, problem, remedy: "ln -sfn meta.json \(path)")]
    }

    /// CM knows a kind by its module, which adds nothing to what all kinds can do.
    private static func module(_ place: RepositoryContents.Place, _ contents: RepositoryContents) -> [RepositoryFinding] {
        guard place.kind == ArtifactKind.automation.rawValue else { return [] }
        let path = "\(place.path)/module.py"
        let text = contents.bytes(path).map { String(decoding: $0, as: UTF8.self) }
        guard text?.contains("class CAutomation(Automation):") != true else { return [] }
        return [
            RepositoryFinding(
                .module, path, text == nil ? "absent: CM knows no kind \(place.alias)" : "has no class CAutomation(Automation)",
                remedy: "Copy the module.py of another kind: they are all alike.")
        ]
    }

    private static func program(_ place: RepositoryContents.Place, _ contents: RepositoryContents) -> [RepositoryFinding] {
        guard place.kind == ArtifactKind.script.rawValue else { return [] }
        let path = "\(place.path)/run.sh"
        guard contents.isRegularFile(path) else {
            return [
                RepositoryFinding(
                    .program, path, "absent: MLCommons' tools would do nothing and report success",
                    remedy: "Copy the run.sh of another script of its sort.")
            ]
        }
        guard let status = contents.status(path), status.st_mode & 0o111 == 0o111 else {
            return [RepositoryFinding(.program, path, "not executable", remedy: "chmod +x \(path)")]
        }
        return []
    }
}
