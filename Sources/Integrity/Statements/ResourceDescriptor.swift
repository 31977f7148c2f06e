/// One file or other piece of data, identified by its digest: in-toto's ResourceDescriptor (v1), of which SHA-256 is the only digest used here.
public struct ResourceDescriptor: Hashable, Sendable {
    /// A path within the run, or a name.
    public var name: String
    public var digest: SHA256Digest
    public var uri: String?
    public var mediaType: String?
    /// Further facts, such as the size in bytes.
    public var annotations: [String: JSONValue]

    public init(name: String, digest: SHA256Digest, uri: String? = nil, mediaType: String? = nil, annotations: [String: JSONValue] = [:]) {
        self.name = name
        self.digest = digest
        self.uri = uri
        self.mediaType = mediaType
        self.annotations = annotations
    }

    /// Reads a descriptor; `path` leads to it in error messages.
    public init(json: JSONValue, at path: String = "") throws(StatementError) {
        var fields = try FieldReader(json, at: path)
        name = try fields.string("name")
        guard !name.isEmpty else { throw fields.failure("name", "it is empty") }
        var digests = try fields.fields("digest")
        guard let digest = SHA256Digest(hex: try digests.string("sha256")) else {
            throw digests.failure("sha256", "64 lower-case hexadecimal digits are expected")
        }
        try digests.finish()
        self.digest = digest
        uri = try fields.optionalString("uri")
        mediaType = try fields.optionalString("mediaType")
        annotations = try fields.optionalObject("annotations")
        try fields.finish()
    }

    /// Reads a list of descriptors; `path` leads to it in error messages.
    static func list(_ elements: [JSONValue], at path: String) throws(StatementError) -> [ResourceDescriptor] {
        var descriptors: [ResourceDescriptor] = []
        for (index, element) in elements.enumerated() { descriptors.append(try ResourceDescriptor(json: element, at: "\(path)[\(index)]")) }
        return descriptors
    }

    public var json: JSONValue {
        var json: JSONValue = ["name": .string(name), "digest": ["sha256": .string(digest.hex)]]
        json["uri"] = uri.map(JSONValue.string)
        json["mediaType"] = mediaType.map(JSONValue.string)
        if !annotations.isEmpty { json["annotations"] = .object(annotations) }
        return json
    }
}
