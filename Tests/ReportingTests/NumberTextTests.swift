import Reporting
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    @Test(
        "a measured value has four significant digits, grouped thousands and a true minus",
        arguments: [
            (0, "0"), (-186.84, "−186.8"), (13_274.4, "13,274"), (0.02134, "0.0213"), (574, "574"), (1, "1"), (1.25, "1.250"),
            (68.123, "68.12"), (-1_234_567, "−1,234,567"), (1.2e-5, "1.2e−5"), (-3.456e12, "−3.456e12"), (.nan, "not a number"),
            (-.infinity, "−∞"), (999.96, "1,000"), (0.1, "0.100"),
        ] as [(Double, String)])
    func measured(value: Double, text: String) {
        #expect(NumberText.measured(value) == text)
    }

    @Test(
        "a reported value keeps the digits that it was recorded with",
        arguments: [(-186.8, "−186.8"), (13_274, "13,274"), (0.67, "0.67"), (1, "1"), (-0.0, "−0"), (1e-7, "1e−07"), (1234.5, "1,234.5")]
            as [(Double, String)])
    func exact(value: Double, text: String) {
        #expect(NumberText.exact(value) == text)
    }

    @Test("sizes and durations suit their magnitude")
    func unitsOfMeasure() {
        #expect(
            [0, 999, 1000, 12_440, 999_960, 10_482_112].map(NumberText.bytes) == ["0 B", "999 B", "1.0 KB", "12.4 KB", "1.0 MB", "10.5 MB"])
        #expect(
            [0.4, 59.94, 59.96, 245, 7380, .nan, -1].map(NumberText.duration(seconds:)) == [
                "0.4 s", "59.9 s", "1 min 00 s", "4 min 05 s", "2 h 03 min", "–", "–",
            ])
    }
}
