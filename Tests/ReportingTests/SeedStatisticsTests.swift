import Reporting
import Testing

@Suite("Student's t")
struct StudentTTests {
    @Test(
        "has the published two-sided quantiles",
        arguments: [
            (0.95, 1, 12.706_204_736), (0.95, 2, 4.302_652_730), (0.95, 3, 3.182_446_305), (0.95, 4, 2.776_445_105),
            (0.95, 5, 2.570_581_836), (0.95, 9, 2.262_157_163), (0.95, 10, 2.228_138_852), (0.95, 29, 2.045_229_642),
            (0.95, 30, 2.042_272_456), (0.95, 99, 1.984_216_952), (0.95, 100, 1.983_971_519), (0.5, 1, 1), (0.9, 7, 1.894_578_605),
            (0.99, 2, 9.924_843_201), (0.99, 10, 3.169_272_673), (0.99, 30, 2.749_995_654),
        ] as [(Double, Int, Double)])
    func quantiles(confidence: Double, freedom: Int, expected: Double) {
        let found = StudentT.twoSidedQuantile(confidence: confidence, degreesOfFreedom: freedom)
        #expect((found - expected).magnitude < 1e-8, "\(found)")
    }

    @Test("probability and quantile are each other's inverse, for odd and even degrees of freedom", arguments: 1...40)
    func inverse(freedom: Int) {
        for confidence in [1e-6, 0.1, 0.5, 0.9, 0.999, 0.999999] {
            let quantile = StudentT.twoSidedQuantile(confidence: confidence, degreesOfFreedom: freedom)
            let back = StudentT.centralProbability(quantile, degreesOfFreedom: freedom)
            #expect((back - confidence).magnitude < 1e-13, "\(confidence) became \(back)")
        }
    }

    @Test("nothing lies within 0, and everything within what is far enough")
    func ends() {
        #expect(StudentT.centralProbability(0, degreesOfFreedom: 3) == 0)
        #expect((StudentT.centralProbability(1e9, degreesOfFreedom: 4) - 1).magnitude < 1e-15)
    }
}

@Suite("Statistics over seeds")
struct SeedStatisticsTests {
    @Test("mean, standard deviation with n − 1, and Student's interval")
    func three() throws {
        let statistics = try #require(SeedStatistics([572, 574, 576]))
        #expect(statistics.mean == 574 && statistics.standardDeviation == 2 && statistics.count == 3)
        let interval = try #require(statistics.interval)
        // 4.302652730 · 2 / √3
        #expect((interval.upperBound - 574 - 4.968_275).magnitude < 1e-6 && (574 - interval.lowerBound - 4.968_275).magnitude < 1e-6)
        #expect(statistics.text == "574 ± 2.0 (3)")
        #expect(statistics.intervalText == "mean's 95 % interval 569.0 to 579.0")
    }

    @Test("one seed has no spread and no interval")
    func one() throws {
        let statistics = try #require(SeedStatistics([0.5]))
        #expect(statistics.standardDeviation == nil && statistics.interval == nil && statistics.text == "0.500 (1)")
        #expect(statistics.json == ["seeds": 1, "values": [0.5], "standard_deviation": .null, "interval": .null])
    }

    @Test("equal values have a spread of zero")
    func equal() throws {
        let statistics = try #require(SeedStatistics([1, 1]))
        #expect(statistics.standardDeviation == 0 && statistics.interval == 1...1 && statistics.text == "1 ± 0 (2)")
    }

    @Test(
        "nothing, and what has no finite mean or spread, has no statistics", arguments: [[], [1e308, 1e308], [-1e200, 1e200], [1, .nan]])
    func none(values: [Double]) {
        #expect(SeedStatistics(values) == nil)
    }

    @Test(
        "a spread is written with two digits",
        arguments: [
            (0, "0"), (51, "51"), (12.34, "12"), (9.96, "10"), (1.26, "1.3"), (0.126, "0.13"), (0.0126, "0.013"), (0.00126, "0.0013"),
            (1234, "1,234"), (99.6, "100"),
        ] as [(Double, String)])
    func spread(value: Double, text: String) {
        #expect(NumberText.spread(value) == text)
    }
}
