import Integrity

/// A run's steps as an in-toto supply chain: what `in-toto-verify` needs to follow every file from the step that made it to the steps that used it.
///
/// Files carry their names within the run's folder, and everything is taken from the steps' attestations. Rules name each file exactly, so that none
/// can be slipped in, left out or exchanged between two steps.
public struct SupplyChain: Sendable {
    /// Verifiers refuse the layout ten years after the last step ended: as long as research data are commonly asked to be kept.
    static let daysUntilExpiry = 3652

    /// The check of the files themselves. Steps' names have no `_`, so none has this one.
    static let inspection = "exported_files"

    public let layout: SupplyChainLayout
    /// In the order of the plan.
    public let links: [SupplyChainLink]

    public init(_ run: VerifiedRun) throws {
        var links: [SupplyChainLink] = []
        var steps: [SupplyChainLayout.Step] = []
        var finished = Timestamp(secondsSince1970: 0)
        for planned in run.record.plan.steps {
            let statement = try run.attestation(of: planned)
            let provenance = try statement.provenance()
            finished = max(finished, provenance.finishedOn)
            let link = SupplyChainLink(
                step: planned.name,
                materials: Dictionary(
                    provenance.resolvedDependencies.map { ($0.name, $0.digest) }, uniquingKeysWith: { first, _ in first }),
                products: Dictionary(
                    statement.subject.map { ("steps/\(planned.name)/\($0.name)", $0.digest) }, uniquingKeysWith: { first, _ in first }),
                command: planned.program)
            steps.append(
                SupplyChainLayout.Step(
                    name: planned.name, command: planned.program, expectedMaterials: SupplyChain.materialRules(link, after: links),
                    expectedProducts: SupplyChain.ordered(link.products).flatMap { [.require($0), .create($0)] } + [.disallowAll]))
            links.append(link)
        }
        self.links = links
        layout = SupplyChainLayout(
            steps: steps,
            inspections: [
                // Any command does: the verifier lists the files of its folder before it runs it.
                SupplyChainLayout.Inspection(
                    name: SupplyChain.inspection, command: ["true"], expectedMaterials: SupplyChain.inspectionRules(links))
            ],
            expires: Timestamp(secondsSince1970: finished.secondsSince1970 + SupplyChain.daysUntilExpiry * 86_400),
            readme:
                "\(run.record.plan.title), variation \(run.record.plan.variation): run \(run.record.id)")
    }

    /// Each material is there, and is what an earlier step made, or used before. The first to use a thing that no step made (an artifact, the program)
    /// says what it is.
    private static func materialRules(_ link: SupplyChainLink, after earlier: [SupplyChainLink]) -> [ArtifactRule] {
        ordered(link.materials).flatMap { name -> [ArtifactRule] in
            let origin: ArtifactRule =
                if let maker = earlier.first(where: { $0.products[name] != nil }) {
                    .match(name, in: .products, of: maker.step)
                } else if let user = earlier.first(where: { $0.materials[name] != nil }) {
                    .match(name, in: .materials, of: user.step)
                } else {
                    .allow(name)
                }
            return [.require(name), origin]
        } + [.disallowAll]
    }

    private static func inspectionRules(_ links: [SupplyChainLink]) -> [ArtifactRule] {
        links.flatMap { link in
            ordered(link.products).flatMap { name -> [ArtifactRule] in
                let match = ArtifactRule.match(name, in: .products, of: link.step)
                return isListed(name) ? [.require(name), match] : [match]
            }
        } + [.disallowAll]
    }

    /// Whether `in-toto-verify` lists the file at all: it leaves out what fits `*.link*`, `.git`, `*.pyc` or `*~`, so such a one cannot be required.
    private static func isListed(_ path: String) -> Bool {
        path.split(separator: "/").allSatisfy { !$0.contains(".link") && $0 != ".git" && !$0.hasSuffix(".pyc") && !$0.hasSuffix("~") }
    }

    private static func ordered(_ digests: [String: SHA256Digest]) -> [String] {
        digests.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The folder for `in-toto-verify`: layout, links, and below `files/` the files themselves.
    public func export(_ run: VerifiedRun, signedWith key: SigningKey) throws -> Export {
        var files = ["root.layout": try layout.signed(with: key).bytes]
        for link in links { files[link.fileName(signedBy: key.publicKey)] = try link.signed(with: key).bytes }
        var export = Export(
            title: "The chain of steps of run \(run.record.id)",
            about: """
                `in-toto-verify` (in-toto 3.1.0) checks that one key signed the layout and the link of every step, that every file which a step used is the \
                one that an earlier step made, and that the files below `files/` are those and no others. It trusts `\(Export.keyFile)`: compare it with the key that \
                its owner gave you by another way. It does not check whether the steps compute what they say, nor the verdicts: `reprise verify` and `reprise audit` do.

                The layout expires on \(layout.expires).
                """,
            commands: ["cd files && in-toto-verify --layout ../root.layout --link-dir .. --verification-keys ../\(Export.keyFile)"],
            files: files, key: key.publicKey)
        for link in links { for name in link.products.keys { export.copies["files/" + name] = name } }
        return export
    }
}
