/// What a run's RO-Crate describes, as plain values. ``ROCrate`` turns it into metadata.
public struct CrateModel: Hashable, Sendable {
    /// A file of the crate.
    public struct File: Hashable, Sendable {
        /// Relative to the crate's folder, parts joined by `/`.
        public var path: String
        /// 64 hexadecimal digits.
        public var sha256: String
        public var bytes: Int
        /// A media type such as `application/json`.
        public var mediaType: String
        public var description: String

        public init(path: String, sha256: String, bytes: Int, mediaType: String, description: String) {
            self.path = path
            self.sha256 = sha256
            self.bytes = bytes
            self.mediaType = mediaType
            self.description = description
        }
    }

    /// Something that an action used and the crate does not hold, such as a data set in the store.
    public struct Reference: Hashable, Sendable {
        /// An absolute address: `https://…` or `urn:sha256:…`.
        public var identifier: String
        public var name: String

        public init(identifier: String, name: String) {
            self.identifier = identifier
            self.name = name
        }
    }

    /// The program that an action ran.
    public struct Instrument: Hashable, Sendable {
        public var name: String
        public var version: String
        /// An absolute address of the program or its source.
        public var url: String

        public init(name: String, version: String, url: String) {
            self.name = name
            self.version = version
            self.url = url
        }
    }

    /// One execution of a program.
    public struct Action: Hashable, Sendable {
        public var name: String
        public var instrument: Instrument
        /// ISO 8601 with a time zone, such as `2025-01-31T12:00:00Z`.
        public var startTime: String
        public var endTime: String
        /// Paths of ``CrateModel/files`` or identifiers of ``CrateModel/references``.
        public var inputs: [String]
        /// Paths of ``CrateModel/files``.
        public var outputs: [String]

        public init(name: String, instrument: Instrument, startTime: String, endTime: String, inputs: [String], outputs: [String]) {
            self.name = name
            self.instrument = instrument
            self.startTime = startTime
            self.endTime = endTime
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    /// A number that the run as a whole gave.
    public struct Measurement: Hashable, Sendable {
        public var name: String
        public var value: Double
        public var unit: String?
        public var description: String

        public init(name: String, value: Double, unit: String? = nil, description: String) {
            self.name = name
            self.value = value
            self.unit = unit
            self.description = description
        }
    }

    /// The person who started the run.
    public struct Agent: Hashable, Sendable {
        /// An absolute address, such as an ORCID; nil where there is none.
        public var identifier: String?
        public var name: String

        public init(identifier: String? = nil, name: String) {
            self.identifier = identifier
            self.name = name
        }
    }

    public var name: String
    public var description: String
    /// ISO 8601, at least a day.
    public var datePublished: String
    /// An absolute address, such as `https://spdx.org/licenses/Apache-2.0`.
    public var license: String
    public var files: [File]
    public var references: [Reference]
    public var actions: [Action]
    public var measurements: [Measurement]
    public var agent: Agent?

    public init(
        name: String, description: String, datePublished: String, license: String, files: [File], references: [Reference] = [],
        actions: [Action], measurements: [Measurement] = [], agent: Agent? = nil
    ) {
        self.name = name
        self.description = description
        self.datePublished = datePublished
        self.license = license
        self.files = files
        self.references = references
        self.actions = actions
        self.measurements = measurements
        self.agent = agent
    }
}

/// What cannot stand in a crate.
public enum CrateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A path that is absolute, empty, leaves the crate or names its metadata file.
    case path(String)
    case duplicate(String)
    /// An action names something that the crate neither holds nor refers to.
    case unknown(action: String, path: String)
    case address(field: String, value: String)
    case date(field: String, value: String)

    public var description: String {
        switch self {
        case .path(let path):
            "the crate cannot hold “\(path)”: use a path below the run's folder, parts joined by “/”"
        case .duplicate(let identifier):
            "the crate lists “\(identifier)” twice: list each file and reference once"
        case .unknown(let action, let path):
            "action “\(action)” names “\(path)”, which is neither a file nor a reference of the crate: list it first"
        case .address(let field, let value):
            "\(field) “\(value)” is not an absolute address: write it with its scheme, such as https://…"
        case .date(let field, let value):
            "\(field) “\(value)” is not a date: write it as 2025-01-31 or 2025-01-31T12:00:00Z"
        }
    }
}
