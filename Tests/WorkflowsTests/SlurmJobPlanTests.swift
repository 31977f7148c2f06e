import Integrity
import Testing
import Workflows

@Suite("Array jobs for a plan")
struct SlurmJobPlanTests {
    private func step(_ name: String, reads producers: [String] = []) -> PlannedStep {
        PlannedStep(
            name: name, program: ["p"],
            artifact: ArtifactReference(
                kind: "script", alias: "a", uid: "0123456789abcdef", version: "1.0.0", digest: SHA256Digest.of("a".utf8)),
            inputs: Dictionary(uniqueKeysWithValues: producers.enumerated().map { ("input\($0)", $1) }))
    }

    /// Data, then a training and an evaluation for each of so many rows.
    private func table(_ rows: Int) -> [PlannedStep] {
        [step("data")]
            + (0..<rows).flatMap {
                [step("train-\($0)", reads: ["data"]), step("evaluate-\($0)", reads: ["data", "train-\($0)/weights.safetensors"])]
            }
    }

    @Test("a table becomes three arrays; each evaluation follows its own training alone")
    func table() throws {
        let plan = SlurmJobPlan(missing: table(6), largestArray: 1000)
        #expect(plan.arrays.map(\.dependency) == [.none, .single(0), .corresponding(1)])
        #expect(plan.arrays.map(\.steps.count) == [1, 6, 6])
        for (index, training) in plan.arrays[1].steps {
            #expect(plan.arrays[2].steps[index] == training.replacing("train", with: "evaluate"))
        }
    }

    @Test("ten thousand tasks take no more arrays than the cluster's largest array makes necessary")
    func tenThousand() {
        let plan = SlurmJobPlan(missing: table(5000), largestArray: 1001)
        #expect(plan.arrays.count == 11)
        #expect(plan.arrays.allSatisfy { $0.steps.keys.allSatisfy { $0 < 1001 } })
        #expect(plan.arrays.reduce(0) { $0 + $1.steps.count } == 10_001)
    }

    @Test(
        "small tables are cut so that Slurm looks at every task that waits; large ones wait for whole arrays",
        arguments: [6, 18, 40, 41, 200])
    func followed(rows: Int) {
        let plan = SlurmJobPlan(missing: table(rows), largestArray: 1001)
        let evaluations = plan.arrays.filter { $0.depth == 2 }
        for array in evaluations {
            switch array.dependency {
            case .corresponding(let training):
                #expect(array.steps.count <= 10 && plan.arrays[training].steps.count <= 10)
            case .whole(let trainings):
                // All that the evaluations read from is in there.
                let names = trainings.flatMap { plan.arrays[$0].steps.values }
                #expect(array.steps.values.allSatisfy { names.contains($0.replacing("evaluate", with: "train")) })
            default: Issue.record("\(array.dependency)")
            }
        }
        #expect(evaluations.contains { if case .corresponding = $0.dependency { true } else { false } } == (rows <= 80))
        #expect(plan.arrays.count <= 20)
    }

    @Test("where the training is done, the evaluation waits for nothing; where some are, the others keep their index")
    func resumed() {
        let all = table(4)
        let plan = SlurmJobPlan(missing: all.filter { !["data", "train-1"].contains($0.name) }, largestArray: 1000)
        #expect(plan.arrays[0].dependency == .none)
        #expect(Set(plan.arrays[0].steps.values) == ["train-0", "train-2", "train-3", "evaluate-1"])
        #expect(plan.arrays[1].dependency == .corresponding(0))
        for (index, evaluation) in plan.arrays[1].steps {
            #expect(plan.arrays[0].steps[index] == evaluation.replacing("evaluate", with: "train"))
        }
    }

    @Test("several readers of one training are in arrays of their own, at its index")
    func layers() {
        let steps = [step("a"), step("b"), step("x", reads: ["a"]), step("y", reads: ["a"]), step("z", reads: ["b"])]
        let plan = SlurmJobPlan(missing: steps, largestArray: 1000)
        #expect(plan.arrays.map(\.steps) == [[0: "a", 1: "b"], [0: "x", 1: "z"], [0: "y"]])
        #expect(plan.arrays.map(\.dependency) == [.none, .corresponding(0), .corresponding(0)])
    }

    @Test("a comparison of all waits for the end of all, and finds out for itself what is missing")
    func comparison() {
        let steps = table(3) + [step("compare", reads: ["train-0", "train-1", "evaluate-2"])]
        let plan = SlurmJobPlan(missing: steps, largestArray: 2)
        let last = plan.arrays[plan.arrays.count - 1]
        #expect(Array(last.steps.values) == ["compare"])
        guard case .whole(let arrays) = last.dependency else {
            Issue.record("\(last.dependency)")
            return
        }
        #expect(arrays.allSatisfy { $0 < plan.arrays.count - 1 })
        #expect(arrays == arrays.sorted())
    }

    @Test("whatever the plan, every step is in one array, and everything that it reads from is in an earlier array that is waited for")
    func everyPlan() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var steps: [PlannedStep] = []
            for index in 0..<Int.random(in: 1...40, using: &generator) {
                let producers = Set(
                    (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in steps.randomElement(using: &generator)?.name })
                steps.append(step("s\(index)", reads: producers.sorted()))
            }
            let plan = SlurmJobPlan(missing: steps, largestArray: Int.random(in: 1...7, using: &generator))
            var place: [String: (array: Int, index: Int)] = [:]
            for (array, content) in plan.arrays.enumerated() {
                for (index, step) in content.steps {
                    #expect(place[step] == nil)
                    place[step] = (array, index)
                }
            }
            #expect(place.count == steps.count)
            /// Whether a task certainly starts after another has ended.
            func comesAfter(_ later: (array: Int, index: Int), _ earlier: (array: Int, index: Int)) -> Bool {
                switch plan.arrays[later.array].dependency {
                case .none: false
                case .corresponding(let array):
                    (array == earlier.array && later.index == earlier.index) || comesAfter((array, later.index), earlier)
                case .single(let array):
                    array == earlier.array || plan.arrays[array].steps.keys.contains { comesAfter((array, $0), earlier) }
                case .whole(let arrays):
                    arrays.contains { array in
                        array == earlier.array || plan.arrays[array].steps.keys.contains { comesAfter((array, $0), earlier) }
                    }
                }
            }
            for step in steps {
                guard let own = place[step.name] else { continue }
                for producer in step.producers {
                    if let theirs = place[producer] { #expect(comesAfter(own, theirs), "\(step.name) after \(producer) in \(plan)") }
                }
            }
        }
    }

    @Test(
        "a time limit leaves something of itself before the signal for a checkpoint, in whatever notation",
        arguments: [
            ("2", 120, false), ("2:59", 120, false), ("3", 120, true), ("0:02:59", 120, false), ("1-0", 3600, true), ("0-0:1", 60, false),
            ("0-0:2:1", 60, true), ("UNLIMITED", 3600, true), ("0", 120, true), ("99999999999999999999", 120, true), ("-", 120, true),
        ])
    func timeAndWarning(time: String, warning: Int, isTaken: Bool) {
        #expect(((try? SlurmOptions(time: time, warning: warning)) != nil) == isTaken)
    }

    @Test("indices are written as sbatch reads them")
    func ranges() {
        #expect(SlurmClient.ranges([0]) == "0")
        #expect(SlurmClient.ranges([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8")
    }

    @Test("options that would break a promise are refused, with the reason")
    func options() throws {
        #expect(throws: SlurmError.option(name: "array", reason: "cannot be set: the plan decides it")) {
            try SlurmOptions(further: ["array": "0-3"])
        }
        #expect(throws: SlurmError.self) { try SlurmOptions(further: ["-p": "x"]) }
        #expect(throws: SlurmError.self) { try SlurmOptions(further: ["account": "a\nb"]) }
        #expect(throws: SlurmError.self) { try SlurmOptions(cpusPerTask: 0) }
        #expect(throws: SlurmError.option(name: "depend", reason: "could be read as dependency; write the option's whole name")) {
            try SlurmOptions(further: ["depend": "afterok:1"])
        }
        #expect(throws: SlurmError.self) { try SlurmOptions(warning: 100_000) }
        let options = try SlurmOptions(partition: "gpu", time: "30", cpusPerTask: 2, memory: "4G", further: ["account": "lab"])
        #expect(options.arguments == ["--cpus-per-task=2", "--partition=gpu", "--time=30", "--mem=4G", "--account=lab"])
    }
}
