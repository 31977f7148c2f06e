import Datasets
import Numerics
import Testing
import TopographicVAE

@Suite("Metrics against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct MetricsReferenceTests {
    @Test(
        "the equivariance error agrees on random and on rolling activations",
        arguments: Reference.cases(in: "metrics", /(equivariance_error\/.+)\/[^\/]+/))
    func equivarianceError(_ name: String) throws {
        let file = try Reference.open("metrics")
        let shape = try file.array("\(name)/t").shape
        try #require(shape.count == 4, "the shape of \(name)/t is \(shape)")
        let t = try file.matrix("\(name)/t", trailing: 2)
        let error = EquivarianceError.mean(t, sequenceLength: shape[1], capsules: shape[2], capsuleSize: shape[3])
        #expect(relativeDifference(error, try file.scalar("\(name)/value")) < 1e-5)
    }

    /// The data set's factors, in order.
    private static let factorNames = ["shape", "scale", "orientation", "x", "y"]

    @Test(
        "observed rolls and true offsets agree exactly",
        arguments: Reference.cases(in: "metrics", /capcorr\/([^\/]+)\/(?:[^\/]+)/))
    func capsuleCorrelation(_ factorName: String) throws {
        let file = try Reference.open("metrics")
        let factor = try #require(Self.factorNames.firstIndex(of: factorName), "no factor is called \(factorName)")
        let shape = try file.array("capcorr/t").shape
        let (factorShape, factors) = try file.integers("capcorr/factors")
        try #require(
            shape.count == 4 && factorShape == [shape[0], shape[1], Self.factorNames.count], "t \(shape), factors \(factorShape)")
        let t = try file.matrix("capcorr/t", trailing: 2)

        let length = shape[1]
        let observations = (0..<shape[0]).compactMap { sequence -> CapsuleCorrelation.Observation? in
            let values = (0..<length).map { factors[(sequence * length + $0) * Self.factorNames.count + factor] }
            guard Set(values).count > 1 else { return nil }
            return CapsuleCorrelation.observe(
                factor: factor, values: values, t: (0..<length).map { Array(t.row(sequence * length + $0)) }, capsuleSize: shape[3])
        }

        #expect(!observations.isEmpty)
        #expect(observations.map(\.observedRoll) == (try file.integers("capcorr/\(factorName)/observed_roll").values))
        #expect(observations.map(\.trueOffset) == (try file.integers("capcorr/\(factorName)/true_offset").values))
    }

    @Test("nothing in the file is left unread")
    func everything() throws {
        let unread = try Reference.open("metrics").names.filter { name in
            name.wholeMatch(of: /equivariance_error\/.+\/(t|value)/) == nil
                && name.wholeMatch(of: /capcorr\/(t|factors|[^\/]+\/(observed_roll|true_offset))/) == nil
        }
        #expect(unread.isEmpty)
    }
}
