import Artifacts

/// What is wrong with a checklist's file, or with the answers that a person wrote.
public struct ChecklistError: ClassifiedError, Hashable {
    public let file: String
    /// The item, or the field; nil where the whole file is meant.
    public let item: String?
    public let problem: String
    public let remedy: String

    init(_ file: String, item: String? = nil, _ problem: String, remedy: String) {
        self.file = file
        self.item = item
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "\(file)\(item.map { ", \($0)" } ?? ""): \(problem); \(remedy)" }
    public var exitClass: ExitClass { .badInput }
}
