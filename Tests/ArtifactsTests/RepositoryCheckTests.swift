import Artifacts
import Foundation
import Integrity
import Testing

@Suite("A repository's check") struct RepositoryCheckTests {
    /// One thing done wrong, and what must be found.
    struct Defect: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: RepositoryFinding.Code
        let place: String
        let spoil: @Sendable (RepositoryCopy) throws -> Void

        init(
            _ description: String, _ code: RepositoryFinding.Code, at place: String,
            _ spoil: @escaping @Sendable (RepositoryCopy) throws -> Void
        ) {
            (testDescription, self.code, self.place, self.spoil) = (description, code, place, spoil)
        }
    }

    private static let mnist = "artifacts/dataset/mnist"
    private static let script = "artifacts/script/reproduce-tvae-mnist"

    static let defects: [Defect] = [
        Defect("a kind that nobody knows", .folder, at: "artifacts/datasets") {
            try FileManager.default.createDirectory(atPath: "\($0.path)/artifacts/datasets/cifar", withIntermediateDirectories: true)
        },
        Defect("a folder that is a link", .folder, at: "artifacts/dataset/outside") {
            try $0.link("artifacts/dataset/outside", to: "/tmp")
        },
        Defect("a link out of the repository in an artifact", .folder, at: "\(mnist)/data") {
            try $0.link("\(mnist)/data", to: "../../../..")
        },
        Defect("a uid that is none", .schema, at: "\(mnist)/meta.json") { try $0.edit("\(mnist)/meta.json") { $0["uid"] = "mnist" } },
        Defect("a uid in capitals", .schema, at: "\(mnist)/meta.json") {
            try $0.edit("\(mnist)/meta.json") { $0["uid"] = "DDD3EB75030C9C2A" }
        },
        Defect("a meta.json that is no JSON", .schema, at: "workflows/tvae-mnist/meta.json") {
            try $0.write("{", to: "workflows/tvae-mnist/meta.json")
        },
        Defect("a project without a uid", .schema, at: "meta.json") { try $0.edit("meta.json") { $0["uid"] = nil } },
        Defect("an alias other than the folder's name", .alias, at: "artifacts/paper/feige-2019/meta.json") {
            try $0.edit("artifacts/paper/feige-2019/meta.json") { $0["alias"] = "feige" }
        },
        Defect("one uid, two artifacts", .uidAgain, at: "artifacts/dataset/svhn/meta.json") {
            try $0.edit("artifacts/dataset/svhn/meta.json") { $0["uid"] = "ddd3eb75030c9c2a" }
        },
        Defect("an artifact with the project's own uid", .uidAgain, at: "artifacts/dataset/svhn/meta.json") {
            try $0.edit("artifacts/dataset/svhn/meta.json") { $0["uid"] = "2cb9fbe0170919e0" }
        },
        Defect("the uid of MLCommons' own scripts", .uidOfMLCommons, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["uid"] = "5b4e0237da074764" }
        },
        Defect("a kind's uid that is not the kind's", .kindUID, at: "artifacts/dataset/svhn/meta.json") {
            try $0.edit("artifacts/dataset/svhn/meta.json") { $0["automation_uid"] = "5b4e0237da074764" }
        },
        Defect("no _cm.json", .link, at: "\(mnist)/_cm.json") { try $0.remove("\(mnist)/_cm.json") },
        Defect("a _cm.json that leads elsewhere", .link, at: "\(mnist)/_cm.json") {
            try $0.link("\(mnist)/_cm.json", to: "../svhn/meta.json")
        },
        Defect("a _cm.json of its own", .link, at: "\(mnist)/_cm.json") { try $0.write("{}", to: "\(mnist)/_cm.json") },
        Defect("a kind without its module", .module, at: "artifacts/automation/model/module.py") {
            try $0.remove("artifacts/automation/model/module.py")
        },
        Defect("a module that is none", .module, at: "artifacts/automation/model/module.py") {
            try $0.write("import os\n", to: "artifacts/automation/model/module.py")
        },
        Defect("no cmr.yaml", .description, at: "cmr.yaml") { try $0.remove("cmr.yaml") },
        Defect("another uid for CM", .description, at: "cmr.yaml") {
            try $0.write("alias: reprise\nuid: 2cb9fbe0170919e1\ngit: false\nprefix: artifacts\n", to: "cmr.yaml")
        },
        Defect("another alias for MLCFlow", .description, at: "artifacts/meta.yaml") {
            try $0.write("alias: artifacts\nuid: 2cb9fbe0170919e0\ngit: false\n", to: "artifacts/meta.yaml")
        },
        Defect("YAML that readers could differ about", .description, at: "artifacts/meta.yaml") {
            try $0.write("alias: reprise\nuid: 2cb9fbe0170919e0\ngit: false\nalias: other\n", to: "artifacts/meta.yaml")
        },
        Defect("a script without the project's tag", .tags, at: "artifacts/script/train-equivae/meta.json") {
            try $0.edit("artifacts/script/train-equivae/meta.json") { $0["tags"] = ["script", "train", "equivae"] }
        },
        Defect("a reproduce script without its workflow's tag", .tags, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["tags"] = ["script", "reprise", "reproduce"] }
        },
        Defect("two scripts that answer the same tags", .tagsAgain, at: "artifacts/script/reproduce-tvae-figures/meta.json") {
            try $0.edit("artifacts/script/reproduce-tvae-figures/meta.json") {
                $0["tags"] = ["script", "reprise", "reproduce", "tvae-figures", "tvae-mnist"]
            }
        },
        Defect("a script without a program", .program, at: "\(script)/run.sh") { try $0.remove("\(script)/run.sh") },
        Defect("a step that says nothing to MLCommons' tools", .program, at: "artifacts/script/train-equivae/run.sh") {
            try $0.remove("artifacts/script/train-equivae/run.sh")
        },
        Defect("a program that cannot be started", .program, at: "\(script)/run.sh") { $0.setMode("\(script)/run.sh", 0o644) },
        Defect("a program unlike the others", .program, at: "\(script)/run.sh") {
            try $0.write("#!/bin/sh\n", to: "\(script)/run.sh")
            $0.setMode("\(script)/run.sh", 0o755)
        },
        Defect("inputs that nobody looks at", .program, at: "\(script)/customize.py") { try $0.remove("\(script)/customize.py") },
        Defect("a workflow that no script reproduces", .reproduceMissing, at: "workflows/tvae-mnist") { try $0.remove(script) },
        Defect("a script that reproduces nothing", .reproduceUnknown, at: script) { try $0.remove("workflows/tvae-mnist") },
        Defect("a variation that the script lacks", .reproduceVariations, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["variations"]?["short"] = nil }
        },
        Defect("a variation that the workflow lacks", .reproduceVariations, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["variations"]?["long"] = ["group": "scale", "env": ["REPRISE_RUN_VARIATION": "long"]] }
        },
        Defect("a variation that runs another", .reproduceVariations, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") {
                $0["variations"]?["paper"] = ["group": "scale", "env": ["REPRISE_RUN_VARIATION": "smoke"]]
            }
        },
        Defect("another default than the workflow's", .reproduceVariations, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["variations"]?["smoke"]?["default"] = nil }
        },
        Defect("a script that runs another workflow", .reproduceInterface, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["env"] = ["REPRISE_RUN_WORKFLOW": "quickstart"] }
        },
        Defect("an input that does not arrive", .reproduceInterface, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["input_mapping"]?["seed"] = nil }
        },
        Defect("a result that is not returned", .reproduceInterface, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["new_env_keys"] = ["REPRISE_VERDICT"] }
        },
        Defect("a result kept by the client's cache", .reproduceInterface, at: "\(script)/meta.json") {
            try $0.edit("\(script)/meta.json") { $0["cache"] = true }
        },
        Defect("no croissant.json", .croissant, at: "\(mnist)/croissant.json") { try $0.remove("\(mnist)/croissant.json") },
        Defect("a croissant.json of yesterday", .croissant, at: "\(mnist)/croissant.json") {
            try $0.edit("\(mnist)/croissant.json") { $0["version"] = "0.9.0" }
        },
        Defect("something required that is not there", .reference, at: "artifacts/script/train-equivae/meta.json") {
            try $0.edit("artifacts/script/train-equivae/meta.json") {
                $0["requires"] = [["kind": "model", "alias": "equivalent", "version": "^1.0"]]
            }
        },
    ]

    @Test func `finds nothing in the project's own`() {
        let check = RepositoryCheck(root: RepositoryCopy.root)
        #expect(check.findings.isEmpty, "\(check.findings.map(\.description).joined(separator: "\n"))")
        #expect(check.artifactCount > 30)
    }

    @Test(arguments: defects) func `finds each defect, where it is`(_ defect: Defect) throws {
        let copy = try RepositoryCopy()
        try defect.spoil(copy)
        let findings = copy.findings
        #expect(
            findings.contains { $0.code == defect.code && $0.place == defect.place },
            "\(findings.isEmpty ? "nothing was found" : findings.map(\.description).joined(separator: "\n"))")
        for finding in findings {
            #expect(!finding.remedy.isEmpty && !finding.place.hasPrefix("/"), "\(finding)")
        }
    }

    @Test func `finds too little said of a data set for a complete Croissant`() throws {
        let copy = try RepositoryCopy()
        try copy.edit("artifacts/dataset/sprites/meta.json") { $0["dataset"]?["citation"] = nil }
        #expect(copy.findings.contains { $0.code == .croissantFacts && $0.problem.contains("citation") })
    }

    @Test func `finds several defects at once`() throws {
        let copy = try RepositoryCopy()
        try copy.remove("artifacts/dataset/mnist/_cm.json")
        try copy.edit("artifacts/dataset/svhn/meta.json") { $0["uid"] = "none" }
        try copy.remove("cmr.yaml")
        #expect(Set(copy.findings.map(\.code)).isSuperset(of: [.link, .schema, .description]))
    }

    @Test func `has a test for every code but the one that plans`() {
        let tested = Set(RepositoryCheckTests.defects.map(\.code) + [.croissantFacts, .plan])
        #expect(tested == Set(RepositoryFinding.Code.allCases))
    }

    @Test func `survives hostile files`() throws {
        let copy = try RepositoryCopy()
        let depth = String(repeating: "[", count: 100_000)
        for file in [
            "meta.json", "cmr.yaml", "artifacts/meta.yaml", "artifacts/dataset/mnist/meta.json", "artifacts/dataset/svhn/croissant.json",
        ] {
            try copy.write(depth, to: file)
        }
        try copy.remove("artifacts/automation/model/module.py")
        mkfifo("\(copy.path)/artifacts/automation/model/module.py", 0o600)
        try copy.link("artifacts/script/train-equivae/run.sh", to: "/dev/zero")
        #expect(copy.findings.count >= 7)
    }
}
