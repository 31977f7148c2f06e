import Integrity

/// A text with places to be filled in, such as `mnist-${row}`: `${name}` stands for the value of that name.
public struct Template: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case name(String)
    }

    private let parts: [Part]

    /// Nil where a `${` is not closed, or holds no name of letters, digits and `._-`.
    public init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let opening = rest.firstRange(of: "${") {
            if opening.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<opening.lowerBound]))) }
            guard let closing = rest[opening.upperBound...].firstIndex(of: "}") else { return nil }
            let name = String(rest[opening.upperBound..<closing])
            guard ArtifactMeta.isName(name) else { return nil }
            parts.append(.name(name))
            rest = rest[rest.index(after: closing)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    /// The names of the places, in order; one that stands there twice is named twice.
    public var names: [String] {
        parts.compactMap { part in
            if case .name(let name) = part { name } else { nil }
        }
    }

    /// The name where the text is one place and nothing else, so that the value need not become a text.
    public var soleName: String? {
        guard parts.count == 1, case .name(let name) = parts[0] else { return nil }
        return name
    }

    /// The text with its places filled; a place without a value stays as it is.
    public func filled(with values: [String: JSONValue]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .name(let name): values[name].map(Template.text) ?? "${\(name)}"
            }
        }.joined()
    }

    /// A text with its places filled; one that is no template stays as it is.
    static func fill(_ text: String, with values: [String: JSONValue]) -> String { Template(text)?.filled(with: values) ?? text }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? String(decoding: value.canonicalBytes(), as: UTF8.self)
    }
}
