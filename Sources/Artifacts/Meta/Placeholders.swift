import Integrity

/// What `${…}` may stand for at a place of a workflow's meta.json: one of the workflow's parameters or, in a step that is planned once for each
/// row of the matrix, `${row}`.
struct Placeholders {
    /// The name that stands for the row of the matrix.
    static let row = "row"
    /// So many texts at most may one template become.
    private static let limit = 1000

    let declarations: [String: ParameterDeclaration]
    /// Nil where no row is meant.
    let rows: [String]?

    /// Reads a template all of whose names mean something here; notes the first that does not.
    func template(_ node: MetaNode) -> Template? {
        guard let text = node.value?.stringValue else { return nil }
        guard let template = Template(text) else {
            node.problem("a text in which every ${ is closed and holds the name of a parameter")
            return nil
        }
        for name in template.names where !isKnown(name) {
            let hint = Suggestions.hint(name, among: declarations.keys)
            node.problem(
                name == Placeholders.row
                    ? "${row} only in a step that is planned for each row (\"each\": [\"row\"])"
                    : "a declared parameter of the workflow\(hint)")
            return nil
        }
        return template
    }

    /// Every text that a template may become, so that all of them can be checked; notes a place that may hold anything.
    func candidates(_ node: MetaNode) -> [String]? {
        guard let template = template(node) else { return nil }
        var filled: [[String: JSONValue]] = [[:]]
        for name in Set(template.names).sorted() {
            let choices = name == Placeholders.row ? (rows ?? []).map(JSONValue.string) : declarations[name]?.choices ?? []
            guard !choices.isEmpty else {
                node.problem("a parameter with choices here, so that all that ${\(name)} can become is checked")
                return nil
            }
            guard filled.count * choices.count <= Placeholders.limit else {
                node.problem("a text that can become at most \(Placeholders.limit) others")
                return nil
            }
            filled = filled.flatMap { values in choices.map { values.merging([name: $0]) { $1 } } }
        }
        return filled.map(template.filled)
    }

    private func isKnown(_ name: String) -> Bool { name == Placeholders.row && rows != nil || declarations[name] != nil }
}
