import Artifacts
import Foundation
import Integrity
import Testing

@Suite("A data set's Croissant") struct CroissantTests {
    private func meta(_ change: (inout JSONValue) -> Void = { _ in }) throws -> ArtifactMeta {
        var json = MetaSamples.dataset
        change(&json)
        return try ArtifactMeta(json: json, file: "meta.json")
    }

    private func croissant(_ change: (inout JSONValue) -> Void = { _ in }) throws -> JSONValue {
        try #require(Croissant.json(of: try meta(change)))
    }

    @Test(arguments: ["dsprites", "mnist", "sprites", "svhn"]) func `stands beside each meta.json as it is generated`(_ name: String) throws
    {
        let artifact = try Catalogue(root: RepositoryCopy.root).find("dataset/\(name)")
        let written = try #require(bytes(at: "\(artifact.folder)/croissant.json"))
        let generated = try #require(Croissant.json(of: artifact.meta))
        #expect(written == Array(generated.prettyText().utf8), "reprise show dataset/\(name) --croissant gives another")
    }

    @Test func `names each file with its address, size, format and digest`() throws {
        let json = try croissant()
        #expect(json["conformsTo"] == "http://mlcommons.org/croissant/1.0")
        #expect(
            json["distribution"] == [
                [
                    "@type": "cr:FileObject", "@id": "train.gz", "name": "train.gz", "contentUrl": "https://example.org/train.gz",
                    "contentSize": "12 B", "encodingFormat": ["application/gzip", "text/plain"],
                    "sha256": .string(SHA256Digest.of([1]).hex),
                ]
            ])
    }

    @Test func `gives each file a record set through which a reader verifies it`() throws {
        let records = try croissant()["recordSet"]?.arrayValue ?? []
        #expect(records.count == 1)
        #expect(records.first?["@id"]?.stringValue == Croissant.recordSetName(of: "train.gz"))
        let source = records.first?["field"]?.arrayValue?.first?["source"]
        #expect(source == ["fileObject": ["@id": "train.gz"], "extract": ["fileProperty": "content"]])
    }

    @Test func `leaves out a file whose digest nobody could say, and says so`() throws {
        let json = try croissant { json in
            let files = json["dataset"]?["files"]?.arrayValue ?? []
            json["dataset"]?["files"] = .array(files.map { MetaSamples.with($0, ["sha256": .null]) })
        }
        #expect(json["distribution"] == [] && json["recordSet"] == [])
        #expect(json["description"]?.stringValue?.contains("train.gz, https://example.org/train.gz") == true)
    }

    @Test func `gives a generated file no address that it does not have`() throws {
        let json = try #require(Croissant.json(of: try ArtifactMeta(json: MetaSamples.generated, file: "meta.json")))
        for file in json["distribution"]?.arrayValue ?? [] { #expect(file["contentUrl"] == file["name"]) }
        #expect(json["distribution"]?.arrayValue?.isEmpty == false)
        #expect(json["description"]?.stringValue?.contains("no address") == true)
    }

    @Test(arguments: [
        ("LeCun et al., 1998", "1998"), ("LeCun et al., 1998.", "1998"), ("In 1998, by LeCun", nil), ("Volume 12345", nil),
        ("Volume 1998 no. 7", nil),
    ]) func `dates the data by the year that ends the citation`(_ citation: String, _ year: String?) throws {
        #expect(try croissant { $0["dataset"]?["citation"] = .string(citation) }["datePublished"]?.stringValue == year)
    }

    @Test(arguments: [
        ("CC-BY-SA-3.0", "https://spdx.org/licenses/CC-BY-SA-3.0.html"), ("For non-commercial use only", "For non-commercial use only"),
    ]) func `names a licence of the SPDX list by its address`(_ license: String, _ shown: String) throws {
        #expect(try croissant { $0["license"] = .string(license) }["license"]?.stringValue == shown)
    }

    @Test func `describes nothing but data`() throws {
        #expect(Croissant.json(of: try Catalogue(root: RepositoryCopy.root).find("model/equivae").meta) == nil)
    }
}
