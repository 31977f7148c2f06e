import Submissions
import Testing

@Suite("Where what lies in a submission")
struct SubmissionLayoutTests {
    @Test("files lie where MLPerf's submissions have them")
    func mlperf() {
        let layout = SubmissionLayout(system: "two-cores", benchmark: "tvae-table1")
        #expect(layout.systemFile == "systems/two-cores.json")
        #expect(layout.resultFile(0) == "results/two-cores/tvae-table1/result_0.txt")
        #expect(layout.benchmarkFolder == "benchmarks/tvae-table1")
    }
}
