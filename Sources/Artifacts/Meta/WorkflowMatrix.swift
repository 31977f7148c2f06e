import Integrity

/// A row of a workflow's matrix, such as a row of the paper's table.
public struct MatrixRow: Hashable, Sendable {
    /// What `${row}` stands for, and what `--only` takes: a-z, 0-9 and hyphens.
    public let name: String
    /// What a report shows.
    public let title: String

    public init(name: String, title: String) {
        self.name = name
        self.title = title
    }
}

/// The `matrix` section: steps that say `"each": ["row", "seed"]` are planned once for every row and every seed.
public struct WorkflowMatrix: Hashable, Sendable {
    /// How often each row is run, each time with a seed of its own.
    public enum Seeds: Hashable, Sendable {
        case count(Int)
        /// The workflow's parameter that says it.
        case parameter(String)
    }

    public static let largestRowCount = 100
    public static let largestSeedCount = 100

    /// At least one, their names unique.
    public let rows: [MatrixRow]
    public let seeds: Seeds

    /// The number of seeds, given the values of the workflow's parameters.
    public func seedCount(with values: [String: JSONValue]) -> Int {
        switch seeds {
        case .count(let count): count
        case .parameter(let name): values[name]?.integerValue ?? 1
        }
    }

    static func read(_ node: MetaNode, declarations: [String: ParameterDeclaration]) -> WorkflowMatrix? {
        guard !node.isAbsent, node.refuseUnknown(["rows", "seeds"]) else { return nil }
        let elements = node["rows"].elements("an array of at least one row", atLeast: 1)
        if elements.count > largestRowCount { node["rows"].problem("at most \(largestRowCount) rows", found: "\(elements.count)") }
        MetaNode.refuseDuplicates(elements.map { ($0["name"].value?.stringValue, $0["name"]) }, "rows' names")
        let rows = elements.prefix(largestRowCount).compactMap { row -> MatrixRow? in
            guard row.refuseUnknown(["name", "title"]) else { return nil }
            let name = row["name"].text(
                "a row's name of a-z, 0-9 and hyphens, 48 at most, that begins with a letter or digit", where: isRowName)
            let title = row["title"].text()
            guard let name, let title else { return nil }
            return MatrixRow(name: name, title: title)
        }
        if declarations[Placeholders.row] != nil {
            node.problem("no parameter named \(Placeholders.row) beside a matrix, which has its own ${\(Placeholders.row)}", found: "one")
        }
        return seeds(node["seeds"], declarations: declarations).map { WorkflowMatrix(rows: rows, seeds: $0) }
    }

    private static func seeds(_ node: MetaNode, declarations: [String: ParameterDeclaration]) -> Seeds? {
        if node.isAbsent { return .count(1) }
        let expected =
            "a number of seeds from 1 to \(largestSeedCount), or ${…} with an integer parameter whose minimum and maximum lie there"
        if let count = node.value?.integerValue, (1...largestSeedCount).contains(count) { return .count(count) }
        guard let name = node.value?.stringValue.flatMap({ Template($0)?.soleName }), let declaration = declarations[name],
            declaration.type == .integer, let minimum = declaration.minimum, let maximum = declaration.maximum, minimum >= 1,
            maximum <= Double(largestSeedCount)
        else {
            node.problem(expected)
            return nil
        }
        return .parameter(name)
    }

    static func isRowName(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9][a-z0-9\-]{0,47}/) != nil }
}
