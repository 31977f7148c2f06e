import Integrity

/// The in-toto statement by which a runner vouches for a step: these files came out of this program, fed with these inputs.
public enum StepAttestation {
    static let buildType = "urn:reprise:step:v1"
    static let builder = "urn:reprise:runner:local"

    /// - Parameters:
    ///   - files: every file of the step's folder but the attestation, relative to it.
    ///   - run: the run that executed the step; a cached step keeps the name of the run that did the work.
    static func statement(
        invocation: StepInvocation, files: [FileRecord], run: String, started: Timestamp, finished: Timestamp, version: String
    ) -> Statement {
        var external: [String: JSONValue] = [
            "step": .string(invocation.step), "program": .array(invocation.program.map { .string($0) }),
            "parameters": .object(invocation.parameters), "seed": .number(Double(invocation.seed)),
        ]
        if let model = invocation.model { external["model"] = model }
        if let dataset = invocation.dataset { external["dataset"] = dataset }
        var dependencies = [
            ResourceDescriptor(name: invocation.artifact.name, digest: invocation.artifact.digest),
            ResourceDescriptor(name: "reprise", digest: invocation.binary),
        ]
        for (_, input) in invocation.inputs.sorted(by: { $0.key < $1.key }) {
            dependencies += input.files.map { ResourceDescriptor(name: input.folder + "/" + $0.path, digest: $0.digest) }
        }
        let provenance = Provenance(
            buildType: buildType, externalParameters: external,
            internalParameters: ["arithmetic": invocation.arithmetic, "cache_key": .string(invocation.key.hex)],
            resolvedDependencies: dependencies, builder: Provenance.Builder(id: builder, version: ["reprise": version]),
            invocationID: run + "/" + invocation.step, startedOn: started, finishedOn: finished)
        return Statement(subject: files.map { ResourceDescriptor(name: $0.path, digest: $0.digest) }, provenance: provenance)
    }
}

extension Statement {
    /// The predicate as provenance; refused where the statement says something else.
    func provenance() throws(StatementError) -> Provenance {
        guard predicateType == Provenance.predicateType else {
            throw StatementError(field: "predicateType", reason: "\(Provenance.predicateType) is expected")
        }
        return try Provenance(predicate: predicate)
    }

    /// The predicate as a test's result; refused where the statement says something else.
    func testResult() throws(StatementError) -> TestResult {
        guard predicateType == TestResult.predicateType else {
            throw StatementError(field: "predicateType", reason: "\(TestResult.predicateType) is expected")
        }
        return try TestResult(predicate: predicate)
    }
}
