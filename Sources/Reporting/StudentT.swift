/// Student's t-distribution, for intervals over a handful of seeds.
///
/// For whole degrees of freedom the distribution is a finite sum (Abramowitz & Stegun, 26.7.3 and 26.7.4), so nothing is approximated. Only the
/// four operations and the square root are used, which give the same bits everywhere: the intervals stand in a signed record that others compute
/// again.
package enum StudentT {
    /// The t beyond which, on both sides together, 1 − `confidence` of the distribution lies.
    ///
    /// - Parameters:
    ///   - confidence: between 0 and 1, both excluded.
    ///   - degreesOfFreedom: 1 or more.
    package static func twoSidedQuantile(confidence: Double, degreesOfFreedom: Int) -> Double {
        precondition(confidence > 0 && confidence < 1 && degreesOfFreedom >= 1, "no such quantile")
        var upper = 1.0
        while centralProbability(upper, degreesOfFreedom: degreesOfFreedom) < confidence, upper < 1e15 { upper *= 2 }
        var lower = 0.0
        // Halving ends when no number lies between.
        while true {
            let middle = lower + (upper - lower) / 2
            guard middle > lower, middle < upper else { return middle }
            if centralProbability(middle, degreesOfFreedom: degreesOfFreedom) < confidence { lower = middle } else { upper = middle }
        }
    }

    /// The probability of a value between −t and t.
    package static func centralProbability(_ t: Double, degreesOfFreedom: Int) -> Double {
        precondition(t >= 0 && degreesOfFreedom >= 1, "no such probability")
        let freedom = Double(degreesOfFreedom)
        // θ = atan(t / √ν), of which the sums only need sine and cosine.
        let hypotenuse = (freedom + t * t).squareRoot()
        let sine = t / hypotenuse
        let cosineSquared = freedom / (freedom + t * t)
        // Even ν: 1 + 1/2 cos²θ + (1·3)/(2·4) cos⁴θ + …; odd ν: 1 + 2/3 cos²θ + (2·4)/(3·5) cos⁴θ + …
        let isOdd = degreesOfFreedom % 2 == 1
        var term = 1.0
        var sum = 0.0
        for index in 0..<(degreesOfFreedom / 2) {
            sum += term
            let step = Double(2 * index)
            term *= cosineSquared * (isOdd ? (step + 2) / (step + 3) : (step + 1) / (step + 2))
        }
        if !isOdd { return sine * sum }
        return 2 / Double.pi * (arctangent(t / freedom.squareRoot()) + sine * cosineSquared.squareRoot() * sum)
    }

    /// The angle whose tangent is x, for x of 0 or more: halved until the series is short.
    private static func arctangent(_ x: Double) -> Double {
        if x > 1 { return Double.pi / 2 - arctangent(1 / x) }
        var reduced = x
        for _ in 0..<3 { reduced /= 1 + (1 + reduced * reduced).squareRoot() }
        // |reduced| ≤ tan(π/32): twelve terms leave less than one unit in the last place.
        let square = reduced * reduced
        var sum = 0.0
        for index in stride(from: 12, through: 0, by: -1) { sum = 1 / Double(2 * index + 1) - square * sum }
        return 8 * reduced * sum
    }
}
