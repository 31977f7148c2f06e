import Integrity

/// Something in a repository of artifacts that is not as it should be, and what to do about it.
public struct RepositoryFinding: Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing it is; the raw values are for programs and do not change.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A folder that cannot hold artifacts, or something in one that must not be there.
        case folder
        /// A meta.json that is not well-formed.
        case schema
        /// A folder that is not named for its artifact, or lies among those of another kind.
        case alias
        /// One uid, two artifacts.
        case uidAgain = "uid-again"
        /// A uid that MLCommons' tools use themselves.
        case uidOfMLCommons = "uid-of-mlcommons"
        /// An automation_uid that is not the uid of the artifact's kind.
        case kindUID = "kind-uid"
        /// A `_cm.json` that is no link to the meta.json beside it.
        case link
        /// A kind of artifact without the module that lets CM find it.
        case module
        /// cmr.yaml or artifacts/meta.yaml against meta.json.
        case description
        /// Tags that a script must have.
        case tags
        /// Two scripts that answer the same tags.
        case tagsAgain = "tags-again"
        /// A file that MLCommons' tools start: absent, not executable, or not as in the other scripts.
        case program
        /// A workflow that no script reproduces.
        case reproduceMissing = "reproduce-missing"
        /// A script that reproduces no workflow of this repository.
        case reproduceUnknown = "reproduce-unknown"
        /// Variations of a script that are not those of its workflow.
        case reproduceVariations = "reproduce-variations"
        /// Inputs or results of a script other than those that all of them have.
        case reproduceInterface = "reproduce-interface"
        /// A croissant.json that is not what the meta.json gives.
        case croissant
        /// A data set of which too little is said for a complete Croissant.
        case croissantFacts = "croissant-facts"
        /// Something required that is not there, in a wrong version, or in a circle.
        case reference
        /// A workflow that cannot be planned.
        case plan
    }

    public let code: Code
    /// The file or folder, relative to the repository.
    public let place: String
    public let problem: String
    public let remedy: String

    public init(_ code: Code, _ place: String, _ problem: String, remedy: String) {
        (self.code, self.place, self.problem, self.remedy) = (code, place, problem, remedy)
    }

    public var description: String { "\(place): [\(code.rawValue)] \(problem)\n  \(remedy)" }

    public var json: JSONValue {
        ["code": .string(code.rawValue), "place": .string(place), "problem": .string(problem), "remedy": .string(remedy)]
    }
}
