import NeuralNetworks
import Testing

@Suite("Learning-rate schedules")
struct LearningRateScheduleTests {
    @Test("a linear decay leaves the rate alone up to its first step, falls evenly and stays where its last step left it")
    func linear() {
        let schedule = LearningRateSchedule.linear(from: 4, to: 12, finalFraction: 0.25)
        #expect([1, 4, 6, 8, 12, 13, 1_000_000].map { schedule.factor(ofStep: $0) } == [1, 1, 0.8125, 0.625, 0.25, 0.25, 0.25])
        #expect(LearningRateSchedule.constant.factor(ofStep: 1_000_000) == 1)
        #expect(LearningRateSchedule.linear(from: 0, to: 1, finalFraction: 0).factor(ofStep: 1) == 0)
    }

    @Test("a constant rate changes no identity, any other schedule is part of it")
    func identity() {
        let schedule = LearningRateSchedule.linear(from: 100, to: 200, finalFraction: 0.5)
        #expect(OptimizerConfiguration.adam(learningRate: 0.001).identity == "adam(rate=0.001)")
        #expect(OptimizerConfiguration.momentumSGD(learningRate: 0.1, momentum: 0.5).identity == "momentum-sgd(rate=0.1,momentum=0.5)")
        #expect(
            OptimizerConfiguration.adam(learningRate: 0.001, schedule: schedule).identity
                == "adam(rate=0.001,schedule=linear(from=100,to=200,final=0.5))")
        #expect(
            OptimizerConfiguration.momentumSGD(learningRate: 0.1, momentum: 0.5, schedule: schedule).identity
                == "momentum-sgd(rate=0.1,momentum=0.5,schedule=linear(from=100,to=200,final=0.5))")
    }

    @Test(
        "a decay that ends before it begins, or at no fraction of the rate, is refused by name",
        arguments: [
            (LearningRateSchedule.linear(from: 5, to: 5, finalFraction: 0), "decay"), (.linear(from: -1, to: 5, finalFraction: 0), "decay"),
            (.linear(from: 0, to: 5, finalFraction: 1.5), "fraction"), (.linear(from: 0, to: 5, finalFraction: .nan), "fraction"),
        ])
    func refusals(_ schedule: LearningRateSchedule, _ named: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try OptimizerConfiguration.adam(learningRate: 1, schedule: schedule).validate()
        }
        #expect(error?.description.contains(named) == true, "said: \(error?.description ?? "nothing")")
    }

    @Test("a warm-up rises along a line to the full rate, is part of the identity, and ends before the decay")
    func warmup() {
        let schedule = LearningRateSchedule.linear(warmup: 4, from: 6, to: 8, finalFraction: 0)
        #expect((1...8).map(schedule.factor(ofStep:)) == [0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0])
        #expect(
            OptimizerConfiguration.adam(learningRate: 1, schedule: schedule).identity.contains("linear(warmup=4,from=6,to=8,final=0.0)"))
        for warmup in [-1, 7] {
            #expect(throws: ConfigurationError.self) {
                try OptimizerConfiguration.adam(
                    learningRate: 1, schedule: .linear(warmup: warmup, from: 6, to: 8, finalFraction: 0)
                ).validate()
            }
        }
    }
}
