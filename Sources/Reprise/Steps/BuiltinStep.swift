import Workflows

/// The steps that are built into `reprise`, by the names that artifacts use.
enum BuiltinStep: String, CaseIterable {
    case fetchDataset = "fetch-dataset"
    case generateDataset = "generate-dataset"
    case trainTopographicVAE = "train-topographic-vae"
    case evaluateTopographicVAE = "evaluate-topographic-vae"
    case evaluateTopographicMap = "evaluate-topographic-map"
    case trainEquiVAE = "train-equivae"
    case evaluateEquiVAE = "evaluate-equivae"
    /// Not for plans: an audit's.
    case replaySegment = "replay-segment"

    private enum Work {
        /// Resumable, and replayed by audits.
        case training(any Training.Type)
        case other((StepContext) throws -> Void)
    }

    private var work: Work {
        switch self {
        case .fetchDataset: .other(FetchDatasetStep.run)
        case .generateDataset: .other(GenerateDatasetStep.run)
        case .trainTopographicVAE: .training(TopographicVAETraining.self)
        case .evaluateTopographicVAE: .other(EvaluateTopographicVAEStep.run)
        case .evaluateTopographicMap: .other(EvaluateTopographicMapStep.run)
        case .trainEquiVAE: .training(EquiVAETraining.self)
        case .evaluateEquiVAE: .other(EvaluateEquiVAEStep.run)
        case .replaySegment: .other(ReplaySegmentStep.run)
        }
    }

    /// The step that a program is; nil where it is none of these.
    init?(program: [String]) {
        guard program.count == 2, program[0] == StepContract.builtinProgram else { return nil }
        self.init(rawValue: program[1])
    }

    /// What the step trains; nil where it is no training.
    var training: (any Training.Type)? {
        if case .training(let kind) = work { kind } else { nil }
    }

    func run(in context: StepContext) throws {
        switch work {
        case .training(let kind): try TrainStep.run(kind, context)
        case .other(let step): try step(context)
        }
    }
}
