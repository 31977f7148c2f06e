import Integrity
import Testing
import Workflows

@Suite("The step contract")
struct StepContractTests {
    @Test("a progress line reads back as it was written")
    func progressLine() throws {
        let progress = StepProgress(done: 120, total: 1500, unit: "steps", text: "NLL 67.2 \"quoted\"")
        #expect(StepProgress(line: progress.line) == progress)
    }

    @Test(
        "what is no progress line is left to the log",
        arguments: ["", "step 3", "::progress", "::progress {", "::progress {\"done\": \"x\", \"total\": 1}", "::progress []"])
    func otherLines(line: String) {
        #expect(StepProgress(line: line) == nil)
    }

    @Test(
        "paths that could leave their folder are refused",
        arguments: ["", "/etc/passwd", "..", "a/../b", "a//b", "./a", "a/.", "a\0b", String(repeating: "a", count: 2000)])
    func unsafePaths(path: String) {
        #expect(!FileRecord.isSafe(path))
    }

    @Test("ordinary relative paths are taken", arguments: ["a", "outputs/metrics.json", "outputs/a b/ü.png", "..a", "a..b/c"])
    func safePaths(path: String) {
        #expect(FileRecord.isSafe(path))
    }

    @Test("step names become folder names and nothing else")
    func stepNames() {
        #expect(PlannedStep.isName("train-tvae-2"))
        for name in ["", "-a", "a/b", "..", "A", "a b", "a.partial", String(repeating: "a", count: 65)] {
            #expect(!PlannedStep.isName(name), "\(name)")
        }
    }
}
