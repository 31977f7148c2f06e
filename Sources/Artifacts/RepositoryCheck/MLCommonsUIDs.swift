/// The uids by which MLCommons' tools (cmind 4.2, cmx4mlops 1.0, mlcflow 1.3) know their own automations and repositories.
enum MLCommonsUIDs {
    /// The kind of all kinds.
    static let automation = "bbeb15d8f0a944a4"
    /// The kind of artifact that those tools run.
    static let script = "5b4e0237da074764"

    static let names = [
        automation: "automation", script: "script", "26193c384fae476c": "mlc", "55c3e27e8a140e48": "repo", "f7d6f6786efd4e3c": "mlcr",
        "1818c39eaf3a4a78": "ckx", "60cb625a46b38610": "core", "68eae17b590d4f8f": "contributor", "3d84abd768f34e08": "challenge",
        "541d6f712a6b464e": "cache", "6462ecdba2054467": "report", "2d90be7cab6e4d9f": "docker", "a0a2d123ef064bcb": "experiment",
        "6882553224164c56": "project", "84d8ef6914bf4d78": "data", "7099bc46c47f4a5e": "cmx-demo", "9558c9e6ca124065": "docs",
        "dc2743f8450541e3": "utils", "88dce9c160324c5d": "cfg", "36b263b05174aef9": "internal repository",
        "428611a6db02407f": "cmx4mlops repository",
    ]
}
