/// A table of the paper that a workflow's report shows beside its own numbers.
public struct TableReference: Hashable, Sendable {
    /// What stands above it, such as `Table 1: MNIST`.
    public let title: String
    /// The table's name in the paper's claims.
    public let table: String

    public init(title: String, table: String) {
        self.title = title
        self.table = table
    }

    static func read(_ node: MetaNode) -> TableReference? {
        guard node.refuseUnknown(["title", "table"]) else { return nil }
        let (title, table) = (node["title"].text(), node["table"].text())
        guard let title, let table else { return nil }
        return TableReference(title: title, table: table)
    }
}
