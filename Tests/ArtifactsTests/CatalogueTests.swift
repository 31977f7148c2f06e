import Artifacts
import Foundation
import Integrity
import Testing

@Suite struct CatalogueTests {
    let folder = TemporaryFolder()

    private func catalogue(_ metas: [JSONValue] = MetaSamples.all) throws -> Catalogue {
        try MetaSamples.writeProject(metas, in: folder)
        return try Catalogue(root: folder.path)
    }

    private func error(_ body: () throws -> Void) -> CatalogueError? { #expect(throws: CatalogueError.self) { try body() } }

    // MARK: - Scanning

    @Test func `all artifacts of a project are found, whatever else lies about`() throws {
        _ = try folder.file("artifacts/README.md", "hello")
        _ = try folder.file("artifacts/dataset/.hidden/x", "hello")
        let catalogue = try catalogue()
        #expect(
            catalogue.artifacts.map(\.reference) == [
                "automation/dataset@1.0.0", "dataset/mnist@1.0.0", "dataset/sprites@1.0.0", "model/topographic-vae@1.0.0",
                "paper/keller-welling-2021@1.0.0", "script/train@1.0.0", "workflow/tvae-mnist@1.0.0",
            ])
    }

    @Test func `a folder that is no project says so`() {
        #expect(error { _ = try Catalogue(root: folder.path) } == .noArtifacts(root: folder.path))
    }

    @Test func `all malformed files are named at once`() throws {
        _ = try folder.file("artifacts/dataset/a/meta.json", "{\"alias\": \"a\",\n \"alias\": \"b\"}")
        _ = try folder.file("artifacts/model/b/meta.json", "[]")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/artifacts/paper/c", withIntermediateDirectories: true)
        let error = try #require(error { _ = try catalogue([MetaSamples.dataset]) })
        let lines = error.description.split(separator: "\n")
        #expect(lines.count == 3, "\(error)")
        #expect(lines[0].hasPrefix("artifacts/dataset/a/meta.json: line 2, column "))
        #expect(lines[1].hasPrefix("artifacts/model/b/meta.json: (file): expected an object"))
        #expect(lines[2].hasPrefix("artifacts/paper/c/meta.json: (file): expected a regular file, found nothing"))
        #expect(error.exitClass == .badInput)
    }

    @Test func `a folder must be named for its artifact and lie with its kind`() throws {
        _ = try folder.file("artifacts/dataset/emnist/meta.json", MetaSamples.dataset.prettyText())
        _ = try folder.file("artifacts/paper/topographic-vae/meta.json", MetaSamples.model.prettyText())
        let text = error { _ = try Catalogue(root: folder.path) }?.description
        #expect(
            text == """
                artifacts/dataset/emnist/meta.json: alias: expected "emnist", as the folder is named, found "mnist"
                artifacts/paper/topographic-vae/meta.json: automation_alias: expected "paper", as the kind's folder is named, found "model"
                """)
    }

    @Test func `a folder of an unknown kind is refused`() throws {
        _ = try folder.file("artifacts/datasets/mnist/meta.json", "{}")
        #expect(
            error { _ = try Catalogue(root: folder.path) }?.description
                == "artifacts/datasets: no such kind; kinds are automation, dataset, model, script, paper")
    }

    @Test func `two artifacts with one uid are both named`() throws {
        var other = MetaSamples.common(.automation, "other")
        other["uid"] = MetaSamples.dataset["uid"]
        let uid = try #require(other["uid"]?.stringValue)
        #expect(
            error { _ = try catalogue([MetaSamples.dataset, other]) }
                == .duplicate("uid \(uid)", first: "artifacts/automation/other/meta.json", second: "artifacts/dataset/mnist/meta.json"))
    }

    @Test func `folders are not entered through symbolic links`() throws {
        let elsewhere = TemporaryFolder()
        _ = try elsewhere.file("meta.json", MetaSamples.generated.prettyText())
        try MetaSamples.writeProject([MetaSamples.dataset], in: folder)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/artifacts/dataset/sprites", withDestinationPath: elsewhere.path)
        #expect(error { _ = try Catalogue(root: folder.path) }?.description.hasPrefix("artifacts/dataset/sprites: a symbolic link") == true)
    }

    @Test func `a meta.json that is a pipe, a link or too large is refused`() throws {
        _ = try folder.file("artifacts/dataset/large/meta.json", [UInt8](repeating: 0x20, count: Artifact.metaLimit + 1))
        for name in ["pipe", "link"] {
            try FileManager.default.createDirectory(atPath: "\(folder.path)/artifacts/dataset/\(name)", withIntermediateDirectories: true)
        }
        #expect(mkfifo("\(folder.path)/artifacts/dataset/pipe/meta.json", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/artifacts/dataset/link/meta.json",
            withDestinationPath: folder.file("elsewhere.json", MetaSamples.dataset.prettyText()))
        guard case .malformed(let errors) = error({ _ = try Catalogue(root: folder.path) }) else { return }
        #expect(errors.map(\.file) == ["large", "link", "pipe"].map { "artifacts/dataset/\($0)/meta.json" })
    }

    @Test func `a paper's claims may lie in a file of their own`() throws {
        let claims = try #require(MetaSamples.paper["claims"])
        let paper = MetaSamples.with(MetaSamples.paper, ["claims": "claims.json"])
        _ = try folder.file("artifacts/paper/keller-welling-2021/claims.json", claims.prettyText())
        #expect(try catalogue([paper]).find("paper/keller-welling-2021").meta.paper?.claims.count == 2)
        _ = try folder.file("artifacts/paper/keller-welling-2021/claims.json", "[{\"id\": \"x\"}, ]")
        let text = error { _ = try catalogue([paper]) }?.description
        #expect(
            text?.hasPrefix("artifacts/paper/keller-welling-2021/meta.json: claims, claims.json, line 1, column") == true, "\(text ?? "")")
        _ = try folder.file("artifacts/paper/keller-welling-2021/claims.json", "[{\"id\": \"x\"}]")
        #expect(error { _ = try catalogue([paper]) }?.description.contains("claims.json:claims[0].statement: expected a text") == true)
    }

    @Test func `a script's own program must be there`() throws {
        var script = MetaSamples.script
        var step = try #require(script["step"])
        step["program"] = ["./run.sh", "x"]
        script["step"] = step
        #expect(error { _ = try catalogue([script]) }?.description.contains("step.program[0]: expected a file of this folder") == true)
        _ = try folder.file("artifacts/script/train/run.sh", "true")
        #expect(try catalogue([script]).artifacts.count == 1)
    }

    // MARK: - Finding

    @Test func `an artifact is found by alias, uid and tags, within a kind and a range`() throws {
        let catalogue = try catalogue()
        let uid = MetaSamples.uid("dataset/mnist")
        for text in [
            "dataset/mnist", "mnist", uid, "tags:mnist,reprise", "dataset/tags:mnist", "dataset/mnist@^1.0", "mnist@>=1.0 <2.0", "\(uid)@*",
        ] {
            #expect(try catalogue.find(text).title == "dataset/mnist", "\(text)")
        }
        #expect(try catalogue.search(ArtifactQuery("dataset/tags:reprise")).map(\.title) == ["dataset/mnist", "dataset/sprites"])
    }

    @Test func `an unknown artifact is named, with those that are near`() throws {
        let catalogue = try catalogue()
        #expect(error { _ = try catalogue.find("dataset/minst") }?.description == "no artifact dataset/minst; did you mean dataset/mnist?")
        #expect(error { _ = try catalogue.find("model/mnist") }?.description == "no artifact model/mnist; did you mean dataset/mnist?")
        #expect(error { _ = try catalogue.find("zebra") }?.description == "no artifact zebra; `reprise list` shows what there is")
        #expect(error { _ = try catalogue.find("0000000000000000") }?.exitClass == .badInput)
    }

    @Test func `a version out of range says which version there is`() throws {
        let catalogue = try catalogue()
        #expect(
            error { _ = try catalogue.find("dataset/mnist@^2.0") }?.description
                == "version conflict: dataset/mnist is 1.0.0, but the query dataset/mnist@^2.0 needs ^2.0")
    }

    @Test func `a query that could mean several lists them`() throws {
        let catalogue = try catalogue()
        #expect(
            error { _ = try catalogue.find("dataset/tags:reprise") }?.description
                == "dataset/tags:reprise could be dataset/mnist or dataset/sprites: say which")
    }

    @Test(arguments: [
        "", "/", "datasets/mnist", "dataset/", "dataset/../x", "mnist@", "mnist@latest", "tags:", "tags:A B", "Mnist", "a/b/c", "-x",
    ])
    func
        `a text that is no query is refused`(_ text: String)
    {
        #expect(error { _ = try ArtifactQuery(text) }?.exitClass == .badInput)
    }

    // MARK: - Resolving

    private func requires(_ targets: (String, String)...) -> JSONValue {
        .array(targets.map { ["kind": "automation", "alias": .string($0.0), "version": .string($0.1)] })
    }

    private func node(_ alias: String, version: String = "1.0.0", _ targets: (String, String)...) -> JSONValue {
        MetaSamples.common(
            .automation, alias, version: version,
            requires: .array(targets.map { ["kind": "automation", "alias": .string($0.0), "version": .string($0.1)] }))
    }

    @Test func `what an artifact needs comes before it, each once`() throws {
        let catalogue = try catalogue([
            node("a", ("b", "*"), ("c", "*")), node("b", ("d", "^1.0")), node("c", ("d", "~1.0")), node("d"), node("e"),
        ])
        #expect(try catalogue.resolve(catalogue.find("a")).map(\.meta.alias) == ["d", "b", "c", "a"])
    }

    @Test func `a workflow needs its steps' artifacts, what these require, and its paper`() throws {
        let catalogue = try catalogue()
        #expect(
            try catalogue.resolve(catalogue.find("workflow/tvae-mnist")).map(\.title) == [
                "dataset/mnist", "model/topographic-vae", "script/train", "paper/keller-welling-2021", "workflow/tvae-mnist",
            ])
    }

    @Test func `a circle of requirements is named by its path`() throws {
        let catalogue = try catalogue([node("a", ("b", "*")), node("b", ("c", "*")), node("c", ("b", "*")), node("self", ("self", "*"))])
        #expect(
            error { _ = try catalogue.resolve(catalogue.find("a")) }?.description
                == "artifacts require each other in a circle: automation/b → automation/c → automation/b")
        #expect(error { _ = try catalogue.resolve(catalogue.find("self")) } == .cycle(["automation/self", "automation/self"]))
    }

    @Test func `a version conflict names both who ask, their ranges and the version there is`() throws {
        let catalogue = try catalogue([
            node("a", ("b", "*"), ("c", "*")), node("b", ("d", "^2.0")), node("c", ("d", "^1.0")), node("d", version: "1.4.0"),
        ])
        let error = error { _ = try catalogue.resolve(catalogue.find("a")) }
        #expect(error?.description == "version conflict: automation/d is 1.4.0, but automation/b needs ^2.0, automation/c needs ^1.0")
        #expect(error?.exitClass == .badInput)
    }

    @Test func `a requirement that nothing meets names who has it`() throws {
        let catalogue = try catalogue([node("alpha", ("betta", "*")), node("beta")])
        #expect(
            error { _ = try catalogue.resolve(catalogue.find("alpha")) }?.description
                == "no artifact automation/betta, required by automation/alpha; did you mean automation/beta?")
    }

    // MARK: - Content digest

    @Test func `the content digest is that of its documented manifest`() throws {
        _ = try folder.file("f/meta.json", "{}")
        _ = try folder.file("f/b/run.sh", "true\n")
        _ = try folder.file("f/b.txt", "")
        _ = try folder.file("f/.hidden/secret", "x")
        _ = try folder.file("f/__pycache__/module.pyc", "x")
        let path = "\(folder.path)/f"
        try FileManager.default.createSymbolicLink(atPath: "\(path)/_cm.json", withDestinationPath: "meta.json")
        let manifest = """
            e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  0  b.txt
            \(SHA256Digest.of("true\n".utf8))  5  b/run.sh
            \(SHA256Digest.of("{}".utf8))  2  meta.json

            """
        #expect(try ContentDigest.manifest(of: path) == manifest)
        #expect(try ContentDigest.of(folder: path) == .of(manifest.utf8))
        chmod("\(path)/b/run.sh", 0o755)
        #expect(try ContentDigest.of(folder: path) == .of(manifest.utf8), "modes do not count")
        _ = try folder.file("f/b/run.sh", "trux\n")
        #expect(try ContentDigest.of(folder: path) != .of(manifest.utf8))
    }

    @Test func `files that no step reads leave an artifact's digest as it is`() throws {
        let copy = try RepositoryCopy()
        func digest(_ title: String) throws -> SHA256Digest { try Catalogue(root: copy.path).find(title).digest }
        for (title, companion) in [("dataset/mnist", "croissant.json"), ("script/train-topographic-vae", "run.sh")] {
            let before = try digest(title)
            try copy.write("other", to: "artifacts/\(title)/\(companion)")
            #expect(try digest(title) == before, "\(title)")
            try copy.remove("artifacts/\(title)/\(companion)")
            #expect(try digest(title) == before, "\(title)")
        }
    }

    @Test func `a program of an artifact's own folder counts in its digest`() throws {
        let copy = try RepositoryCopy()
        func digest(_ title: String) throws -> SHA256Digest { try Catalogue(root: copy.path).find(title).digest }
        for title in ["script/reproduce-quickstart", "script/train-topographic-vae"] {
            if title.contains("train") {
                try copy.edit("artifacts/\(title)/meta.json") { $0["step"]?["program"] = ["./run.sh"] }
            }
            let before = try digest(title)
            try copy.write("other", to: "artifacts/\(title)/run.sh")
            #expect(try digest(title) != before, "\(title)")
        }
    }

    @Test func `a name that a data set may leave out counts in a script, and deeper in a data set`() throws {
        let copy = try RepositoryCopy()
        for (title, file) in [("script/train-equivae", "croissant.json"), ("dataset/mnist", "more/croissant.json")] {
            let before = try Catalogue(root: copy.path).find(title).digest
            let path = "\(copy.path)/artifacts/\(title)/\(file)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
            #expect(try Catalogue(root: copy.path).find(title).digest != before, "\(title)")
        }
    }

    @Test func `links, pipes and names with line breaks have no content digest`() throws {
        let path = "\(folder.path)/f"
        let spoilers: [(String) throws -> Void] = [
            { try FileManager.default.createSymbolicLink(atPath: "\($0)/link", withDestinationPath: "/etc/passwd") },
            { mkfifo("\($0)/pipe", 0o600) },
            { try Data().write(to: URL(fileURLWithPath: "\($0)/a\nb")) },
            {
                mkdir("\($0)/sub", 0o755); symlink("..", "\($0)/sub/loop")
            },
        ]
        for spoil in spoilers {
            _ = try folder.file("f/meta.json", "{}")
            try spoil(path)
            #expect(error { _ = try ContentDigest.of(folder: path) } != nil)
            try FileManager.default.removeItem(atPath: path)
        }
    }
}
