import Foundation
import Integrity
import Submissions
import Testing
import Workflows

@Suite("Private data")
struct PrivateDataTests {
    private func data(users: [String] = ["marlene"], hosts: [String] = ["workstation-7"], vocabulary: String = "") -> PrivateData {
        PrivateData(
            home: "/home/marlene", users: users, hosts: hosts, repository: "/srv/checkout/reprise", state: "/home/marlene/state",
            temporary: "/tmp",
            vocabulary: vocabulary)
    }

    private func redacted(_ text: String, by data: PrivateData) -> String? {
        data.redacted(Array(text.utf8)).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(
        "of this machine are replaced by what kind they are",
        arguments: [
            ("at /home/marlene/state/runs", "at [state]/runs"), ("in /home/marlene.", "in [home]."),
            ("/srv/checkout/reprise/a", "[repository]/a"),
            ("by marlene on workstation-7", "by [user] on [host]"), ("marlene@workstation-7:", "[account]:"),
            ("{\"p\": \"\\/home\\/marlene\"}", "{\"p\": \"[home]\"}"),
        ])
    func own(text: String, expected: String) {
        #expect(redacted(text, by: data()) == expected)
    }

    @Test(
        "of any machine are known by their looks",
        arguments: [
            ("/home/bob/x", "[home]/x"), ("/Users/bob", "[home]"), ("cd /root && ls", "cd [home] && ls"),
            ("C:\\Users\\bob\\x", "[home]\\x"),
            ("mail bob.smith@lab.example.org.", "mail [account]."), ("path=/root/.cache", "path=[home]/.cache"),
        ])
    func general(text: String, expected: String) {
        #expect(redacted(text, by: .general) == expected)
    }

    @Test(
        "are seen where JSON, an address, a terminal's colours or a writer's capitals have escaped them",
        arguments: [
            (#"on host\nworkstation-7 user\tmarlene"#, #"on host\n[host] user\t[user]"#),
            (#"{"p": "\u002fhome\u002fmarlene", "\u0077orkstation-7": 1}"#, #"{"p": "[home]", "[host]": 1}"#),
            (#"{"log": "{\"p\": \"\\u002fhome\\u002fmarlene\"}"}"#, #"{"log": "{\"p\": \"[home]\"}"}"#),
            ("by Marlene on WORKSTATION-7", "by [user] on [host]"), ("in /Home/Marlene/x", "in [home]/x"),
            ("model_marlene, /data/run_marlene/x", "model_[user], /data/run_[user]/x"), ("%2Fhome%2Fmarlene%2Fx", "[home]%2Fx"),
            ("by \u{1B}[1mmarlene\u{1B}[0m", "by \u{1B}[1m[user]\u{1B}[0m"), ("\u{1B}(Bmarlene", "\u{1B}(B[user]"),
            (#"{"log": "\u001b[1mmarlene\u001b[0m"}"#, #"{"log": "\u001b[1m[user]\u001b[0m"}"#),
            ("/home/\u{1B}[1;31mmarlene\u{1B}[0m/x", "[home]\u{1B}[0m/x"), ("“marlene” → ‘workstation-7’", "“[user]” → ‘[host]’"),
        ])
    func escaped(text: String, expected: String) {
        #expect(redacted(text, by: data()) == expected)
    }

    @Test(
        "a home of one name is seen in every ordinary form",
        arguments: [
            ("cc -I/root/include -L/root/.local/lib -isystem/root/x", "cc -I[home]/include -L[home]/.local/lib -isystem[home]/x"),
            ("file:///root/secret", "file:[home]/secret"), ("at //root/x", "at [home]/x"), (#""a\n/root/x""#, #""a\n[home]/x""#),
            ("PATH=/bin:/root/bin", "PATH=/bin:[home]/bin"),
        ])
    func rootedHomes(text: String, expected: String) {
        let found = redacted(text, by: .general)?.replacingOccurrences(of: "//[home]", with: "[home]")
            .replacingOccurrences(of: "/[home]", with: "[home]")
        #expect(found == expected)
    }

    @Test("are seen in UTF-16, in either order of bytes, also within what is no text", arguments: [false, true])
    func wide(bigEndian: Bool) {
        for text in ["at /home/bob/x", "by marlene here"] {
            var bytes: [UInt8] = [1, 2, 3, 0, 0xFF]
            for unit in text.utf16 {
                bytes += bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            }
            let matches = data().matches(in: bytes + [0xFF, 0xFF], isText: false)
            #expect(matches.map(\.range) == [text.hasPrefix("at") ? 11..<29 : 11..<25], "\(text): \(matches)")
        }
    }

    @Test(
        "are not seen where there are none",
        arguments: [
            "dataset/mnist@1.0.0", "uses: checkout@v4", "@media print", "/rooted/tree", "steps/root/x", "the home/ folder", "marlenes",
            "/homework",
            "a @ b", "/tmp/file", "square/root", "https://root/x", "../root", "steps//root", "/root_of/x", "pre-square/root",
            #"re\u0061lmarlene"#,
            "émarlene",
        ])
    func none(text: String) {
        #expect(redacted(text, by: data()) == nil)
    }

    @Test("a name that half the world has, or that the record itself uses, is looked for only where it names a home or an account")
    func commonNames() {
        #expect(redacted("root trains on vm", by: data(users: ["root"], hosts: ["vm"])) == nil)
        let train = data(users: ["train"], hosts: [], vocabulary: #"{"name": "train-vae-s0"}"#)
        #expect(redacted("train-vae: train", by: train) == nil)
        #expect(redacted("/home/train: train@vm", by: train) == "[home]: [account]")
    }

    @Test("are removed from logs, which is declared with the digest that the record signs")
    func log() throws {
        var project = try TinyProject()
        defer { project.remove() }
        project.log = "marlene on workstation-7 wrote /home/marlene/state/x\n"
        let run = try project.run()
        let staged = try project.stage(run, privateData: data())
        #expect(staged.checked.isAccepted, "\(staged.checked.errors)")
        let logs = staged.document.redactions
        #expect(logs.count == 12 && logs.allSatisfy { $0.kinds == [.user, .host, .state] }, "\(logs)")
        for redaction in logs { #expect(try SHA256Digest.ofFile(at: run.path + "/" + redaction.path).digest == redaction.original) }
        for file in staged.files {
            let bytes = try BoundedFile.read((staged.folder as NSString).deletingLastPathComponent + "/" + file.path, limit: 1 << 26)
            for word in ["marlene", "workstation-7"] { #expect(!String(decoding: bytes, as: UTF8.self).contains(word), "\(file.path)") }
        }
        #expect(try project.check(staged.folder).notes.map(\.code) == [.redacted])
    }

    @Test("in the workflow or in what is said of the system are a reason to refuse; the submitter's own name is not")
    func beside() throws {
        let (project, run, _) = try TinyProject.honest.get()
        var system = TinyProject.system
        system["host_storage_type"] = "SSD of workstation-7"
        let error = try #require(throws: SubmissionError.self) {
            try project.stage(run, .init(submitter: "Some Lab", system: system), privateData: data())
        }
        #expect("\(error)".contains("systems/bench-1.json: line") && !"\(error)".contains("workstation-7"), "\(error)")
        let rows = try #require(throws: SubmissionError.self) { try project.stage(run, privateData: data(users: ["maximum"])) }
        #expect("\(rows)".contains("benchmarks/tiny/workflow/meta.json"), "\(rows)")
        let named = SubmissionBuilder.Request(submitter: "Marlene Smith", system: TinyProject.system)
        #expect(try project.stage(run, named, privateData: data()).checked.isAccepted)
    }

    @Test("in evidence are a reason to refuse, with the place, never the thing itself")
    func evidence() throws {
        let (project, honest, _) = try TinyProject.honest.get()
        let smith = PrivateData(
            home: "/home/x", users: [], hosts: [], repository: nil, state: nil, temporary: "/scratch/of-mine", vocabulary: "")
        let folder = project.folder + "/evidence"
        try FileManager.default.createDirectory(atPath: folder + "/keys", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: honest.path, toPath: folder + "/record")
        let forger = try Forger(folder)
        try AtomicFile.write(Array("at /scratch/of-mine/x".utf8), to: forger.run.step("evaluate-a-s0") + "/outputs/notes.txt")
        try forger.signSteps()
        try forger.signManifest()
        let error = try #require(throws: (any Error).self) {
            try SubmissionBuilder(forger.run, trusted: [forger.key.publicKey], catalogue: nil, privateData: { _ in smith })
                .stage(.init(submitter: "Lab"), key: forger.key, in: project.folder)
        }
        #expect("\(error)".contains("steps/evaluate-a-s0/outputs/notes.txt: line 1") && !"\(error)".contains("of-mine"), "\(error)")
    }
}
