import Integrity

/// Holds a paper's claims against what a run measured.
///
/// The rules, in order:
/// 1. A measure that is missing makes the claim *not run*; where the check is decisive, it has failed.
/// 2. A run at reduced scale is *reduced scale*, whatever it measured.
/// 3. At the paper's scale a claim of learning that is not beyond its untrained control is *not reproduced*: the model's structure alone gives it.
/// 4. A claim that rests on an unconfirmed record only *agrees* or *differs*; it never makes a run “reproduced”, nor a check fail.
/// 5. Otherwise the criterion decides. A claim that several measures bear on, controls among them, is reproduced only where all of them hold.
///
/// A measure over several seeds is compared by its mean. Where two measures of the same seeds are compared, Student's interval of the difference
/// must lie on the right side of 0. A row that the user left out is *not run*, and has failed nothing.
public enum ClaimEvaluator {
    /// Evaluates every binding, in order, then lists the claims that the workflow does not measure.
    ///
    /// - Parameters:
    ///   - metrics: each step's metrics, by the step's name.
    ///   - matrix: the steps that references to a row's replicates stand for.
    ///   - variation: the name that bindings' ``ClaimBinding/appliesAt`` refers to.
    public static func evaluate(
        claims: [Claim], bindings: [ClaimBinding], metrics: [String: JSONValue], matrix: MatrixSteps = MatrixSteps(), scale: RunScale,
        variation: String
    ) throws(ClaimError) -> [ClaimResult] {
        let measures = RunMeasures(metrics: metrics, matrix: matrix)
        var results: [ClaimResult] = []
        for binding in bindings {
            guard let claim = claims.first(where: { $0.id == binding.claim }) else {
                throw .unknownClaim(location: binding.location, claim: binding.claim)
            }
            if case .within = binding.criterion, claim.reported == nil {
                throw .malformed(
                    location: binding.location, field: "criterion",
                    expected: "something other than within, since claim “\(claim.id)” reports no number")
            }
            results.append(evaluate(claim: claim, binding: binding, measures: measures, scale: scale, variation: variation))
        }
        combine(&results)
        let bound = Set(bindings.map(\.claim))
        for claim in claims where !bound.contains(claim.id) {
            results.append(
                ClaimResult(
                    claim: claim, binding: nil, verdict: .notRun, check: .notApplicable, reason: "this workflow does not measure it"))
        }
        return results
    }

    /// Takes “reproduced” back from the measures of a claim that another of its measures does not bear out: a negative control that holds shows
    /// nothing by itself.
    private static func combine(_ results: inout [ClaimResult]) {
        for claim in Set(results.map(\.claim.id)) {
            let places = results.indices.filter { results[$0].claim.id == claim }
            guard
                let veto = places.map({ results[$0] }).first(where: { $0.verdict == .notReproduced })
                    ?? places.map({ results[$0] }).first(where: { $0.verdict != .reproduced })
            else { continue }
            for place in places where results[place].verdict == .reproduced {
                results[place].verdict = veto.verdict == .notReproduced ? .notReproduced : .notRun
                let measure = veto.binding.map { "\($0.measure)" } ?? "another measure"
                results[place].reason =
                    "holds, but the claim needs \(measure) as well, which is \(veto.verdict.rawValue): \(results[place].reason)"
            }
        }
    }

    private static func evaluate(
        claim: Claim, binding: ClaimBinding, measures: RunMeasures, scale: RunScale, variation: String
    ) -> ClaimResult {
        let isDecisive = binding.appliesAt.contains(variation)
        var result = ClaimResult(
            claim: claim, binding: binding, verdict: .notRun, check: isDecisive ? .failed : .notApplicable, reason: "")
        var missing: [String] = []
        var leftOut: [String] = []
        func resolve(_ reference: MetricReference, needed: Bool) -> (value: Double?, seeds: SeedStatistics?) {
            switch measures.resolve(reference) {
            case .number(let number): return (number, nil)
            case .replicates(let statistics): return (statistics.mean, statistics)
            case .missing(let reason):
                if needed { missing.append(reason) }
            case .leftOut(let reason):
                if needed, !leftOut.contains(reason) { leftOut.append(reason) }
            }
            return (nil, nil)
        }

        (result.measured, result.measuredSeeds) = resolve(binding.measure, needed: true)
        if let control = binding.control {
            (result.control, result.controlSeeds) = resolve(control, needed: binding.beyondControl != nil)
        }
        switch binding.chance {
        case nil: break
        case .number(let number): result.chance = number
        case .measure(let reference): result.chance = resolve(reference, needed: false).value
        }
        var other: (value: Double?, seeds: SeedStatistics?) = (nil, nil)
        switch binding.criterion {
        case .lessThanMeasure(let reference), .greaterThanMeasure(let reference): other = resolve(reference, needed: true)
        case .lessThan, .greaterThan, .within: break
        }
        guard let measured = result.measured, missing.isEmpty, leftOut.isEmpty else {
            // What nobody asked for has not failed.
            if missing.isEmpty { result.check = .notApplicable }
            result.reason = (missing + leftOut).joined(separator: "; ")
            return result
        }

        let shown = result.measuredText ?? NumberText.measured(measured)
        let criterion = compare(
            measured, shown: shown, with: binding.criterion, claim: claim, other: other.value,
            difference: SeedStatistics.difference(result.measuredSeeds, other.seeds))
        let learning = binding.beyondControl.flatMap { direction in
            result.control.map { compare(measured, beyond: $0, direction: direction, margin: binding.margin) }
        }
        let holds = criterion.holds && learning?.holds != false
        if isDecisive { result.check = holds ? .passed : .failed }
        // Nothing can fail by not agreeing with a number that nobody has checked.
        if case .within = binding.criterion, !claim.mark.isConfirmed { result.check = .notApplicable }
        // Said first: whatever decided.
        let sentences =
            learning.map { $0.holds ? [criterion.sentence, $0.sentence] : [$0.sentence, criterion.sentence] }
            ?? [criterion.sentence]
        let comparison = sentences.joined(separator: "; ")

        switch scale {
        case .reduced:
            result.verdict = .reducedScale
            result.reason = comparison
        case .paper where !isDecisive:
            result.verdict = .notRun
            result.reason = "not decided at variation “\(variation)”: \(comparison)"
        case .paper:
            if learning?.holds == false {
                result.verdict = .notReproduced
            } else if claim.mark.isConfirmed {
                result.verdict = criterion.holds ? .reproduced : .notReproduced
            } else {
                result.verdict = criterion.holds ? .agreesUnconfirmed : .differsUnconfirmed
            }
            result.reason = comparison
        }
        return result
    }

    /// A comparison's outcome and the sentence that tells it.
    private struct Comparison {
        var holds: Bool
        var sentence: String
    }

    private static func compare(
        _ measured: Double, shown: String, with criterion: ClaimCriterion, claim: Claim, other: Double?, difference: SeedStatistics?
    ) -> Comparison {
        /// Holds where the whole interval of the difference lies below 0 (`sign` 1) or above it (−1); with one seed, the difference itself.
        func order(_ relation: String, _ sign: Double, than other: Double, _ reference: MetricReference) -> Comparison {
            let bound = "\(NumberText.measured(other)) (\(reference))"
            guard sign * (measured - other) < 0, let interval = difference?.interval else {
                return order(sign * (measured - other) < 0, relation, bound)
            }
            if sign > 0 ? interval.upperBound < 0 : interval.lowerBound > 0 { return order(true, relation, bound) }
            let range = "\(NumberText.measured(interval.lowerBound)) to \(NumberText.measured(interval.upperBound))"
            return Comparison(
                holds: false,
                sentence: "\(shown) is \(relation) \(bound), but within what seeds do: 95 % interval of the difference \(range)")
        }
        func order(_ holds: Bool, _ relation: String, _ bound: String) -> Comparison {
            Comparison(holds: holds, sentence: "\(shown) is \(holds ? "" : "not ")\(relation) \(bound)")
        }
        switch criterion {
        case .lessThan(let bound):
            return order(measured < bound, "less than", NumberText.exact(bound))
        case .greaterThan(let bound):
            return order(measured > bound, "greater than", NumberText.exact(bound))
        case .lessThanMeasure(let reference):
            guard let other else { break }
            return order("less than", 1, than: other, reference)
        case .greaterThanMeasure(let reference):
            guard let other else { break }
            return order("greater than", -1, than: other, reference)
        case .within(let tolerance):
            guard let reported = claim.reported else { break }
            return order(
                (measured - reported.value).magnitude <= tolerance, "within \(NumberText.exact(tolerance)) of",
                "the reported \(NumberText.exact(reported.value)) (\(claim.mark.rawValue))")
        }
        return Comparison(holds: false, sentence: "nothing to compare \(shown) with")
    }

    private static func compare(_ measured: Double, beyond control: Double, direction: ClaimBinding.Direction, margin: Double) -> Comparison
    {
        let gain = direction == .lower ? control - measured : measured - control
        let shown = NumberText.measured(control)
        if gain > 0, gain >= margin {
            return Comparison(holds: true, sentence: "\(direction.rawValue) than the untrained control (\(shown))")
        }
        if gain > 0 {
            let margins = "by \(NumberText.measured(gain)), needed \(NumberText.exact(margin))"
            return Comparison(holds: false, sentence: "no better than the untrained control (\(shown); \(margins))")
        }
        return Comparison(holds: false, sentence: "no better than the untrained control (\(shown))")
    }
}
