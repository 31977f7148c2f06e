import Integrity

/// The JSON-LD context that Croissant 1.0 prescribes: which vocabulary each name of a description belongs to.
enum CroissantContext {
    static let json: JSONValue = {
        var context: JSONValue = [
            "@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
            "rai": "http://mlcommons.org/croissant/RAI/", "dct": "http://purl.org/dc/terms/", "conformsTo": "dct:conformsTo",
            "data": ["@id": "cr:data", "@type": "@json"], "examples": ["@id": "cr:examples", "@type": "@json"],
            "dataType": ["@id": "cr:dataType", "@type": "@vocab"],
        ]
        for name in ownNames { context[name] = .string("cr:\(name)") }
        return context
    }()

    /// Names of Croissant's own vocabulary that stand for themselves.
    private static let ownNames = [
        "citeAs", "column", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet", "format", "includes",
        "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated", "replace",
        "samplingRate", "separator", "source", "subField", "transform",
    ]
}
