import Artifacts
import Foundation
import Integrity
import Workflows

/// The folders a command works with: the repository of artifacts and the state folder.
struct Project {
    /// Holds `artifacts/` and `workflows/`.
    let repository: String
    let home: Home

    init(repository: String, home: Home) {
        self.repository = repository
        self.home = home
    }

    /// - Parameter readingOnly: whether a repository is not needed: records are read from their folders alone.
    init(_ options: HomeOptions, readingOnly: Bool = false) throws {
        let current = FileManager.default.currentDirectoryPath
        let executable = try Executable.path()
        if let given = options.repository {
            guard Project.isRepository(given) else { throw ProjectError.noRepository(at: given) }
            repository = given.hasPrefix("/") ? given : current + "/" + given
        } else if let found = Project.nearest(above: current)
            ?? Project.nearest(above: (executable as NSString).deletingLastPathComponent)
        {
            repository = found
        } else if readingOnly {
            repository = current
        } else {
            throw ProjectError.noRepository(at: current)
        }
        home = Home.locate(environment: ProcessInfo.processInfo.environment, folder: repository)
    }

    private static func isRepository(_ folder: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder + "/meta.json")
            && FileManager.default.fileExists(atPath: folder + "/artifacts", isDirectory: &isFolder) && isFolder.boolValue
    }

    private static func nearest(above folder: String) -> String? {
        var folder = folder
        while true {
            if isRepository(folder) { return folder }
            let parent = (folder as NSString).deletingLastPathComponent
            if parent == folder || parent.isEmpty { return nil }
            folder = parent
        }
    }

    func catalogue() throws -> Catalogue { try Catalogue(root: repository) }

    /// Nil where there is no repository; one with a broken artifact is an error like anywhere else.
    func catalogueIfPresent() throws -> Catalogue? { Project.isRepository(repository) ? try catalogue() : nil }

    func keyRing() -> KeyRing { KeyRing(folder: home.keys) }

    /// The keys whose signatures count: the one in `file` where one is named, else one's own and those that one trusts.
    func trustedKeys(only file: String?) throws -> [PublicKey] {
        guard let file else { return try keyRing().publicKeys() }
        return [try PublicKey(pem: String(decoding: try BoundedFile.read(file, limit: 1 << 16), as: UTF8.self), source: file)]
    }

    func library() -> RunLibrary { RunLibrary(home: home) }
}

enum ProjectError: ClassifiedError, Hashable {
    case noRepository(at: String)
    case noExecutable(reason: String)

    var description: String {
        switch self {
        case .noRepository(let folder):
            "\(folder) is not in a Reprise repository (a folder with meta.json and artifacts/); go to one or name it with --repository"
        case .noExecutable(let reason): "cannot find this program's own file: \(reason)"
        }
    }

    var exitClass: ExitClass {
        switch self {
        case .noRepository: .badInput
        case .noExecutable: .environment
        }
    }
}
