import Datasets
import Numerics
import Testing
import TopographicVAE

@Suite("Metrics against the reference implementation", .enabled(if: Reference.isPresent, Reference.absence))
struct MetricsReferenceTests {
    @Test("the equivariance error agrees on random and on rolling activations", arguments: [18, 15], ["random", "rolling"])
    func equivarianceError(_ size: Int, _ kind: String) throws {
        let file = try Reference.open("metrics")
        let t = try file.matrix("equivariance_error/S\(size)/\(kind)/t", trailing: 2)
        let error = EquivarianceError.mean(t, sequenceLength: size, capsules: size, capsuleSize: size)
        #expect(relativeDifference(error, try file.scalar("equivariance_error/S\(size)/\(kind)/value")) < 1e-5)
    }

    @Test("observed rolls and true offsets agree exactly", arguments: ["scale", "orientation", "x", "y"])
    func capsuleCorrelation(_ factorName: String) throws {
        let file = try Reference.open("metrics")
        let t = try file.matrix("capcorr/t", trailing: 2)
        let factors = try file.integers("capcorr/factors").values
        let names = ["shape", "scale", "orientation", "x", "y"]
        let factor = try #require(names.firstIndex(of: factorName))

        let observations = (0..<12).compactMap { sequence -> CapsuleCorrelation.Observation? in
            func values(_ factor: Int) -> [Int] { (0..<15).map { factors[(sequence * 15 + $0) * 5 + factor] } }
            guard Set(values(factor)).count > 1 else { return nil }
            return CapsuleCorrelation.observe(
                factor: factor, values: values(factor), t: (0..<15).map { Array(t.row(sequence * 15 + $0)) }, capsuleSize: 15)
        }

        #expect(observations.map(\.observedRoll) == (try file.integers("capcorr/\(factorName)/observed_roll").values))
        #expect(observations.map(\.trueOffset) == (try file.integers("capcorr/\(factorName)/true_offset").values))
    }
}
