import Integrity

/// A data set's description in the Croissant 1.0 format of MLCommons (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html), made from
/// its meta.json and nothing else.
///
/// - A file with a known SHA-256 is a `FileObject` whose `contentUrl` is its first address, so that a reader checks what it downloads. A
///   generated file has no address: its `contentUrl` is its bare name, and the description says what makes it.
/// - A file whose SHA-256 nobody could say is left out of the distribution, since a `FileObject` must carry one, and the description says so.
/// - Croissant knows no reader of IDX, MATLAB or NumPy files. Each file has one record set of one record, the file's bytes: reading it
///   verifies the digest. That is why its `encodingFormat` ends in `text/plain`, under which readers hand over bytes as they are.
/// - `datePublished` is the year that ends the citation; without one there is no date.
public enum Croissant {
    /// The name of the file beside a data set's meta.json.
    public static let fileName = "croissant.json"

    /// Nil for an artifact that is no data set.
    public static func json(of meta: ArtifactMeta) -> JSONValue? {
        guard let dataset = meta.dataset else { return nil }
        let described = dataset.files.filter { $0.sha256 != nil }
        var json: JSONValue = [
            "@context": CroissantContext.json,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": .string(meta.name),
            "description": .string(description(of: meta, dataset)),
            "version": .string("\(meta.version)"),
            "keywords": .array(meta.tags.map(JSONValue.string)),
            "distribution": .array(described.map { fileObject($0, in: dataset) }),
            "recordSet": .array(described.map(recordSet)),
        ]
        if let license = meta.license ?? dataset.license { json["license"] = .string(licenseAddress(license)) }
        if let url = meta.url { json["url"] = .string(url) }
        if let citation = dataset.citation {
            json["citeAs"] = .string(citation)
            if let year = year(ending: citation) { json["datePublished"] = .string(year) }
        }
        return json
    }

    /// What a complete description needs and a data set's meta.json does not say.
    public static func missingFacts(of meta: ArtifactMeta) -> [String] {
        guard let dataset = meta.dataset else { return [] }
        var missing: [String] = []
        if meta.license ?? dataset.license == nil { missing.append("license") }
        if dataset.citation.flatMap(year) == nil { missing.append("dataset.citation that ends in the year") }
        if dataset.generator == nil, meta.url == nil { missing.append("url") }
        return missing
    }

    // MARK: - Parts

    private static func fileObject(_ file: DatasetMeta.File, in dataset: DatasetMeta) -> JSONValue {
        var json: JSONValue = [
            "@type": "cr:FileObject", "@id": .string(file.name), "name": .string(file.name),
            "contentUrl": .string(file.urls.first ?? file.name),
            "encodingFormat": .array(encodingFormats(of: file).map(JSONValue.string)),
        ]
        if case .exactly(let bytes) = file.size { json["contentSize"] = .string("\(bytes) B") }
        if let digest = file.sha256 { json["sha256"] = .string(digest.hex) }
        if let generator = dataset.generator { json["description"] = .string("Written by the generator \(generator.name) of Reprise.") }
        return json
    }

    private static func recordSet(_ file: DatasetMeta.File) -> JSONValue {
        let name = recordSetName(of: file.name)
        return [
            "@type": "cr:RecordSet", "@id": .string(name), "name": .string(name),
            "description": .string("One record: the bytes of \(file.name)."),
            "field": [
                [
                    "@type": "cr:Field", "@id": .string("\(name)/content"), "name": .string("\(name)/content"),
                    "description": "The file as it is stored.", "dataType": "sc:Text",
                    "source": ["fileObject": ["@id": .string(file.name)], "extract": ["fileProperty": "content"]],
                ]
            ],
        ]
    }

    /// The record set that holds a file's bytes.
    public static func recordSetName(of file: String) -> String { "\(file).bytes" }

    private static func encodingFormats(of file: DatasetMeta.File) -> [String] {
        let packed: String =
            switch file.encoding {
            case .gzip: "application/gzip"
            case .zip: "application/zip"
            case .tar: "application/x-tar"
            case nil: "application/octet-stream"
            }
        return [packed, "text/plain"]
    }

    private static func description(of meta: ArtifactMeta, _ dataset: DatasetMeta) -> String {
        var sentences = [meta.description]
        if dataset.generator != nil {
            sentences.append(
                "The files have no address: a run of Reprise with the step \(meta.title) writes them, and these are their digests.")
        }
        let unknown = dataset.files.filter { $0.sha256 == nil }
        if !unknown.isEmpty {
            sentences.append(
                "Not among the files here, since their SHA-256 is not known: "
                    + unknown.map { file in ([file.name] + file.urls.prefix(1)).joined(separator: ", ") }.joined(separator: "; ") + ".")
        }
        return sentences.joined(separator: " ")
    }

    /// The address of a licence of the SPDX list; any other text as it stands.
    private static func licenseAddress(_ license: String) -> String {
        license.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9.+\-]*/) == nil ? license : "https://spdx.org/licenses/\(license).html"
    }

    private static func year(ending citation: String) -> String? {
        citation.firstMatch(of: /\b((?:19|20)[0-9]{2})\.?$/).map { String($0.output.1) }
    }
}
