import Foundation
import Integrity
import Workflows

/// A step's side of the step contract: what it was given and where its results go.
struct StepContext {
    let invocation: StepInvocation
    let outputs: String
    let scratch: String
    /// The run's folder: inputs' paths are relative to it.
    let runFolder: String

    init() throws {
        let environment = ProcessInfo.processInfo.environment
        func variable(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else {
                throw StepError.usage("\(name) is not set: steps are started by `reprise run`")
            }
            return value
        }
        invocation = try StepInvocation(file: try variable(StepContract.inputsVariable))
        outputs = try variable(StepContract.outputsVariable)
        scratch = try variable(StepContract.scratchVariable)
        runFolder = FileManager.default.currentDirectoryPath
    }

    func report(_ done: Int, of total: Int, unit: String, text: String = "") {
        Terminal.line(StepProgress(done: Double(done), total: Double(total), unit: unit, text: text).line)
    }

    func writeMetrics(_ metrics: JSONValue) throws {
        try AtomicFile.write(Array(metrics.prettyText().utf8), to: outputs + "/" + StepContract.metricsFile)
    }

    /// The path of a file of an input.
    func path(_ file: String, of input: String) throws -> String {
        guard let given = invocation.inputs[input] else {
            throw StepError.badInput(step: invocation.step, input: input, reason: "not given by the workflow")
        }
        guard given.files.contains(where: { $0.path == file }) else {
            throw StepError.badInput(step: invocation.step, input: input, reason: "step \(given.step) has no output \(file)")
        }
        return runFolder + "/" + given.folder + "/" + file
    }

    // MARK: - Parameters

    func integer(_ name: String) throws -> Int {
        guard let value = invocation.parameters[name]?.integerValue else { throw refusal(name, "a whole number") }
        return value
    }

    func number(_ name: String) throws -> Double {
        guard let value = invocation.parameters[name]?.numberValue else { throw refusal(name, "a number") }
        return value
    }

    func string(_ name: String) throws -> String {
        guard let value = invocation.parameters[name]?.stringValue else { throw refusal(name, "a string") }
        return value
    }

    func refusal(_ name: String, _ expected: String) -> StepError {
        .badParameter(step: invocation.step, name: name, expected: expected)
    }
}
