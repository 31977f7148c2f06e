import Foundation
import Integrity

/// The meta.json of an artifact, read and validated.
///
/// The fields that all kinds have follow MLCommons' automation tools: `alias`, `uid` (16 hexadecimal digits), `automation_alias` (the kind),
/// `automation_uid` (the kind's own uid), `tags`, and ours: `version`, `name`, `description`, optional `license`, `url`, and `requires`. Each kind adds
/// its own section. Fields of other tools are let through where ``foreignFields`` names them or where they begin with `x-`; any other is
/// taken for a slip of the pen and refused.
public struct ArtifactMeta: Hashable, Sendable {
    /// What the kind adds.
    public enum Content: Hashable, Sendable {
        case automation
        case dataset(DatasetMeta)
        case model(ModelMeta)
        /// Nil for a script that is no step of ours.
        case script(ScriptMeta?)
        case paper(PaperMeta)
        case workflow(WorkflowMeta)
    }

    public let alias: String
    public let uid: String
    public let kind: ArtifactKind
    public let automationUID: String
    public let tags: [String]
    public let version: SemanticVersion
    public let name: String
    public let description: String
    public let license: String?
    public let url: String?
    public let requires: [ArtifactQuery]
    public let content: Content
    /// The file as it stands.
    public let json: JSONValue

    /// `kind/alias`.
    public var title: String { "\(kind)/\(alias)" }

    public var dataset: DatasetMeta? { if case .dataset(let section) = content { section } else { nil } }
    public var model: ModelMeta? { if case .model(let section) = content { section } else { nil } }
    public var script: ScriptMeta? { if case .script(let section) = content { section } else { nil } }
    public var paper: PaperMeta? { if case .paper(let section) = content { section } else { nil } }
    public var workflow: WorkflowMeta? { if case .workflow(let section) = content { section } else { nil } }

    /// Fields that MLCommons CM and MLCFlow give a meaning. We keep them in ``json`` and do not look at them.
    public static let foreignFields = [
        "actions", "cache", "cache_expiration", "category", "category_sort", "cfg", "clean_files", "clean_output_files", "conditions",
        "default_env", "default_variations", "default_version", "deps", "desc", "developers", "docker", "docs", "env",
        "extra_cache_tags_from_env",
        "file_path", "gui", "input_description", "input_mapping", "invalid_variation_combinations", "local_env_keys", "min_cm_version",
        "new_env_keys",
        "new_state_keys", "post_deps", "posthook_deps", "predeps", "prehook_deps", "print_env_at_the_end", "remote_run", "repo_uid",
        "script_name",
        "skip_file_name", "sort", "tags_help", "tests", "use_any_env", "use_for_ai_agents", "validate_cache", "versions",
    ]

    static let commonFields = [
        "alias", "uid", "automation_alias", "automation_uid", "tags", "version", "name", "description", "license", "url", "requires",
    ]

    /// The fields that only one kind has.
    private static func ownFields(_ kind: ArtifactKind) -> [String] {
        switch kind {
        case .automation: []
        case .dataset: ["dataset"]
        case .model: ["model", "variations"]
        // A script's variations are those of MLCommons' tools.
        case .script: ["step", "variations"]
        case .paper: ["paper", "claims"]
        case .workflow: ["steps", "parameters", "variations", "default_variation", "claims", "paper", "protocol", "matrix", "tables"]
        }
    }

    /// Validates a value; throws all that is wrong with it.
    ///
    /// - Parameters:
    ///   - file: the name to show in problems.
    ///   - companion: reads a file beside the meta.json, for a paper whose `claims` names one; gives the value, or what is wrong with the file.
    public init(
        json: JSONValue, file: String,
        companion: (String) -> Result<JSONValue, MetaError> = { name in
            .failure(
                MetaError(file: name, problems: [MetaProblem(field: "(file)", expected: "claims in the same file", found: "its name")]))
        }
    ) throws(MetaError) {
        let report = MetaNode.Report()
        let root = MetaNode(path: "", value: json, report: report)
        guard json.objectValue != nil else {
            root.problem("an object")
            throw MetaError(file: file, problems: report.problems)
        }
        let alias = root["alias"].text(ArtifactMeta.aliasForm, where: ArtifactMeta.isAlias)
        let uid = root["uid"].text(ArtifactMeta.uidForm, where: ArtifactMeta.isUID)
        let kind = root["automation_alias"].choice(ArtifactKind.self)
        let automationUID = root["automation_uid"].text(ArtifactMeta.uidForm, where: ArtifactMeta.isUID)
        let tagNodes = root["tags"].elements("an array of tags")
        let tags = tagNodes.compactMap { $0.text(ArtifactMeta.tagForm, where: ArtifactMeta.isTag) }
        MetaNode.refuseDuplicates(tagNodes.map { ($0.value?.stringValue, $0) }, "tags")
        let version = root["version"].text("a version such as 1.0.0") { SemanticVersion($0) != nil }.flatMap { SemanticVersion($0) }
        let name = root["name"].text()
        let description = root["description"].text()
        license = root["license"].optionalText()
        url = root["url"].optionalText("an http or https URL", where: RemoteFile.isWebURL)
        requires = root["requires"].optionalElements("an array of required artifacts").compactMap { Requirement.read($0, kind: nil) }
        let content = kind.flatMap { ArtifactMeta.readContent($0, root: root, alias: alias ?? "", companion: companion) }
        if let kind { root.refuseUnknown(ArtifactMeta.commonFields + ArtifactMeta.ownFields(kind) + ArtifactMeta.foreignFields) }
        guard report.problems.isEmpty, let alias, let uid, let kind, let automationUID, let version, let name, let description, let content
        else {
            throw MetaError(file: file, problems: report.problems)
        }
        (self.alias, self.uid, self.kind, self.automationUID, self.tags) = (alias, uid, kind, automationUID, tags)
        (self.version, self.name, self.description, self.content, self.json) = (version, name, description, content, json)
    }

    private static func readContent(
        _ kind: ArtifactKind, root: MetaNode, alias: String, companion: (String) -> Result<JSONValue, MetaError>
    ) -> Content? {
        switch kind {
        case .automation: return .automation
        case .dataset: return DatasetMeta.read(root["dataset"], alias: alias).map(Content.dataset)
        case .model: return ModelMeta.read(root).map(Content.model)
        case .script: return root["step"].isAbsent ? .script(nil) : ScriptMeta.read(root["step"]).map(Content.script)
        case .workflow: return .workflow(WorkflowMeta.read(root))
        case .paper:
            var claims = root["claims"]
            var aliases = MetaNode(path: "aliases", value: nil, report: root.report)
            if let name = claims.value?.stringValue {
                guard RemoteFile.isSafeName(name) else {
                    claims.problem("an array of claims, or the name of a file beside this one")
                    return nil
                }
                switch companion(name) {
                case .success(let value):
                    let list = value.arrayValue == nil ? value["claims"] : value
                    claims = MetaNode(path: "\(name):claims", value: list, report: root.report)
                    aliases = MetaNode(path: "\(name):aliases", value: value["aliases"], report: root.report)
                    if value.objectValue != nil {
                        MetaNode(path: name, value: value, report: root.report).refuseUnknown(["claims", "aliases"])
                    }
                case .failure(let error):
                    for problem in error.problems {
                        MetaNode(path: "claims, \(name), \(problem.field)", value: nil, report: root.report)
                            .problem(problem.expected, found: problem.found)
                    }
                    return nil
                }
            }
            return PaperMeta.read(root["paper"], claims: claims, aliases: aliases).map(Content.paper)
        }
    }

    // MARK: - Forms

    static let aliasForm = "an alias of a-z, 0-9, dots and hyphens that begins with a letter or digit"
    static let uidForm = "16 lower-case hexadecimal digits"
    static let tagForm = "a tag of a-z, 0-9 and ._-"

    static func isAlias(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9][a-z0-9.\-]{0,127}/) != nil }
    static func isUID(_ text: String) -> Bool { text.wholeMatch(of: /[0-9a-f]{16}/) != nil }
    static func isTag(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9._\-]{1,128}/) != nil }
    static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\-]{0,127}/) != nil }
}
