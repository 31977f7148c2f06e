/// How a step's outputs came to be: the SLSA provenance predicate (v1).
public struct Provenance: Hashable, Sendable {
    public static let predicateType = "https://slsa.dev/provenance/v1"

    /// Who ran the step.
    public struct Builder: Hashable, Sendable {
        /// A URI.
        public var id: String
        /// Versions of its parts by name.
        public var version: [String: String]

        public init(id: String, version: [String: String] = [:]) {
            self.id = id
            self.version = version
        }
    }

    /// A URI that names the kind of step and so says how to read the parameters.
    public var buildType: String
    /// What the person who ran it chose: parameters, variation, seed.
    public var externalParameters: [String: JSONValue]
    /// What the runner chose by itself.
    public var internalParameters: [String: JSONValue]
    /// Everything that went in.
    public var resolvedDependencies: [ResourceDescriptor]
    public var builder: Builder
    /// One run of one step.
    public var invocationID: String
    public var startedOn: Timestamp
    public var finishedOn: Timestamp
    /// What came out beside the subjects, such as logs.
    public var byproducts: [ResourceDescriptor]

    public init(
        buildType: String, externalParameters: [String: JSONValue], internalParameters: [String: JSONValue] = [:],
        resolvedDependencies: [ResourceDescriptor] = [], builder: Builder, invocationID: String, startedOn: Timestamp,
        finishedOn: Timestamp,
        byproducts: [ResourceDescriptor] = []
    ) {
        self.buildType = buildType
        self.externalParameters = externalParameters
        self.internalParameters = internalParameters
        self.resolvedDependencies = resolvedDependencies
        self.builder = builder
        self.invocationID = invocationID
        self.startedOn = startedOn
        self.finishedOn = finishedOn
        self.byproducts = byproducts
    }

    /// Reads the predicate strictly: unknown fields are refused, and what SLSA leaves optional but this project always writes (the
    /// metadata) is required.
    public init(predicate: JSONValue) throws(StatementError) {
        var fields = try FieldReader(predicate, at: "predicate")

        var definition = try fields.fields("buildDefinition")
        buildType = try definition.string("buildType")
        externalParameters = try definition.object("externalParameters")
        internalParameters = try definition.optionalObject("internalParameters")
        resolvedDependencies = try ResourceDescriptor.list(
            definition.optionalArray("resolvedDependencies"), at: definition.path(to: "resolvedDependencies"))
        try definition.finish()

        var details = try fields.fields("runDetails")
        var builder = try details.fields("builder")
        self.builder = Builder(id: try builder.string("id"))
        for (name, version) in try builder.optionalObject("version") {
            guard let text = version.stringValue else { throw builder.failure("version.\(name)", "a string is expected") }
            self.builder.version[name] = text
        }
        try builder.finish()

        var metadata = try details.fields("metadata")
        invocationID = try metadata.string("invocationId")
        startedOn = try metadata.timestamp("startedOn")
        finishedOn = try metadata.timestamp("finishedOn")
        guard startedOn <= finishedOn else { throw metadata.failure("finishedOn", "it lies before startedOn") }
        try metadata.finish()

        byproducts = try ResourceDescriptor.list(details.optionalArray("byproducts"), at: details.path(to: "byproducts"))
        try details.finish()
        try fields.finish()
    }

    public var predicate: JSONValue {
        var definition: JSONValue = ["buildType": .string(buildType), "externalParameters": .object(externalParameters)]
        if !internalParameters.isEmpty { definition["internalParameters"] = .object(internalParameters) }
        if !resolvedDependencies.isEmpty { definition["resolvedDependencies"] = .array(resolvedDependencies.map(\.json)) }

        var builder: JSONValue = ["id": .string(self.builder.id)]
        if !self.builder.version.isEmpty { builder["version"] = .object(self.builder.version.mapValues(JSONValue.string)) }
        var details: JSONValue = [
            "builder": builder,
            "metadata": [
                "invocationId": .string(invocationID),
                "startedOn": .string(startedOn.description),
                "finishedOn": .string(finishedOn.description),
            ],
        ]
        if !byproducts.isEmpty { details["byproducts"] = .array(byproducts.map(\.json)) }
        return ["buildDefinition": definition, "runDetails": details]
    }
}

extension FieldReader {
    fileprivate mutating func timestamp(_ key: String) throws(StatementError) -> Timestamp {
        guard let timestamp = Timestamp(try string(key)) else { throw failure(key, "a time such as 2026-11-22T09:30:00Z is expected") }
        return timestamp
    }
}
