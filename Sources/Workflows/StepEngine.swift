import Integrity

/// A step that is ready to be started.
public struct PreparedStep: Sendable {
    public var invocation: StepInvocation
    /// The run's folder: the step's working directory.
    public var runFolder: String
    /// The step's unfinished folder; holds the inputs file, and `outputs/` and `scratch/` already exist.
    public var folder: String
    /// The artifact's folder, for programs that it brings.
    public var artifactFolder: String
    /// Added to the environment: mirrors, the home, what the arithmetic needs.
    public var environment: [String: String]

    public init(
        invocation: StepInvocation, runFolder: String, folder: String, artifactFolder: String, environment: [String: String]
    ) {
        self.invocation = invocation
        self.runFolder = runFolder
        self.folder = folder
        self.artifactFolder = artifactFolder
        self.environment = environment
    }
}

/// Where steps run: on this machine, or elsewhere behind the same contract.
public protocol StepEngine: Sendable {
    /// Runs the step to its end. Throws ``WorkflowError/stepFailed(step:reason:log:lastLines:)`` when it fails and
    /// ``WorkflowError/interrupted(run:)`` when ``cancel()`` ended it.
    func run(_ step: PreparedStep, progress: (StepProgress) -> Void) throws(WorkflowError)
    /// Ends the running step soon; it keeps its scratch folder. Callable from any thread.
    func cancel()
}
