import Foundation
import Testing

/// One finished smoke run of the quick start, made once and shared by the tests that only look at it or work on copies of it.
struct FinishedRun {
    let program: Program
    let folder: String
    let outcome: Program.Outcome

    static let shared: Result<FinishedRun, any Error> = Result {
        let program = Program()
        let outcome = try program("run", "quickstart", "--variation", "smoke", "--seed", "3")
        return FinishedRun(program: program, folder: try program.latestRun(), outcome: outcome)
    }

    /// Every file of the run, relative to its folder.
    var files: [String] {
        let found = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        var isFolder: ObjCBool = false
        return found.filter { FileManager.default.fileExists(atPath: folder + "/" + $0, isDirectory: &isFolder) && !isFolder.boolValue }
            .sorted()
    }

    var id: String { (folder as NSString).lastPathComponent }

    /// A copy that a test may damage; its folder keeps the run's name.
    func copy() throws -> String {
        let place = Program.temporaryFolder("copy") + "/" + id
        try FileManager.default.copyItem(atPath: folder, toPath: place)
        return place
    }
}
