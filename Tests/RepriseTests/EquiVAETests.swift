import Foundation
import Integrity
import Reporting
import Testing

/// The second paper through the whole product: a training, its evaluation, record and audit. What the computation is worth is EquiVAETests' to say.
@Suite("EquiVAE")
struct EquiVAETests {
    private func metrics(_ run: String, _ step: String) throws -> JSONValue {
        try JSONValue.parse(try BoundedFile.read("\(run)/steps/\(step)/outputs/metrics.json", limit: 1 << 24))
    }

    private static let small = [
        "--set", "steps=12", "--set", "segments=3", "--set", "checkpoint_every=4", "--set", "test_images=60", "--set", "probe_images=200",
        "--set", "importance_images=5", "--set", "importance_samples=2", "--set", "bound_samples=1", "--set", "code_images=20", "--set",
        "warmup_steps=2",
    ]

    private func run(_ program: Program, _ workflow: String, _ mirror: String, _ more: [String]) throws -> (String, JSONValue) {
        let outcome = try program.run(["run", workflow, "--variation", "smoke", "--mirror", mirror, "--json"] + Self.small + more)
        #expect(outcome.status == 0, "\(outcome)")
        return (try #require(outcome.json?["folder"]?.stringValue), try #require(outcome.json))
    }

    @Test(
        "trains with all labels and with some, is evaluated beside its untrained self, verified and audited",
        .enabled(if: TestMirror.isAvailable, "needs a mirror of MNIST: set REPRISE_MIRROR"),
        arguments: [("equivae-mnist-supervised", "all"), ("equivae-mnist-semisupervised", "100")])
    func mnist(_ workflow: String, _ row: String) throws {
        let program = Program()
        let (folder, _) = try run(program, workflow, TestMirror.folder, ["--only", row])
        let evaluation = try metrics(folder, "evaluate-\(row)-s0")
        for model in ["trained", "untrained"] {
            for measure in [
                "error.classifier", "error.bound", "bound", "kl", "log_likelihood", "probe.r.linear", "probe.v.nearest",
                "probe.v_mean.linear", "routing.recognised.other_class", "routing.negative_log_likelihood.gain",
            ] {
                #expect(evaluation.at("\(model).\(measure)")?.numberValue?.isFinite == true, "\(model).\(measure)")
            }
        }
        #expect(abs(try #require(evaluation.at("chance.error")?.numberValue) - 85) < 6)
        #expect(evaluation.at("split") == "test")
        let side = 28
        for (picture, columns, rows) in [
            ("archetypes", 10, 1), ("style-transfer", 11, 8), ("interpolation", 10, 8), ("class-samples", 10, 10),
        ] {
            let image = try PNGImage(
                encoded: try BoundedFile.read("\(folder)/steps/evaluate-\(row)-s0/outputs/\(picture).png", limit: 1 << 24))
            #expect(image.width == columns * side + columns - 1 && image.height == rows * side + rows - 1, "\(picture)")
        }
        let training = try metrics(folder, "train-\(row)-s0")
        #expect(training.at("steps") == 12)
        #expect(try #require(training.at("final.loss")?.numberValue) < (try #require(training.at("initial.loss")?.numberValue)))
        #expect(try program("verify", folder).status == 0)
        let audit = try program("audit", folder, "--all")
        #expect(audit.status == 0, "\(audit)")
        let evaluations = try program("audit", folder, "--evaluations")
        #expect(evaluations.status == 0, "\(evaluations)")
    }

    @Test(
        "a number of labels that leaves a class without complementary examples is refused",
        .enabled(if: TestMirror.isAvailable, "needs a mirror of MNIST: set REPRISE_MIRROR"))
    func fewLabels() throws {
        let repository = try Repository()
        try repository.edit("workflows/equivae-mnist-semisupervised/meta.json") { json in
            json["matrix"] = ["rows": [["name": "50", "title": "50 labels"]], "seeds": 1]
            json["claims"] = []
        }
        let outcome = try repository.program.run(
            ["run", "equivae-mnist-semisupervised", "--variation", "smoke", "--mirror", TestMirror.folder] + Self.small)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("at least 8"), "\(outcome)")
    }

    @Test(
        "what a training or an evaluation cannot do is refused by the parameter's name",
        .enabled(if: TestMirror.isAvailable, "needs a mirror of MNIST: set REPRISE_MIRROR"),
        arguments: [("warmup_steps=7", "warmup_steps"), ("probe_images=100", "probe_images"), ("test_images=1", "test_images")])
    func refusals(_ setting: String, _ name: String) throws {
        let program = Program()
        // A hundred images of ten classes hold every class; so all but a handful of training images are made to serve r.
        let more = name == "probe_images" ? ["--set", "code_images=10000"] : []
        let outcome = try program.run(
            ["run", "equivae-mnist-supervised", "--variation", "smoke", "--mirror", TestMirror.folder] + Self.small + more
                + ["--set", setting])
        #expect(outcome.status == 2, "\(outcome)")
        #expect(outcome.errors.contains(name), "\(outcome)")
    }

    // MARK: SVHN

    private enum Digits {
        /// A MATLAB 5.0 file of `count` images as SVHN has them: X uint8 [32, 32, 3, count], column-major, and y double [count, 1], 10 for digit 0.
        static func file(_ count: Int) -> [UInt8] {
            func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
            func element(_ type: Int, _ contents: [UInt8]) -> [UInt8] {
                word(type) + word(contents.count) + contents + [UInt8](repeating: 0, count: -contents.count & 7)
            }
            func matrix(_ name: String, arrayClass: Int, axes: [Int], type: Int, _ values: [UInt8]) -> [UInt8] {
                element(
                    14,
                    element(6, word(arrayClass) + word(0)) + element(5, axes.flatMap(word)) + element(1, Array(name.utf8))
                        + element(type, values))
            }
            var pixels: [UInt8] = []
            for image in 0..<count {
                let label = image % 10
                for channel in 0..<3 {
                    for column in 0..<32 {
                        for row in 0..<32 {
                            let isInk = (row + column) / 4 % 10 == label
                            pixels.append(UInt8(clamping: (isInk ? 200 : 40) + 10 * channel + image % 7))
                        }
                    }
                }
            }
            let labels = (0..<count).flatMap { image in
                withUnsafeBytes(of: Double(image % 10 == 0 ? 10 : image % 10).bitPattern.littleEndian) { Array($0) }
            }
            let text = Array("MATLAB 5.0 MAT-file, generated by a test".utf8)
            let header = text + [UInt8](repeating: 0x20, count: 116 - text.count) + [UInt8](repeating: 0, count: 8) + [0, 1, 0x49, 0x4d]
            return header + matrix("X", arrayClass: 9, axes: [32, 32, 3, count], type: 2, pixels)
                + matrix("y", arrayClass: 6, axes: [count, 1], type: 9, labels)
        }
    }

    /// A repository whose dataset/svhn is these files, and a mirror that has them.
    private func repository(_ files: [String: [UInt8]]) throws -> (Repository, mirror: String) {
        let repository = try Repository()
        let mirror = repository.program.repository + "/mirror"
        try FileManager.default.createDirectory(atPath: mirror + "/svhn", withIntermediateDirectories: true)
        for (name, bytes) in files { try AtomicFile.write(bytes, to: mirror + "/svhn/" + name) }
        try repository.edit("artifacts/dataset/svhn/meta.json") { json in
            var dataset = json["dataset"] ?? [:]
            dataset["files"] = .array(
                (dataset["files"]?.arrayValue ?? []).map { file in
                    var file = file
                    let bytes = files[file["name"]?.stringValue ?? ""] ?? []
                    file["bytes"] = .number(Double(bytes.count))
                    file["sha256"] = .string(SHA256Digest.of(bytes).hex)
                    return file
                })
            json["dataset"] = dataset
        }
        return (repository, mirror)
    }

    @Test("SVHN's workflow runs on files of SVHN's format: the likelihood of its colours is learned")
    func svhn() throws {
        let (repository, mirror) = try repository(["train_32x32.mat": Digits.file(1500), "test_32x32.mat": Digits.file(80)])
        let (folder, json) = try run(repository.program, "equivae-svhn-semisupervised", mirror, ["--only", "1000"])
        let evaluation = try metrics(folder, "evaluate-1000-s0")
        #expect(evaluation.at("images") == "SVHN")
        #expect(evaluation.at("trained.bound")?.numberValue?.isFinite == true)
        let picture = try PNGImage(
            encoded: try BoundedFile.read("\(folder)/steps/evaluate-1000-s0/outputs/archetypes.png", limit: 1 << 24))
        #expect(picture.width == 10 * 32 + 9 && picture.height == 32)
        #expect(try repository.program("verify", folder).status == 0)
        // What the workflow says of itself wherever it is shown.
        let report = String(decoding: try BoundedFile.read(folder + "/report.html", limit: 1 << 24), as: UTF8.self)
        #expect(report.contains("SVHN could not be had where this was written"))
        #expect(json["claims"]?.arrayValue?.contains { $0["claim"] == "svhn-1000" } == true)
    }

    @Test("a download of SVHN that broke off is named as truncated")
    func truncated() throws {
        let whole = Digits.file(1500)
        let (repository, mirror) = try repository([
            "train_32x32.mat": Array(whole.prefix(whole.count / 2)), "test_32x32.mat": Digits.file(80),
        ])
        let outcome = try repository.program.run(
            ["run", "equivae-svhn-semisupervised", "--variation", "smoke", "--only", "1000", "--mirror", mirror] + Self.small)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("truncated"), "\(outcome)")
    }
}
