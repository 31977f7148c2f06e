import Artifacts
import Foundation
import Integrity

/// A sound meta.json of each kind, for tests to spoil.
enum MetaSamples {
    static func common(_ kind: ArtifactKind, _ alias: String, version: String = "1.0.0", requires: JSONValue? = nil) -> JSONValue {
        var meta: JSONValue = [
            "alias": .string(alias), "uid": .string(uid("\(kind)/\(alias)")), "automation_alias": .string(kind.rawValue),
            "automation_uid": .string(uid(kind.rawValue)), "tags": ["reprise", .string(alias)], "version": .string(version),
            "name": .string("The \(alias)"), "description": "For a test.",
        ]
        if let requires { meta["requires"] = requires }
        return meta
    }

    static func uid(_ text: String) -> String { String(SHA256Digest.of(text.utf8).hex.prefix(16)) }

    static func with(_ meta: JSONValue, _ members: [String: JSONValue]) -> JSONValue {
        var meta = meta
        for (key, value) in members { meta[key] = value }
        return meta
    }

    static let dataset = with(
        common(.dataset, "mnist"),
        [
            "dataset": [
                "files": [
                    [
                        "name": "train.gz", "bytes": 12, "sha256": .string(SHA256Digest.of([1]).hex),
                        "urls": ["https://example.org/train.gz"],
                        "mirror_path": "mnist/train.gz", "encoding": "gzip",
                    ]
                ],
                "citation": "LeCun et al., 1998",
            ]
        ])

    static let generated = with(
        common(.dataset, "sprites"),
        [
            "dataset": [
                "generator": ["name": "sprites", "parameters": ["side": ["type": "integer", "default": 32, "description": "Pixels."]]],
                "files": [["name": "sprites.npy", "bytes": 6480128, "sha256": .string(SHA256Digest.of([2]).hex)]],
            ]
        ])

    static let model = with(
        common(.model, "topographic-vae"),
        [
            "model": [
                "family": "topographic-vae",
                "parameters": [
                    "window": [
                        "type": "integer", "minimum": 1, "maximum": 18, "default": 18, "description": "Steps that the window spans",
                    ],
                    "topography": ["type": "string", "choices": ["none", "shifting"], "description": "The form of W"],
                ],
            ],
            "variations": [
                "tvae": ["description": "L = 1/2", "parameters": ["window": 18, "topography": "shifting"]],
                "vae": ["description": "no topography", "parameters": ["topography": "none"]],
            ],
        ])

    static let script = with(
        common(.script, "train", requires: [["kind": "model", "alias": "topographic-vae", "version": "^1.0"]]),
        [
            "step": [
                "program": ["reprise-step", "train-topographic-vae"],
                "inputs": [
                    "data": ["kind": "dataset", "description": "Images"],
                    "start": ["kind": "output", "description": "Weights", "optional": true],
                ],
                "parameters": ["steps": ["type": "integer", "minimum": 1, "description": "Gradient steps"]],
                "outputs": [["name": "weights.safetensors", "description": "Weights", "media_type": "application/octet-stream"]],
                "metrics": [["name": "nll", "description": "Negative log-likelihood", "unit": "nat"]],
            ],
            "cache": false, "variations": ["fast": ["env": ["CM_X": "1"]]], "x-note": "ours",
        ])

    static let paper = with(
        common(.paper, "keller-welling-2021"),
        [
            "paper": [
                "title": "Topographic VAEs learn Equivariant Capsules", "authors": ["T. Keller", "M. Welling"], "year": 2021,
                "arxiv": "2109.01394", "venue": "NeurIPS",
            ],
            "claims": [
                [
                    "id": "equivariance", "statement": "Capsules are equivariant", "source": "abstract", "kind": "abstract",
                    "mark": "verbatim",
                ],
                [
                    "id": "eq-tvae", "statement": "Equivariance error of TVAE", "source": "Table 1", "kind": "table", "table": "1",
                    "row": "TVAE",
                    "column": "E_eq", "value": 1234.5, "uncertainty": 6, "unit": "1", "mark": "recalled", "note": "to be confirmed",
                ],
            ],
        ])

    static let workflow = with(
        common(.workflow, "tvae-mnist"),
        [
            "parameters": ["steps": ["type": "integer", "minimum": 1, "default": 100, "description": "Gradient steps"]],
            "steps": [
                [
                    "name": "train", "artifact": ["kind": "script", "alias": "train"], "inputs": ["data": "mnist"],
                    "parameters": ["steps": "${steps}"],
                    "model": ["artifact": ["alias": "topographic-vae", "version": "^1.0"], "variation": "vae"],
                ],
                ["name": "mnist", "artifact": ["kind": "dataset", "alias": "mnist", "version": "^1.0"]],
                [
                    "name": "again", "artifact": ["kind": "script", "alias": "train"],
                    "inputs": ["data": "mnist", "start": "train/weights.safetensors"],
                ],
            ],
            "variations": [
                "smoke": ["description": "Two minutes", "scale": "reduced", "parameters": ["steps": 10]],
                "paper": ["description": "To the letter", "scale": "paper", "parameters": ["steps": 600000]],
            ],
            "default_variation": "smoke", "claims": [["claim": "equivariance", "measure": "again:nll"]],
            "paper": ["alias": "keller-welling-2021"],
            "protocol": ["parameter": "steps", "paper_value": 600000, "unit": "training steps", "differences": ["fewer seeds"]],
        ])

    static let automation = with(common(.automation, "dataset"), ["desc": "from MLCommons"])

    static let all = [dataset, generated, model, script, paper, workflow, automation]

    /// Writes a project of these samples (or others) into a folder.
    static func writeProject(_ metas: [JSONValue], in folder: TemporaryFolder) throws {
        for meta in metas {
            let kind = meta["automation_alias"]?.stringValue ?? "?"
            let alias = meta["alias"]?.stringValue ?? "?"
            let path = kind == "workflow" ? "workflows/\(alias)" : "artifacts/\(kind)/\(alias)"
            _ = try folder.file("\(path)/meta.json", meta.prettyText())
        }
    }
}
