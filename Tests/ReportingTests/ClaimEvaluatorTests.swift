import Integrity
import Reporting
import Testing

@Suite("Holding claims against a run")
struct ClaimEvaluatorTests {
    private func evaluate(
        _ claim: Claim = Sample.equivariance, _ binding: ClaimBinding = Sample.binding, gap: JSONValue = 0.015, untrained: JSONValue = 0.9,
        scale: RunScale = .paper, variation: String = "paper"
    ) throws -> ClaimResult {
        var binding = binding
        binding.claim = claim.id
        let metrics: [String: JSONValue] = [
            "evaluate": [
                "trained": ["gap": gap, "equivariance_error": 580.4], "untrained": ["gap": untrained, "equivariance_error": 492],
            ],
            "evaluate-vae": ["trained": ["gap": 1.9]],
        ]
        let results = try ClaimEvaluator.evaluate(
            claims: [claim], bindings: [binding], metrics: metrics, scale: scale, variation: variation)
        return try #require(results.first)
    }

    @Test("a claim in words is reproduced at the paper's scale when its criterion holds beyond the control")
    func reproduced() throws {
        let result = try evaluate()
        #expect(result.verdict == .reproduced)
        #expect(result.check == .passed)
        #expect(result.measured == 0.015)
        #expect(result.control == 0.9)
        #expect(result.chance == 1)
        #expect(result.reason == "0.0150 is less than 0.2; lower than the untrained control (0.900)")
    }

    @Test("a criterion that does not hold is not reproduced")
    func notReproduced() throws {
        let result = try evaluate(gap: 0.5)
        #expect(result.verdict == .notReproduced)
        #expect(result.check == .failed)
        #expect(result.reason.hasPrefix("0.500 is not less than 0.2"))
    }

    @Test("a reduced scale is never called reproduced, however well it agrees", arguments: ConfidenceMark.allCases)
    func reducedScale(mark: ConfidenceMark) throws {
        var claim = Sample.equivariance
        claim.mark = mark
        let result = try evaluate(claim, scale: .reduced, variation: "smoke")
        #expect(result.verdict == .reducedScale)
        #expect(result.check == .passed)
    }

    @Test("a reduced scale that misses a decisive criterion fails its check")
    func reducedScaleFailure() throws {
        let result = try evaluate(gap: 0.5, scale: .reduced, variation: "smoke")
        #expect(result.verdict == .reducedScale)
        #expect(result.check == .failed)
    }

    @Test("a variation that the binding does not list decides nothing")
    func notDecisive() throws {
        let reduced = try evaluate(gap: 0.5, scale: .reduced, variation: "tiny")
        #expect(reduced.verdict == .reducedScale)
        #expect(reduced.check == .notApplicable)
        let full = try evaluate(scale: .paper, variation: "paper-openblas")
        #expect(full.verdict == .notRun)
        #expect(full.check == .notApplicable)
        #expect(full.measured == 0.015)
        #expect(full.reason.contains("paper-openblas"))
    }

    @Test("learning that is no better than the untrained control is not reproduced, though the criterion holds", arguments: [0.015, 0.001])
    func noBetterThanControl(untrained: Double) throws {
        let result = try evaluate(untrained: .number(untrained))
        #expect(result.verdict == .notReproduced)
        #expect(result.check == .failed)
        #expect(result.reason.hasPrefix("no better than the untrained control"), "\(result.reason)")
    }

    @Test("learning must pass the control by the margin")
    func margin() throws {
        let close = try evaluate(untrained: 0.1)
        #expect(close.verdict == .notReproduced)
        #expect(close.reason.hasPrefix("no better than the untrained control (0.100; by 0.0850, needed 0.1)"), "\(close.reason)")
        #expect(try evaluate(untrained: 0.116).verdict == .reproduced)
    }

    @Test("the control may lie on the other side")
    func higher() throws {
        var binding = Sample.binding
        binding.beyondControl = .higher
        binding.criterion = .greaterThan(0)
        #expect(try evaluate(Sample.equivariance, binding, untrained: 0.9).verdict == .notReproduced)
        #expect(try evaluate(Sample.equivariance, binding, untrained: -0.9).verdict == .reproduced)
    }

    @Test("an unconfirmed number alone never makes a run reproduced", arguments: [ConfidenceMark.recalled, .secondary])
    func unconfirmed(mark: ConfidenceMark) throws {
        var claim = Sample.equivarianceError
        claim.mark = mark
        let agreeing = try evaluate(claim, Sample.errorBinding)
        #expect(agreeing.verdict == .agreesUnconfirmed)
        #expect(agreeing.verdict.rawValue == "agrees with an unconfirmed number")
        #expect(agreeing.reason == "580.4 is within 20 of the reported 574 (\(mark.rawValue))")

        claim.reported?.value = 400
        let differing = try evaluate(claim, Sample.errorBinding)
        #expect(differing.verdict == .differsUnconfirmed)
        #expect(differing.verdict.rawValue == "differs from an unconfirmed number")
        #expect(differing.reason == "580.4 is not within 20 of the reported 400 (\(mark.rawValue))")
        #expect(agreeing.check == .notApplicable && differing.check == .notApplicable, "nobody knows whether the number is the paper's")
    }

    @Test("a confirmed number carries the verdict by itself")
    func confirmed() throws {
        var claim = Sample.equivarianceError
        claim.mark = .confirmed
        #expect(try evaluate(claim, Sample.errorBinding).verdict == .reproduced)
        claim.reported?.value = 400
        #expect(try evaluate(claim, Sample.errorBinding).verdict == .notReproduced)
    }

    @Test("an unconfirmed claim of learning that is not beyond its control is not reproduced")
    func unconfirmedWithoutLearning() throws {
        var claim = Sample.equivariance
        claim.mark = .recalled
        #expect(try evaluate(claim, untrained: 0.01).verdict == .notReproduced)
    }

    @Test("one measure may be compared with another")
    func otherMeasure() throws {
        var binding = Sample.binding
        binding.criterion = .lessThanMeasure(Sample.reference("evaluate-vae:trained.gap"))
        let lower = try evaluate(Sample.equivariance, binding)
        #expect(lower.verdict == .reproduced)
        #expect(lower.reason.hasPrefix("0.0150 is less than 1.900 (evaluate-vae:trained.gap)"), "\(lower.reason)")
        binding.criterion = .greaterThanMeasure(Sample.reference("evaluate-vae:trained.gap"))
        #expect(try evaluate(Sample.equivariance, binding).verdict == .notReproduced)
    }

    @Test("a control that holds is no reproduction: every measure of a claim must hold")
    func everyMeasure() throws {
        func verdicts(gap: JSONValue) throws -> [Verdict] {
            var control = Sample.binding
            (control.measure, control.control) = (Sample.reference("evaluate-vae:trained.gap"), nil)
            (control.criterion, control.beyondControl) = (.greaterThan(1), nil)
            return try ClaimEvaluator.evaluate(
                claims: [Sample.equivariance], bindings: [Sample.binding, control],
                metrics: [
                    "evaluate": ["trained": ["gap": gap], "untrained": ["gap": 0.9]], "evaluate-vae": ["trained": ["gap": 1.9]],
                ], scale: .paper, variation: "paper"
            ).map(\.verdict)
        }
        #expect(try verdicts(gap: 0.015) == [.reproduced, .reproduced])
        #expect(try verdicts(gap: 0.5) == [.notReproduced, .notReproduced])
        #expect(try verdicts(gap: .null) == [.notRun, .notRun])
    }

    @Test("bounds are strict and a tolerance includes its end")
    func bounds() throws {
        #expect(try evaluate(gap: 0.2).verdict == .notReproduced)
        var claim = Sample.equivarianceError
        claim.mark = .confirmed
        claim.reported?.value = 580.4 - 20
        #expect(try evaluate(claim, Sample.errorBinding).verdict == .reproduced)
    }

    @Test("a missing measure is not run, and fails where the check is decisive", arguments: [JSONValue.null, "words", []])
    func missingMeasure(value: JSONValue) throws {
        let decisive = try evaluate(gap: value)
        #expect(decisive.verdict == .notRun)
        #expect(decisive.check == .failed)
        #expect(decisive.reason.contains("evaluate:trained.gap"), "\(decisive.reason)")
        let indifferent = try evaluate(gap: value, scale: .reduced, variation: "tiny")
        #expect(indifferent.verdict == .notRun)
        #expect(indifferent.check == .notApplicable)
    }

    @Test("a missing step, metric, control or other measure is not run, and named")
    func missingParts() throws {
        func reason(_ change: (inout ClaimBinding) -> Void) throws -> String {
            var binding = Sample.binding
            change(&binding)
            let result = try evaluate(Sample.equivariance, binding)
            #expect(result.verdict == .notRun)
            #expect(result.check == .failed)
            return result.reason
        }
        #expect(try reason { $0.measure = Sample.reference("train:loss") } == "step “train” left no metrics")
        #expect(try reason { $0.measure = Sample.reference("evaluate:trained.other") } == "step “evaluate” has no metric “trained.other”")
        #expect(try reason { $0.measure = Sample.reference("evaluate:trained.gap.deeper") }.contains("trained.gap.deeper"))
        #expect(try reason { $0.control = Sample.reference("evaluate:control.gap") }.contains("control.gap"))
        #expect(try reason { $0.criterion = .lessThanMeasure(Sample.reference("other:gap")) }.contains("step “other”"))
    }

    @Test("a control or chance that is only shown may be missing")
    func missingShownParts() throws {
        var binding = Sample.binding
        binding.beyondControl = nil
        binding.margin = 0
        binding.control = Sample.reference("nowhere:gap")
        binding.chance = .measure(Sample.reference("nowhere:gap"))
        let result = try evaluate(Sample.equivariance, binding)
        #expect(result.verdict == .reproduced)
        #expect(result.control == nil)
        #expect(result.chance == nil)
    }

    @Test("an element of an array is found by its position")
    func arrays() throws {
        var binding = Sample.binding
        binding.beyondControl = nil
        binding.criterion = .greaterThan(0)
        for (path, expected) in [("evaluate:list.1", 4.0), ("evaluate:list.2", nil), ("evaluate:list.-1", nil)] as [(String, Double?)] {
            binding.measure = Sample.reference(path)
            let results = try ClaimEvaluator.evaluate(
                claims: [Sample.equivariance], bindings: [binding], metrics: Sample.metrics, scale: .paper, variation: "paper")
            #expect(results.first?.measured == expected, "\(path)")
        }
    }

    @Test("a number that is not finite counts as missing")
    func notFinite() throws {
        #expect(try evaluate(gap: .number(.nan)).verdict == .notRun)
        #expect(try evaluate(gap: .number(-.infinity)).verdict == .notRun)
    }

    @Test("claims that nothing measures are listed last, as not run")
    func unboundClaims() throws {
        let results = try Sample.results()
        #expect(results.map(\.claim.id) == [Sample.equivariance.id, Sample.equivarianceError.id, Sample.logLikelihood.id])
        #expect(results.last?.verdict == .notRun)
        #expect(results.last?.check == .notApplicable)
        #expect(results.last?.reason == "this workflow does not measure it")
    }

    @Test("a binding to a claim that the paper lacks is refused, and so is a tolerance without a reported number")
    func refusals() throws {
        var binding = Sample.binding
        binding.claim = "nobody-said-this"
        binding.position = 1
        #expect(throws: ClaimError.unknownClaim(location: "claims[1]", claim: "nobody-said-this")) {
            try ClaimEvaluator.evaluate(
                claims: Sample.claims, bindings: [Sample.binding, binding], metrics: [:], scale: .paper, variation: "paper")
        }
        binding = Sample.binding
        binding.criterion = .within(1)
        #expect(throws: ClaimError.self) {
            try ClaimEvaluator.evaluate(claims: Sample.claims, bindings: [binding], metrics: [:], scale: .paper, variation: "paper")
        }
    }

    @Test("the record holds the reported value with its mark, and null for what is missing")
    func record() throws {
        let results = try Sample.results()
        let first = results[1].json
        #expect(first["reported"] == ["value": 574, "uncertainty": 2, "mark": "recalled"])
        #expect(first["measured"] == 580.4)
        #expect(first["untrained_control"] == 492)
        #expect(first["verdict"] == "reduced scale")
        #expect(first["check"] == "not applicable")
        #expect(results[0].json["reported"] == .null)
        #expect(results[2].json["measured"] == .null)
    }

    @Test("a summary counts checks and verdicts")
    func summary() throws {
        let passed = ClaimSummary(try Sample.results())
        #expect(passed.isPassed)
        #expect(passed.line == "1 of 1 check passed · 2 reduced scale · 1 not run")
        let failed = ClaimSummary([try evaluate(gap: 0.5), try evaluate()])
        #expect(!failed.isPassed)
        #expect(failed.line == "1 of 2 checks passed · 1 reproduced · 1 not reproduced")
        #expect(ClaimSummary([]).line == "no check is decisive at this variation")
    }
}
