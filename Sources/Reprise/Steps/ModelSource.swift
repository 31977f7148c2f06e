import Datasets
import Foundation
import Integrity
import NeuralNetworks
import Numerics
import Workflows

/// Turns an invocation's words into what a step of any paper's model computes with: arithmetic, optimiser, seed, the model's parameters, images.
struct ModelSource {
    private let context: StepContext

    init(_ context: StepContext) { self.context = context }

    /// The arithmetic that the plan records; refused where this process would compute with another.
    func arithmetic() throws -> any Arithmetic {
        let planned = context.invocation.arithmetic
        guard let found = ArithmeticRecord.found(for: planned), let choice = ArithmeticRecord.choice(planned) else {
            throw StepError.usage("no arithmetic is called \(PlanPrinter.text(planned["name"] ?? .null))")
        }
        // An auditor who compares within a tolerance may have other kernels.
        guard found == planned || ProcessInfo.processInfo.environment[ReplaySegmentStep.toleranceVariable] != nil else {
            throw StepError.wrongArithmetic(planned: ArithmeticRecord.text(planned), found: ArithmeticRecord.text(found))
        }
        if let problem = InstructionSet.problem { throw StepError.usage(problem) }
        let threads = ProcessInfo.processInfo.environment["REPRISE_THREADS"].flatMap(Int.init) ?? 1
        let pool = ThreadPool(threads: min(max(1, threads), 1024))
        return choice == .portable ? PortableArithmetic(pool: pool) : OpenBLASArithmetic(pool: pool)
    }

    /// By the step's parameters `optimizer`, `learning_rate` and, for SGD, `momentum`.
    func optimizer(schedule: LearningRateSchedule = .constant) throws -> OptimizerConfiguration {
        let rate = Float(try context.number("learning_rate"))
        switch try context.string("optimizer") {
        case "sgd": return .momentumSGD(learningRate: rate, momentum: Float(try context.number("momentum")), schedule: schedule)
        case "adam": return .adam(learningRate: rate, schedule: schedule)
        default: throw context.refusal("optimizer", "sgd or adam")
        }
    }

    /// What the report calls the row: the workflow's word for it, else the model's variation.
    var title: String {
        if let title = context.invocation.parameters["title"]?.stringValue, !title.isEmpty { return title }
        return context.invocation.model?["variation"]?.stringValue ?? context.invocation.step
    }

    var seed: UInt64 { UInt64(context.invocation.seed) }

    /// MNIST's images of one part as the step's `data` input provides them; ``MNISTParts`` divides those of `training` further.
    func mnistImages(_ part: MNISTPart) throws -> MNISTImages {
        try MNISTImages(
            imagesPath: context.path("\(part.rawValue)-images-idx3-ubyte.gz", of: "data"),
            labelsPath: context.path("\(part.rawValue)-labels-idx1-ubyte.gz", of: "data"))
    }

    /// MNIST's own two parts, by the names of their files.
    enum MNISTPart: String {
        case training = "train"
        case test = "t10k"
    }

    // MARK: - The model's parameters, as the plan resolved them from the model artifact

    /// Nil where the model has no such parameter.
    func parameter(_ name: String) throws -> JSONValue? {
        guard let parameters = context.invocation.model?["parameters"] else {
            throw StepError.usage("step \(context.invocation.step): the workflow names no model for it")
        }
        return parameters[name]
    }

    func integer(_ name: String) throws -> Int {
        guard let value = try parameter(name)?.integerValue else { throw refusal(name, "a whole number") }
        return value
    }

    func number(_ name: String) throws -> Double {
        guard let value = try parameter(name)?.numberValue else { throw refusal(name, "a number") }
        return value
    }

    func refusal(_ name: String, _ expected: String) -> StepError {
        .badParameter(step: context.invocation.step, name: "model.\(name)", expected: expected)
    }
}
