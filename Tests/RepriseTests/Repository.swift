import Foundation
import Integrity

/// A copy of the project's artifacts and workflows that a test may change.
struct Repository {
    let program: Program

    init(program: Program) { self.program = program }

    init() throws {
        let folder = Program.temporaryFolder("repository")
        for name in ["meta.json", "artifacts", "workflows", "checklists"] {
            try FileManager.default.copyItem(atPath: Program.root + "/" + name, toPath: folder + "/" + name)
        }
        var program = Program()
        program.repository = folder
        self.program = program
    }

    func edit(_ file: String, _ change: (inout JSONValue) -> Void) throws {
        let path = program.repository + "/" + file
        var json = try JSONValue.parse(try BoundedFile.read(path, limit: 1 << 22))
        change(&json)
        try AtomicFile.write(Array(json.prettyText().utf8), to: path)
    }

    /// Leaves a workflow with the named steps and no claims.
    func keep(_ steps: [String], of workflow: String) throws {
        try edit("workflows/\(workflow)/meta.json") { json in
            json["steps"] = .array((json["steps"]?.arrayValue ?? []).filter { steps.contains($0["name"]?.stringValue ?? "") })
            json["claims"] = []
        }
    }
}
