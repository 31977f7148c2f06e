import Integrity

/// A run's `ro-crate-metadata.json`: RO-Crate 1.1 following the Process Run Crate 0.5 profile, where each step is a CreateAction.
/// The same model gives the same bytes.
public enum ROCrate {
    public static let fileName = "ro-crate-metadata.json"

    private static let profile = "https://w3id.org/ro/wfrun/process/0.5"

    /// The metadata file's text.
    public static func metadata(_ model: CrateModel) throws(CrateError) -> String {
        // Names of files and references, as actions write them → ids in the graph.
        var identifiers: [String: String] = [:]
        var graph: [JSONValue] = []
        try check(address: model.license, field: "license")
        try check(date: model.datePublished, field: "datePublished")

        var files: [JSONValue] = []
        for file in model.files {
            let identifier = try identifier(ofPath: file.path)
            guard identifiers.updateValue(identifier, forKey: file.path) == nil else { throw .duplicate(file.path) }
            files.append([
                "@id": .string(identifier), "@type": "File", "name": .string(file.path), "description": .string(file.description),
                "encodingFormat": .string(file.mediaType), "contentSize": .string("\(file.bytes)"), "sha256": .string(file.sha256),
            ])
        }
        var references: [JSONValue] = []
        for reference in model.references {
            try check(address: reference.identifier, field: "reference")
            guard identifiers.updateValue(reference.identifier, forKey: reference.identifier) == nil else {
                throw .duplicate(reference.identifier)
            }
            references.append(["@id": .string(reference.identifier), "@type": "CreativeWork", "name": .string(reference.name)])
        }

        let agent = try model.agent.map { agent throws(CrateError) in
            if let address = agent.identifier { try check(address: address, field: "agent") }
            let object: [String: JSONValue] = [
                "@id": .string(agent.identifier ?? "#agent"), "@type": "Person", "name": .string(agent.name),
            ]
            return object
        }
        var instruments: [(identifier: String, instrument: CrateModel.Instrument)] = []
        var actions: [JSONValue] = []
        for (position, action) in model.actions.enumerated() {
            try check(date: action.startTime, field: "startTime")
            try check(date: action.endTime, field: "endTime")
            let program = action.instrument
            try check(address: program.url, field: "instrument")
            let identifier: String
            if let known = instruments.first(where: { $0.instrument == program }) {
                identifier = known.identifier
            } else {
                // Two versions from one address are two programs.
                let isTaken = instruments.contains { $0.identifier == program.url }
                identifier = isTaken ? "#program-\(instruments.count + 1)" : program.url
                instruments.append((identifier, program))
            }
            var object: [String: JSONValue] = [
                "@id": .string("#action-\(position + 1)"), "@type": "CreateAction", "name": .string(action.name),
                "description": .string("Step “\(action.name)”, run by \(program.name) \(program.version)"),
                "instrument": link(identifier),
                "startTime": .string(withNumericZone(action.startTime)), "endTime": .string(withNumericZone(action.endTime)),
                "actionStatus": "http://schema.org/CompletedActionStatus",
            ]
            object["object"] = try links(action.inputs, of: action, in: identifiers)
            object["result"] = try links(action.outputs, of: action, in: identifiers)
            object["agent"] = agent?["@id"].map { .object(["@id": $0]) }
            actions.append(.object(object))
        }

        graph.append([
            "@id": .string(fileName), "@type": "CreativeWork", "about": link("./"),
            "conformsTo": link("https://w3id.org/ro/crate/1.1"),
        ])
        var root: [String: JSONValue] = [
            "@id": "./", "@type": "Dataset", "name": .string(model.name), "description": .string(model.description),
            "datePublished": .string(model.datePublished), "license": link(model.license), "conformsTo": link(profile),
        ]
        root["hasPart"] = compacted(files.compactMap { $0["@id"] }.map { .object(["@id": $0]) })
        root["mentions"] = compacted(actions.compactMap { $0["@id"] }.map { .object(["@id": $0]) })
        let measurements = model.measurements.enumerated().map { position, measurement in
            var object: [String: JSONValue] = [
                "@id": .string("#measurement-\(position + 1)"), "@type": "PropertyValue", "name": .string(measurement.name),
                "description": .string(measurement.description), "value": .number(measurement.value),
            ]
            object["unitText"] = measurement.unit.map(JSONValue.string)
            return JSONValue.object(object)
        }
        root["variableMeasured"] = compacted(measurements.compactMap { $0["@id"] }.map { .object(["@id": $0]) })
        root["author"] = agent?["@id"].map { .object(["@id": $0]) }
        graph.append(.object(root))
        graph.append(["@id": .string(profile), "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"])
        graph.append(["@id": .string(model.license), "@type": "CreativeWork", "name": .string(model.license)])
        if let agent { graph.append(.object(agent)) }
        graph += instruments.map { identifier, instrument in
            [
                "@id": .string(identifier), "@type": "SoftwareApplication", "name": .string(instrument.name),
                "softwareVersion": .string(instrument.version), "url": .string(instrument.url),
            ]
        }
        graph += actions + files + references + measurements
        let document: JSONValue = [
            // RO-Crate 1.1 has no term for a digest; the workflow-run terms do.
            "@context": ["https://w3id.org/ro/crate/1.1/context", ["sha256": "https://w3id.org/ro/terms/workflow-run#sha256"]],
            "@graph": .array(graph),
        ]
        return document.prettyText()
    }

    private static func link(_ identifier: String) -> JSONValue { ["@id": .string(identifier)] }

    private static func links(
        _ names: [String], of action: CrateModel.Action, in identifiers: [String: String]
    ) throws(CrateError) -> JSONValue? {
        var links: [JSONValue] = []
        for name in names {
            guard let identifier = identifiers[name] else { throw .unknown(action: action.name, path: name) }
            links.append(link(identifier))
        }
        return compacted(links)
    }

    /// JSON-LD in compacted form, which RO-Crate 1.1 asks for: nothing for none, the value itself for one, an array for several.
    private static func compacted(_ values: [JSONValue]) -> JSONValue? {
        values.count > 1 ? .array(values) : values.first
    }

    /// ISO 8601 with a zone in digits, the only form that the profile's checker knows: `Z` becomes `+00:00`.
    private static func withNumericZone(_ time: String) -> String {
        time.hasSuffix("Z") ? time.dropLast() + "+00:00" : time
    }

    /// The path as a relative URI: every byte outside RFC 3986's unreserved characters is percent-encoded.
    private static func identifier(ofPath path: String) throws(CrateError) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path != fileName, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else {
            throw .path(path)
        }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Scheme, colon, something; nothing that a URI may not hold.
    private static func check(address: String, field: String) throws(CrateError) {
        let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let isScheme = { (scalar: Unicode.Scalar) in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "+-.".unicodeScalars.contains(scalar))
        }
        let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#""<>\^`{|}"#.utf8.contains($0) }
        guard parts.count == 2, !parts[1].isEmpty, let first = parts[0].unicodeScalars.first, first.isASCII, first.properties.isAlphabetic,
            parts[0].unicodeScalars.allSatisfy(isScheme), isPlain
        else { throw .address(field: field, value: address) }
    }

    /// `YYYY-MM-DD`, alone or with a time of day and a zone.
    private static func check(date: String, field: String) throws(CrateError) {
        let pattern = /\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d))?/
            .asciiOnlyDigits()
        guard date.wholeMatch(of: pattern) != nil else { throw .date(field: field, value: date) }
    }
}
