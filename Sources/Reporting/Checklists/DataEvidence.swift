import Integrity
import Workflows

/// What a record shows of the data.
extension VerifiedRecord {
    var dataDigests: Testimony {
        var evidence: [Evidence] = []
        var missing: [String] = []
        for step in dataSteps {
            let files = step.dataset?["files"]?.arrayValue ?? []
            for (index, file) in files.enumerated() {
                guard let name = file["name"]?.stringValue, let digest = file["sha256"]?.stringValue else {
                    missing.append("\(step.artifact.name) does not pin the SHA-256 of all its files")
                    continue
                }
                evidence += quote("\(field(step)).dataset.files[\(index)].sha256", "\(digest) (\(name))")
            }
            if files.isEmpty { missing.append("\(step.artifact.name) lists no files") }
        }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) files pinned"), missing: missing, nothing: "the run has no data set")
    }

    var dataSources: Testimony {
        var evidence: [Evidence] = []
        var missing: [String] = []
        for step in dataSteps {
            if let generator = step.dataset?["generator"]?["name"]?.stringValue {
                evidence += quote("\(field(step)).dataset.generator.name", "\(generator): \(step.artifact.name) is generated, not fetched")
                continue
            }
            let files = step.dataset?["files"]?.arrayValue ?? []
            for (index, file) in files.enumerated() {
                guard let url = file["urls"]?.arrayValue?.first?.stringValue else {
                    missing.append("\(step.artifact.name) says of \(file["name"]?.stringValue ?? "a file") not where it is fetched from")
                    continue
                }
                evidence += quote("\(field(step)).dataset.files[\(index)].urls[0]", url)
            }
        }
        return Testimony(
            VerifiedRecord.shortened(evidence, all: "\(evidence.count) addresses"), missing: missing, nothing: "the run has no data set")
    }

    var dataLicenses: Testimony { licenses(of: dataSteps.map { ($0.artifact.kind, $0.artifact.alias) }, what: "data set") }

    var codeLicenses: Testimony {
        var parts: [(kind: String, alias: String)] = []
        for step in plan.steps where step.dataset == nil {
            parts.append((step.artifact.kind, step.artifact.alias))
            if let model = step.model?["artifact"]?["alias"]?.stringValue { parts.append(("model", model)) }
        }
        return licenses(of: parts, what: "script or model")
    }

    /// A record pins artifacts by digest and does not copy their licences: those are read from the very artifacts, where they are at hand.
    private func licenses(of parts: [(kind: String, alias: String)], what: String) -> Testimony {
        var evidence: [Evidence] = []
        var missing: [String] = []
        var seen: Set<String> = []
        for part in parts {
            let title = "\(part.kind)/\(part.alias)"
            guard seen.insert(title).inserted else { continue }
            guard let artifact = artifacts[title] else {
                missing.append("\(title) as the run had it is not in this project, so its licence cannot be read")
                continue
            }
            guard let license = artifact.meta.license else {
                missing.append("\(title) names no licence")
                continue
            }
            evidence += quote("artifacts/\(title)", "meta.json: license", license)
        }
        return Testimony(evidence, missing: missing, nothing: "the run has no \(what)")
    }
}
