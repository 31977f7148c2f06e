import Foundation
import Integrity

/// The in-toto statement by which a runner vouches for a step: these files came out of this program, fed with these inputs.
public enum StepAttestation {
    static let buildType = "urn:reprise:step:v1"
    static let builder = "urn:reprise:runner:local"

    /// - Parameters:
    ///   - files: every file of the step's folder but the attestation, relative to it.
    ///   - run: the run that executed the step; a cached step keeps the name of the run that did the work.
    static func statement(
        invocation: StepInvocation, files: [FileRecord], run: String, started: String, finished: String, version: String
    ) -> Statement {
        var external: JSONValue = [
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
            resolvedDependencies: dependencies, builderID: builder, builderVersion: ["reprise": version],
            invocationID: run + "/" + invocation.step, startedOn: started, finishedOn: finished)
        return Statement(
            subjects: files.map { ResourceDescriptor(name: $0.path, digest: $0.digest) },
            predicateType: Provenance.predicateType, predicate: provenance.predicate)
    }
}

/// Points in time as records write them: RFC 3339, UTC, whole seconds.
public enum Timestamp {
    public static func now() -> String { text(Date()) }

    public static func text(_ date: Date) -> String { date.formatted(.iso8601) }

    public static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
}
