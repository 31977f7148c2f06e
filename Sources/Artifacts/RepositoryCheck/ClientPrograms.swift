import Integrity

/// The programs that MLCommons' clients start, and what they call. They are the same in every repository, and so short that their digests say all:
/// one that was changed could run a workflow and report another's success, or let an input run as a command.
enum ClientPrograms {
    /// A program by its role, with the SHA-256 that it must have.
    struct Program {
        let name: String
        let sha256: String
        var isExecutable = true
    }

    /// Beside each kind's meta.json.
    static let module = Program(
        name: "module.py", sha256: "f9044023c5d32bad692f8c8864c420113249fd9c61bc2fad398c52d0f1df5c54", isExecutable: false)
    /// Beside the meta.json of each script that is a step built into Reprise.
    static let step = Program(name: "run.sh", sha256: "26f9887bf1592c9c9dece94f16c2ecf151b31d0fe78579480e18e07f44bdbe77")
    /// Beside the meta.json of each script that reproduces a workflow.
    static let reproduction = [
        Program(name: "run.sh", sha256: "8f1f0206ab0ecdb0e502f9dc75c0108b0d526d6994642b3bcd0e6b086b88bbb6"),
        Program(name: "customize.py", sha256: "072aafbb30a5595d62b16a6712432086945fce369ce937a63d8a0f6df8677b47", isExecutable: false),
    ]
    /// What those call, in the repository's `scripts/`.
    static let shared = [
        Program(name: "run-for-mlcommons", sha256: "f9bbecdf7a5030d66cf859f1507afa031cdcb238010c16edcbd9d14c763bd001"),
        Program(name: "step-for-mlcommons", sha256: "98361fed2109de94a75383a2b884164f89119d0aaad89deb8941f8b2ce4b43dd"),
    ]

    /// What is wrong with the program in a folder; nil where nothing is.
    static func finding(
        _ program: Program, in folder: String, _ code: RepositoryFinding.Code, _ contents: RepositoryContents
    ) -> RepositoryFinding? {
        let path = "\(folder)/\(program.name)"
        func finding(_ problem: String, _ remedy: String) -> RepositoryFinding { RepositoryFinding(code, path, problem, remedy: remedy) }
        guard let bytes = contents.bytes(path) else {
            return finding("absent: MLCommons' tools would do nothing, and some report success", "Copy it from Reprise's own repository.")
        }
        guard SHA256Digest.of(bytes).hex == program.sha256 else {
            return finding("not the program that belongs here", "Copy it from Reprise's own repository; what differs belongs in meta.json.")
        }
        if program.isExecutable, let status = contents.status(path), status.st_mode & 0o111 != 0o111 {
            return finding("not executable", "chmod +x \(path)")
        }
        return nil
    }
}
