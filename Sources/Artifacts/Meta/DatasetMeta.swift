import Integrity

/// The `dataset` section: files to fetch, or a generator and the pinned digests of what it writes.
public struct DatasetMeta: Hashable, Sendable {
    /// A file of a data set.
    public struct File: Hashable, Sendable {
        public let name: String
        /// Exact (`bytes`), or where nobody could say a bound (`maximum_bytes`).
        public let size: FileSize
        /// Nil (written `null`) where nobody could say: the first fetch then decides and later ones must agree.
        public let sha256: SHA256Digest?
        /// Empty for generated files.
        public let urls: [String]
        /// Where a mirror holds it: `<alias>/<name>` unless it says otherwise.
        public let mirrorPath: String
        public let encoding: Encoding?
    }

    /// How a file is packed.
    public enum Encoding: String, Hashable, Sendable, CaseIterable {
        case gzip, zip, tar
    }

    /// What makes a data set that is not fetched.
    public struct Generator: Hashable, Sendable {
        public let name: String
        public let parameters: [String: ParameterDeclaration]
    }

    /// What is made of the files once they are fetched.
    public struct Preparation: Hashable, Sendable {
        public let name: String
        public let parameters: [String: ParameterDeclaration]
        /// The names of the files that it makes.
        public let outputs: [String]
    }

    public let files: [File]
    /// Nil where the files are fetched.
    public let generator: Generator?
    /// Nil where the files are used as they are.
    public let preparation: Preparation?
    /// The data set in whose place this one may be used, by its title; every report of such a run says so.
    public let standsInFor: String?
    public let citation: String?
    public let license: String?
    /// As it stands in the file; what splits mean is the reader's matter.
    public let splits: JSONValue?

    static func read(_ node: MetaNode, alias: String) -> DatasetMeta? {
        guard node.refuseUnknown(["files", "generator", "preparation", "stands_in_for", "citation", "license", "splits"]) else {
            return nil
        }
        var generator: Generator?
        if !node["generator"].isAbsent, node["generator"].refuseUnknown(["name", "parameters"]) {
            let parameters = node["generator"]["parameters"].named(ParameterDeclaration.read)
            generator = node["generator"]["name"].text().map { Generator(name: $0, parameters: parameters) }
        }
        let isGenerated = !node["generator"].isAbsent
        let elements = node["files"].elements("an array of at least one file", atLeast: 1)
        MetaNode.refuseDuplicates(elements.map { ($0["name"].value?.stringValue, $0["name"]) }, "file names")
        let preparation = node["preparation"].isAbsent ? nil : Preparation.read(node["preparation"])
        if isGenerated, preparation != nil { node["preparation"].problem("nothing, since the files are generated") }
        for output in preparation?.outputs ?? [] where elements.contains(where: { $0["name"].value?.stringValue == output }) {
            node["preparation"]["outputs"].problem("names that no fetched file has", found: "\"\(output)\" again")
        }
        if !node["splits"].isAbsent { _ = node["splits"].members() }
        return DatasetMeta(
            files: elements.compactMap { File.read($0, alias: alias, isGenerated: isGenerated) }, generator: generator,
            preparation: preparation, standsInFor: node["stands_in_for"].optionalText(), citation: node["citation"].optionalText(),
            license: node["license"].optionalText(), splits: node["splits"].value)
    }
}

extension DatasetMeta {
    /// What a step that provides this data set may be told.
    public var parameters: [String: ParameterDeclaration] { generator?.parameters ?? preparation?.parameters ?? [:] }

    /// The names of all files that such a step provides.
    public var outputs: [String] { files.map(\.name) + (preparation?.outputs ?? []) }
}

extension DatasetMeta.Preparation {
    static func read(_ node: MetaNode) -> DatasetMeta.Preparation? {
        guard node.refuseUnknown(["name", "parameters", "outputs"]) else { return nil }
        let parameters = node["parameters"].named(ParameterDeclaration.read)
        let outputs = node["outputs"].elements("an array of at least one file name", atLeast: 1).compactMap {
            $0.text("a plain file name", where: RemoteFile.isSafeName)
        }
        return node["name"].text().map { DatasetMeta.Preparation(name: $0, parameters: parameters, outputs: outputs) }
    }
}

extension DatasetMeta.File {
    static func read(_ node: MetaNode, alias: String, isGenerated: Bool) -> DatasetMeta.File? {
        guard node.refuseUnknown(["name", "bytes", "maximum_bytes", "sha256", "urls", "mirror_path", "encoding"]) else { return nil }
        let name = node["name"].text("a plain file name", where: RemoteFile.isSafeName)
        let size = size(node, isGenerated: isGenerated)
        var digest: SHA256Digest?
        if isGenerated || node["sha256"].value?.isNull != true {
            let form = "64 lower-case hexadecimal digits" + (isGenerated ? "" : ", or null for a file to be pinned by its first fetch")
            digest = node["sha256"].text(form) { SHA256Digest(hex: $0) != nil }.flatMap { SHA256Digest(hex: $0) }
        }
        var urls: [String] = []
        if isGenerated {
            for key in ["urls", "mirror_path"] where !node[key].isAbsent { node[key].problem("nothing, since the file is generated") }
        } else {
            urls = node["urls"].elements("an array of at least one URL", atLeast: 1).compactMap {
                $0.text("an http or https URL", where: RemoteFile.isWebURL)
            }
        }
        let mirrorPath = node["mirror_path"].optionalText("a relative path of plain names", where: RemoteFile.isSafePath)
        let encoding = node["encoding"].isAbsent ? nil : node["encoding"].choice(DatasetMeta.Encoding.self)
        guard let name, let size else { return nil }
        return DatasetMeta.File(
            name: name, size: size, sha256: digest, urls: urls, mirrorPath: mirrorPath ?? "\(alias)/\(name)", encoding: encoding)
    }

    private static func size(_ node: MetaNode, isGenerated: Bool) -> FileSize? {
        if isGenerated || node["maximum_bytes"].isAbsent {
            if isGenerated, !node["maximum_bytes"].isAbsent { node["maximum_bytes"].problem("nothing, since the file is generated") }
            return node["bytes"].integer("a size in bytes, from 0 to 2^53", in: 0...(1 << 53)).map { .exactly($0) }
        }
        if !node["bytes"].isAbsent { node["bytes"].problem("nothing beside maximum_bytes") }
        return node["maximum_bytes"].integer("a bound in bytes, from 1 to 2^53", in: 1...(1 << 53)).map { .atMost($0) }
    }

    /// What a ``Fetcher`` takes.
    public func remoteFile() throws(FetchError) -> RemoteFile {
        try RemoteFile(name: name, size: size, sha256: sha256, urls: urls, mirrorPath: mirrorPath)
    }
}
