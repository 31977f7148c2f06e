/// The one door between what is computed and how it is recorded.
///
/// A step is a process. It is started in the run's folder with three variables in its environment and must leave its results
/// in the output folder; whatever it prints goes to the step's log, except progress lines.
///
/// | variable | meaning |
/// |---|---|
/// | `REPRISE_STEP_INPUTS` | path of the inputs file (JSON, see ``StepInvocation``) |
/// | `REPRISE_STEP_OUTPUTS` | existing folder for everything that is to be kept; `metrics.json` in it is the metrics file |
/// | `REPRISE_STEP_SCRATCH` | folder that survives a kill and is seen again by the resumed step: checkpoints go here |
///
/// Exit status 0 means that the outputs are complete. Progress is a line on standard output:
/// `::progress {"done": 120, "total": 1500, "unit": "steps", "text": "NLL 67.2"}`.
public enum StepContract {
    public static let version = "reprise.step/v1"
    public static let inputsVariable = "REPRISE_STEP_INPUTS"
    public static let outputsVariable = "REPRISE_STEP_OUTPUTS"
    public static let scratchVariable = "REPRISE_STEP_SCRATCH"
    /// The runner's process id: a step whose parent is not this process any more was orphaned and must not go on writing.
    public static let parentVariable = "REPRISE_STEP_PARENT"
    /// The folder of the artifact that defines the step; programs such as `./run.sh` are looked up in it.
    public static let artifactFolderVariable = "REPRISE_STEP_ARTIFACT"

    public static let inputsFile = "inputs.json"
    public static let outputsFolder = "outputs"
    public static let scratchFolder = "scratch"
    public static let logFile = "log.txt"
    public static let metricsFile = "metrics.json"
    public static let attestationFile = "attestation.dsse.json"
    /// The machine that the step ran on; see ``EnvironmentRecord/machine()``.
    public static let environmentFile = "environment.json"
    public static let resultLogFile = "result.mllog"
    /// The first word of a program that is built into `reprise` itself.
    public static let builtinProgram = "reprise-step"
    public static let progressPrefix = "::progress "
}
