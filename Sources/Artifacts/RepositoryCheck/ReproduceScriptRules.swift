import Integrity

/// Each workflow has one script by which MLCommons' tools run it, with the workflow's own variations and default; and nothing else answers its tags.
enum ReproduceScriptRules {
    static func findings(_ contents: RepositoryContents) -> [RepositoryFinding] {
        let scripts = contents.artifacts.filter { $0.meta.kind == .script }
        var findings = scripts.compactMap { place, meta -> RepositoryFinding? in
            guard !meta.tags.contains("reprise") else { return nil }
            return RepositoryFinding(
                .tags, "\(place.path)/meta.json", "no tag \"reprise\": tags alone may mean another repository's script", remedy: "Add it.")
        }
        let workflows = contents.artifacts.compactMap { _, meta in meta.workflow.map { (alias: meta.alias, workflow: $0) } }
        for (alias, workflow) in workflows {
            let name = ReproduceInterface.alias(of: alias)
            if let script = scripts.first(where: { $0.place.alias == name }) {
                findings += compare(script.meta, "\(script.place.path)/meta.json", alias, workflow)
                findings += others(answering: script.meta, among: scripts, alias)
            } else if !contents.places.contains(where: { $0.kind == ArtifactKind.script.rawValue && $0.alias == name }) {
                findings.append(
                    RepositoryFinding(
                        .reproduceMissing, "workflows/\(alias)", "no artifacts/script/\(name): MLCommons' tools cannot run this workflow",
                        remedy:
                            "Copy the folder of another reproduce script, give it a uid of its own, and write this workflow's name and variations."
                    ))
            }
        }
        let known = Set(workflows.map { ReproduceInterface.alias(of: $0.alias) })
        let reproducing = contents.places.filter {
            $0.kind == ArtifactKind.script.rawValue && $0.alias.hasPrefix(ReproduceInterface.alias(of: ""))
        }
        // A malformed workflow was reported already; its script is not to blame.
        let folders = Set(
            contents.places.filter { $0.kind == ArtifactKind.workflow.rawValue }.map { ReproduceInterface.alias(of: $0.alias) })
        for place in reproducing where !known.contains(place.alias) && !folders.contains(place.alias) {
            findings.append(
                RepositoryFinding(
                    .reproduceUnknown, place.path, "there is no workflow that it reproduces",
                    remedy: "Rename it for its workflow, or remove it."))
        }
        return findings + ReproduceInterface.sharedFiles.flatMap { shared($0, of: reproducing, contents) }
    }

    private static func compare(_ meta: ArtifactMeta, _ file: String, _ alias: String, _ workflow: WorkflowMeta) -> [RepositoryFinding] {
        var findings: [RepositoryFinding] = []
        func add(_ code: RepositoryFinding.Code, _ problem: String, _ remedy: String) {
            findings.append(RepositoryFinding(code, file, problem, remedy: remedy))
        }
        for tag in ReproduceInterface.tags + [alias] where !meta.tags.contains(tag) {
            add(.tags, "no tag \"\(tag)\"", "Add it: the script is asked for by reprise,reproduce,\(alias).")
        }
        if meta.json["env"]?[ReproduceInterface.workflowVariable]?.stringValue != alias {
            add(
                .reproduceInterface, "env.\(ReproduceInterface.workflowVariable) is not \"\(alias)\"",
                "Write the name of the workflow that the script is named for.")
        }
        if meta.json["cache"]?.boolValue != false {
            add(.reproduceInterface, "cache is not false", "Write false: reprise has a cache of its own, keyed by all that went in.")
        }
        let inputs = ReproduceInterface.inputs(of: workflow)
        if meta.json["input_mapping"] != .object(inputs.mapValues(JSONValue.string)) {
            add(
                .reproduceInterface, "input_mapping differs from what all reproduce scripts take",
                "Write: " + inputs.sorted { $0.key < $1.key }.map { "\($0.key) → \($0.value)" }.joined(separator: ", ") + ".")
        }
        if meta.json["new_env_keys"] != .array(ReproduceInterface.results.map(JSONValue.string)) {
            add(
                .reproduceInterface, "new_env_keys differs from what a run returns",
                "Write: \(ReproduceInterface.results.joined(separator: ", ")).")
        }
        return findings + variations(meta, file, workflow)
    }

    private static func variations(_ meta: ArtifactMeta, _ file: String, _ workflow: WorkflowMeta) -> [RepositoryFinding] {
        func finding(_ problem: String, _ remedy: String) -> RepositoryFinding {
            RepositoryFinding(.reproduceVariations, file, problem, remedy: remedy)
        }
        let own = meta.json["variations"]?.objectValue ?? [:]
        let expected = Set(workflow.variations.keys)
        var findings = expected.subtracting(own.keys).sorted().map {
            finding("variations.\($0): absent, the workflow has it", "Add it.")
        }
        findings += Set(own.keys).subtracting(expected).sorted().map {
            finding("variations.\($0): the workflow has no such variation", "Remove it, or add it to the workflow.")
        }
        for name in expected.intersection(own.keys).sorted() {
            var form: JSONValue = [
                "group": .string(ReproduceInterface.variationGroup), "env": [ReproduceInterface.variationVariable: .string(name)],
            ]
            let isDefault = name == workflow.defaultVariation
            if isDefault { form["default"] = true }
            if own[name] != form {
                findings.append(
                    finding(
                        "variations.\(name): not a member of the group that says how much is run"
                            + (isDefault ? ", as its default" : ", without being its default"),
                        "Write: \(String(decoding: form.canonicalBytes(), as: UTF8.self))"))
            }
        }
        return findings
    }

    /// A client that is given the tags would have to choose.
    private static func others(
        answering meta: ArtifactMeta, among scripts: [(place: RepositoryContents.Place, meta: ArtifactMeta)], _ alias: String
    ) -> [RepositoryFinding] {
        let asked = Set(ReproduceInterface.tags + [alias])
        return scripts.filter { $0.meta.alias != meta.alias && asked.isSubset(of: $0.meta.tags) }.map { other in
            RepositoryFinding(
                .tagsAgain, "\(other.place.path)/meta.json", "answers reprise,reproduce,\(alias), as script/\(meta.alias) does",
                remedy: "Remove the tag that is not its own.")
        }
    }

    /// A file that is the same in all of these folders: reports those that differ from what most of them hold.
    private static func shared(_ name: String, of places: [RepositoryContents.Place], _ contents: RepositoryContents) -> [RepositoryFinding]
    {
        var holders: [[UInt8]: [String]] = [:]
        var findings: [RepositoryFinding] = []
        for place in places {
            let path = "\(place.path)/\(name)"
            if let bytes = contents.bytes(path) {
                holders[bytes, default: []].append(path)
            } else if name != "run.sh" {
                // An absent run.sh is reported of every script.
                findings.append(
                    RepositoryFinding(
                        .program, path, "absent", remedy: "Copy it from another reproduce script: it is the same in all of them."))
            }
        }
        guard let common = holders.max(by: { ($0.value.count, $1.value[0]) < ($1.value.count, $0.value[0]) }) else { return findings }
        for (bytes, paths) in holders where bytes != common.key {
            findings += paths.map {
                RepositoryFinding(.program, $0, "differs from that of the other reproduce scripts", remedy: "cp \(common.value[0]) \($0)")
            }
        }
        return findings
    }
}
