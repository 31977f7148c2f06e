import Foundation
import Integrity

/// A parameter that a model, a step or a workflow takes: its type, its bounds and what it is when nobody says.
public struct ParameterDeclaration: Hashable, Sendable {
    public enum ValueType: String, Hashable, Sendable, CaseIterable {
        case integer, number, string, boolean
    }

    public let type: ValueType
    /// The value when none is given; nil makes the parameter mandatory.
    public let `default`: JSONValue?
    public let minimum: Double?
    public let maximum: Double?
    /// The values allowed; empty where all are.
    public let choices: [JSONValue]
    public let description: String
    /// Why the value is what it is, where the paper does not say it and whoever wrote the artifact had to choose.
    public let choice: String?

    public init(
        type: ValueType, default: JSONValue? = nil, minimum: Double? = nil, maximum: Double? = nil, choices: [JSONValue] = [],
        description: String, choice: String? = nil
    ) {
        (self.type, self.default, self.minimum, self.maximum) = (type, `default`, minimum, maximum)
        (self.choices, self.description, self.choice) = (choices, description, choice)
    }

    /// What a value must be, in words: `an integer from 1 to 100`.
    public var expectation: String {
        var text = type == .integer ? "an integer" : type == .boolean ? "true or false" : "a \(type.rawValue)"
        switch (minimum, maximum) {
        case (let minimum?, let maximum?): text += " from \(minimum.shortText) to \(maximum.shortText)"
        case (let minimum?, nil): text += " of at least \(minimum.shortText)"
        case (nil, let maximum?): text += " of at most \(maximum.shortText)"
        case (nil, nil): break
        }
        return choices.isEmpty ? text : text + ", one of " + choices.map { MetaNode.show($0) }.joined(separator: ", ")
    }

    /// Whether a value is of the type, in the bounds and among the choices.
    public func accepts(_ value: JSONValue) -> Bool {
        let isOfType =
            switch type {
            case .integer: value.integerValue != nil
            case .number: value.numberValue != nil
            case .string: value.stringValue != nil
            case .boolean: value.boolValue != nil
            }
        guard isOfType, choices.isEmpty || choices.contains(value) else { return false }
        guard let number = value.numberValue else { return true }
        return minimum.map { number >= $0 } ?? true && maximum.map { number <= $0 } ?? true
    }

    /// Throws where the value is not accepted; `name` is for the message.
    public func validate(_ value: JSONValue, name: String) throws(ParameterError) {
        guard accepts(value) else { throw .invalid(name: name, expected: expectation, found: MetaNode.show(value)) }
    }

    /// Reads a value as typed after `--set name=`.
    public func parse(_ text: String, name: String) throws(ParameterError) -> JSONValue {
        let value: JSONValue? =
            switch type {
            case .string: .string(text)
            case .boolean: text == "true" ? true : text == "false" ? false : nil
            // The strict reader, so that what is typed means the same as what is written in a file.
            case .integer, .number: (try? JSONValue.parse(text)).flatMap { $0.numberValue == nil ? nil : $0 }
            }
        guard let value, accepts(value) else { throw .invalid(name: name, expected: expectation, found: "\"\(text.prefix(60))\"") }
        return value
    }

    /// The values of all declared parameters: defaults, overridden by each layer in turn (a variation's, then the user's).
    public static func values(
        of declarations: [String: ParameterDeclaration], layers: [[String: JSONValue]]
    ) throws(ParameterError) -> [String: JSONValue] {
        var values = declarations.compactMapValues(\.default)
        for layer in layers {
            for (name, value) in layer.sorted(by: { $0.key < $1.key }) {
                guard let declaration = declarations[name] else { throw .unknown(name: name, known: declarations.keys.sorted()) }
                try declaration.validate(value, name: name)
                values[name] = value
            }
        }
        for name in declarations.keys.sorted() where values[name] == nil { throw .missing(name: name) }
        return values
    }
}

/// A parameter that was given wrongly.
public enum ParameterError: ClassifiedError, Hashable {
    case invalid(name: String, expected: String, found: String)
    case unknown(name: String, known: [String])
    case missing(name: String)

    public var exitClass: ExitClass { .badInput }

    public var description: String {
        switch self {
        case .invalid(let name, let expected, let found): "parameter \(name): expected \(expected), found \(found)"
        case .unknown(let name, let known):
            "no parameter \(name)"
                + (known.isEmpty
                    ? ": there are none"
                    : Suggestions.near(name, among: known).isEmpty ? "; there are \(known.joined(separator: ", "))" : "")
                + Suggestions.hint(name, among: known)
        case .missing(let name): "parameter \(name) has no default: give it with --set \(name)=VALUE"
        }
    }
}

extension ParameterDeclaration {
    static func read(_ node: MetaNode) -> ParameterDeclaration? {
        guard node.refuseUnknown(["type", "default", "minimum", "maximum", "choices", "description", "choice"]) else { return nil }
        let description = node["description"].text()
        guard let type = node["type"].choice(ValueType.self), let description else { return nil }
        let minimum = node["minimum"].optionalNumber()
        let maximum = node["maximum"].optionalNumber()
        if type == .string || type == .boolean {
            for key in ["minimum", "maximum"] where !node[key].isAbsent {
                node[key].problem("no bound, since the type is \(type.rawValue)")
            }
        } else if let minimum, let maximum, minimum > maximum {
            node["maximum"].problem("a number of at least the minimum \(minimum.shortText)")
        }
        let unchosen = ParameterDeclaration(type: type, minimum: minimum, maximum: maximum, description: description)
        let choices = node["choices"].optionalElements("an array of allowed values").compactMap { choice in
            unchosen.require(choice) ? choice.value : nil
        }
        if !node["choices"].isAbsent, choices.isEmpty { node["choices"].problem("at least one allowed value") }
        let whole = ParameterDeclaration(
            type: type, default: node["default"].value, minimum: minimum, maximum: maximum, choices: choices, description: description,
            choice: node["choice"].optionalText("why this value, where the paper does not say") { !$0.isEmpty })
        if !node["default"].isAbsent { whole.require(node["default"]) }
        return whole
    }

    /// Notes a value that is not accepted.
    @discardableResult
    func require(_ node: MetaNode) -> Bool {
        if let value = node.value, accepts(value) { return true }
        node.problem(expectation)
        return false
    }

    /// Overrides of declared parameters, as in a variation.
    static func readOverrides(_ node: MetaNode, of declarations: [String: ParameterDeclaration]) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (key, member) in node.optionalMembers("an object of parameters") {
            guard let declaration = declarations[key] else {
                member.problem("a declared parameter\(Suggestions.hint(key, among: declarations.keys))", found: "\"\(key)\"")
                continue
            }
            if declaration.require(member) { result[key] = member.value }
        }
        return result
    }
}
