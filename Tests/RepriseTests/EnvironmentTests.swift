import Foundation
import Integrity
import Testing

@Suite("An environment that does not allow a run", .serialized)
struct EnvironmentTests {
    static let canMount: Bool = {
        guard getuid() == 0 else { return false }
        let folder = Program.temporaryFolder("mount-probe")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard shell("mount -t tmpfs -o size=64k none '\(folder)'") == 0 else { return false }
        return shell("umount '\(folder)'") == 0
    }()

    @discardableResult
    static func shell(_ command: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command + " 2>/dev/null"]
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        "a full disk gives one clear line and exit 3; with room made, --resume finishes",
        .enabled(if: EnvironmentTests.canMount, "needs the right to mount a small file system"))
    func fullDisk() throws {
        let folder = Program.temporaryFolder("full")
        #expect(EnvironmentTests.shell("mount -t tmpfs -o size=12m none '\(folder)'") == 0)
        defer { EnvironmentTests.shell("umount '\(folder)'") }
        let program = Program(home: folder)
        let arguments = ["run", "quickstart", "--variation", "smoke", "--set", "steps=4", "--resume"]
        let outcome = try program.run(arguments)
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.errors.lowercased().contains("no space left"), "\(outcome)")
        #expect(EnvironmentTests.shell("mount -o remount,size=256m '\(folder)'") == 0)
        let resumed = try program.run(arguments)
        #expect(resumed.status == 0, "\(resumed)")
        #expect(try program("verify", "latest").status == 0)
    }

    @Test(
        "a state folder that cannot be written gives one clear line and exit 3",
        .enabled(if: EnvironmentTests.canMount, "needs the right to mount a small file system"))
    func readOnly() throws {
        let folder = Program.temporaryFolder("read-only")
        #expect(EnvironmentTests.shell("mount -t tmpfs -o ro,size=1m none '\(folder)'") == 0)
        defer { EnvironmentTests.shell("umount '\(folder)'") }
        let outcome = try Program(home: folder)("run", "quickstart", "--variation", "smoke")
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.errors.contains(folder) && outcome.errors.contains("REPRISE_HOME"), "\(outcome)")
        #expect(outcome.errors.split(separator: "\n").filter { $0.contains("error") }.count == 1, "\(outcome)")
    }

    @Test("mirrors without the data: exit 3, each mirror named with its reason, and nothing in the store")
    func noData() throws {
        let empty = Program.temporaryFolder("empty-mirror")
        let wrong = Program.temporaryFolder("wrong-mirror")
        try FileManager.default.createDirectory(atPath: wrong + "/mnist", withIntermediateDirectories: true)
        for name in ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"] {
            try Data("<!DOCTYPE html><html>not here</html>".utf8).write(to: URL(fileURLWithPath: wrong + "/mnist/" + name))
        }
        var program = Program()
        program.withoutNetwork()
        let outcome = try program("run", "tvae-mnist", "--mirror", empty, "--mirror", wrong)
        #expect(outcome.status == 3, "\(outcome)")
        for part in ["train-images-idx3-ubyte.gz", empty, wrong, "HTML", "--mirror"] {
            #expect(outcome.errors.contains(part), "\(outcome)")
        }
        let objects = (try? FileManager.default.subpathsOfDirectory(atPath: program.home + "/store/objects")) ?? []
        #expect(objects.allSatisfy { $0.utf8.count <= 2 }, "\(objects)")
    }
}
