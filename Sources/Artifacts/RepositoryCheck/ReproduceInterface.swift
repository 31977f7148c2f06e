/// What every `script/reproduce-<workflow>` takes and returns: the inputs and values by which MLCommons' tools run a workflow.
public enum ReproduceInterface {
    /// The tags of all of them; the workflow's alias is added.
    static let tags = ["reprise", "reproduce"]

    /// The folder of the script that reproduces a workflow.
    static func alias(of workflow: String) -> String { "reproduce-\(workflow)" }

    /// The variable that names the workflow.
    static let workflowVariable = "REPRISE_RUN_WORKFLOW"
    /// The variable that a variation sets to its name.
    static let variationVariable = "REPRISE_RUN_VARIATION"
    /// The group of the variations: one of them is chosen.
    static let variationGroup = "scale"

    /// Inputs and the variables that carry them.
    static func inputs(of workflow: WorkflowMeta) -> [String: String] {
        var inputs = [
            "seed": "REPRISE_RUN_SEED", "threads": "REPRISE_RUN_THREADS", "mirror": "REPRISE_RUN_MIRROR", "set": "REPRISE_RUN_SET",
            "arithmetic": "REPRISE_RUN_ARITHMETIC", "resume": "REPRISE_RUN_RESUME", "home": "REPRISE_HOME",
        ]
        if workflow.matrix != nil { inputs["only"] = "REPRISE_RUN_ONLY" }
        return inputs
    }

    /// The variables in which a run's results are returned, in the order in which they are written. The last one is set once the run's
    /// record has been verified.
    public static let results = [
        "REPRISE_VERDICT", "REPRISE_PASSED", "REPRISE_RUN_ID", "REPRISE_RUN_PATH", "REPRISE_REPORT", "REPRISE_MANIFEST_SHA256",
        "REPRISE_VERIFIED",
    ]

    /// Files that all of these scripts have alike.
    static let sharedFiles = ["run.sh", "customize.py"]
}
