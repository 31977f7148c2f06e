import Foundation
import Numerics
import Testing

@Suite("Elementary functions")
struct ElementaryFunctionTests {
    let elementwise = Elementwise(pool: ThreadPool(threads: 2))

    /// Every 4099th float of the whole line, both signs, all infinities and subnormals among them, and the notable points.
    static let sweep: [Float] =
        stride(from: UInt64(0), through: UInt64(UInt32.max), by: 4099).map { Float(bitPattern: UInt32($0)) }
        + [
            0, -0.0, 1, -1, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
            .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.72283, 88.72284, -87.33655, -103.97, -103.98, -104, 1e-7, -1e-7,
            0.99999994,
            1.0000001, -0.99999994,
        ] + (-4000...4000).map { Float($0) / 30 }

    private func worst(
        _ function: (Matrix, Matrix) -> Void, _ exact: (Double) -> Double
    ) -> (units: Double, at: Float, found: Float) {
        let input = Matrix(rows: 1, columns: Self.sweep.count, values: Self.sweep)
        let output = Matrix(rows: 1, columns: Self.sweep.count)
        function(input, output)
        var worst = (units: 0.0, at: Float(0), found: Float(0))
        for (x, y) in zip(Self.sweep, output.buffer) {
            let units = unitsInLastPlace(y, exact(Double(x)))
            if units > worst.units { worst = (units, x, y) }
        }
        return worst
    }

    @Test("e^x is within 2 units in the last place everywhere")
    func exponential() {
        let worst = worst({ elementwise.exponential($0, into: $1) }, exp)
        #expect(worst.units <= 2, "\(worst)")
    }

    @Test("log x is within 2 units in the last place everywhere, NaN below zero, −infinity at both zeros")
    func logarithm() {
        let worst = worst({ elementwise.logarithm($0, into: $1) }, log)
        #expect(worst.units <= 2, "\(worst)")
    }

    @Test("log(1 + x) is within 4 units in the last place everywhere")
    func logarithmOnePlus() {
        let worst = worst({ elementwise.logarithmOnePlus($0, into: $1) }, log1p)
        #expect(worst.units <= 4, "\(worst)")
    }

    @Test("the sigmoid is within 4 units in the last place everywhere")
    func sigmoid() {
        let worst = worst({ elementwise.sigmoid($0, into: $1) }) { 1 / (1 + exp(-$0)) }
        #expect(worst.units <= 4, "\(worst)")
    }

    @Test("log(1 + x) keeps the sign of zero, and e^0 is exactly 1")
    func zeros() {
        let zeros = Matrix(rows: 1, columns: 2, values: [0, -0.0])
        let output = Matrix(rows: 1, columns: 2)
        elementwise.logarithmOnePlus(zeros, into: output)
        #expect(output.values.map(\.sign) == [.plus, .minus])
        elementwise.exponential(zeros, into: output)
        #expect(output.values == [1, 1])
    }

    @Test("the double versions for metrics are within 2 units in the last place of the C library's")
    func portable() {
        let arguments = stride(from: -700.0, through: 700.0, by: 0.37)
        for x in arguments {
            #expect(abs(PortableMath.exponential(x) - exp(x)) <= 2 * exp(x).ulp, "e^\(x)")
            let positive = exp(x)
            #expect(abs(PortableMath.logarithm(positive) - log(positive)) <= 2 * max(log(positive).ulp, 1e-17), "log \(positive)")
        }
        #expect(PortableMath.exponential(-.infinity) == 0 && PortableMath.exponential(.infinity) == .infinity)
        #expect(PortableMath.exponential(.nan).isNaN && PortableMath.logarithm(-1).isNaN)
        #expect(PortableMath.logarithm(0) == -.infinity && PortableMath.logarithm(.infinity) == .infinity)
        #expect(PortableMath.logarithm(1) == 0 && PortableMath.exponential(0) == 1)
        #expect(abs(PortableMath.logarithm(.leastNonzeroMagnitude) - log(.leastNonzeroMagnitude)) < 1e-12)
    }
}
