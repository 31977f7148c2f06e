/// The files beside a meta.json that MLCommons' tools look for.
enum ClientFileRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        contents.places.flatMap { place in
            place.kind == ArtifactKind.workflow.rawValue ? [] : link(place, contents) + module(place, contents) + programs(place, contents)
        } + shared(contents)
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
        return [ClientPrograms.finding(ClientPrograms.module, in: place.path, .module, contents)].compactMap(\.self)
    }

    private static func programs(_ place: RepositoryContents.Place, _ contents: RepositoryContents) -> [RepositoryFinding] {
        guard place.kind == ArtifactKind.script.rawValue else { return [] }
        let isReproduction = place.alias.hasPrefix(ReproduceInterface.alias(of: ""))
        let isBuiltin = contents.artifacts.first { $0.place.path == place.path }?.meta.script?.isBuiltin ?? false
        if isReproduction || isBuiltin {
            let programs = isReproduction ? ClientPrograms.reproduction : [ClientPrograms.step]
            return programs.compactMap { ClientPrograms.finding($0, in: place.path, .program, contents) }
        }
        // A step that brings its own program.
        let path = "\(place.path)/run.sh"
        guard contents.isRegularFile(path) else {
            return [
                RepositoryFinding(
                    .program, path, "absent: MLCommons' tools would do nothing and report success",
                    remedy: "Write one that runs the step, or says why it does not run alone.")
            ]
        }
        guard let status = contents.status(path), status.st_mode & 0o111 == 0o111 else {
            return [RepositoryFinding(.program, path, "not executable", remedy: "chmod +x \(path)")]
        }
        return []
    }

    /// What the scripts of a repository call.
    private static func shared(_ contents: RepositoryContents) -> [RepositoryFinding] {
        guard contents.places.contains(where: { $0.kind == ArtifactKind.script.rawValue }) else { return [] }
        return ClientPrograms.shared.compactMap { ClientPrograms.finding($0, in: "scripts", .program, contents) }
    }
}
