import Artifacts
import Foundation
import Integrity
import Testing
import Workflows

@Suite("A plan beside its workflow alone")
struct WorkflowAgreementTests {
    /// The project's own repository.
    private func catalogue() throws -> Catalogue {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return try Catalogue(root: root.path)
    }

    private func workflow(_ alias: String, in catalogue: Catalogue) throws -> Artifact {
        try catalogue.find(ArtifactQuery(kind: .workflow, alias: alias))
    }

    @Test("every variation of every workflow of the project agrees with it, with settings, other seeds and some rows too")
    func own() throws {
        let catalogue = try catalogue()
        let planner = Planner(catalogue: catalogue)
        for artifact in catalogue.artifacts {
            guard let meta = artifact.meta.workflow else { continue }
            for variation in meta.variations.keys.sorted() {
                let plan = try planner.plan(workflow: artifact.meta.alias, variation: variation, settings: [], seed: 0)
                #expect(WorkflowAgreement.differences(plan, from: artifact) == [], "\(artifact.title), \(variation)")
            }
        }
        let table = try planner.plan(
            workflow: "tvae-table1", variation: "smoke", settings: [(name: "seeds", text: "2"), (name: "steps", text: "9")], seed: 5,
            only: ["vae"])
        #expect(WorkflowAgreement.differences(table, from: try workflow("tvae-table1", in: catalogue)) == [])
    }

    @Test("what was changed in the plan is named")
    func changed() throws {
        let catalogue = try catalogue()
        let artifact = try workflow("tvae-table1", in: catalogue)
        let plan = try Planner(catalogue: catalogue).plan(workflow: "tvae-table1", variation: "short", settings: [], seed: 0)
        func differences(_ change: (inout Plan) -> Void) -> [String] {
            var changed = plan
            change(&changed)
            return WorkflowAgreement.differences(changed, from: artifact)
        }
        #expect(differences { $0.scale = .paper } == ["scale"])
        #expect(differences { $0.bindings = [] } == ["bindings"])
        #expect(differences { $0.parameters["steps"] = 5000 }.first == "parameters")
        #expect(differences { $0.steps[1].parameters["steps"] = 5000 } == ["steps.\(plan.steps[1].name).parameters"])
        #expect(differences { $0.steps.removeLast() } == ["steps"])
        #expect(differences { $0.steps[1].artifact.alias = "train-better" } == ["steps.\(plan.steps[1].name).artifact"])
        #expect(differences { $0.steps[1].inputs = [:] } == ["steps.\(plan.steps[1].name).inputs"])
        #expect(differences { $0.workflow.digest = SHA256Digest.of([1]) } == ["workflow"])
        // A replicate dropped in all the right places still contradicts the parameter that says how many there are.
        let dropped = differences { plan in
            plan.matrix?.seeds = 2
            plan.steps.removeAll { $0.place?.replicate == 3 }
        }
        #expect(dropped == ["matrix.seeds"])
    }
}
