import Artifacts
import Foundation
import Integrity

/// Publishing to and looking up in a store of very many objects, beside what the same file system takes to make one small file last.
struct StoreBenchmark {
    /// Bytes of an object that is published: a step's small files, its attestation say, are of this size.
    private static let objectSize = 4096
    private static let publications = 200
    private static let lookups = 1000

    let folder: String
    let objects: Int

    func run() throws {
        let store = try Store(root: folder)
        let seconds = try fill(store)
        print("\(objects) objects in \(folder), made in \(text(seconds, 0)) s")

        // One run's objects differ from another's.
        let start = UInt64.random(in: .min ... .max)
        var contents = [UInt8](repeating: 0, count: StoreBenchmark.objectSize)
        var published: [SHA256Digest] = []
        var publishing: [Double] = []
        var canary: [Double] = []
        for number in 0..<StoreBenchmark.publications {
            withUnsafeBytes(of: (start &+ UInt64(number)).littleEndian) { contents.replaceSubrange(0..<8, with: $0) }
            canary.append(try durableFile(contents))
            var object: StoredObject?
            publishing.append(try time { object = try store.publish(bytes: contents) })
            if let object { published.append(object.digest) }
        }
        var finding: [Double] = []
        var reading: [Double] = []
        for number in 0..<StoreBenchmark.lookups {
            // Among those that are there, and as often one that is not.
            let isThere = number.isMultiple(of: 2)
            let digest = isThere ? published[number / 2 % published.count] : SHA256Digest.of("absent \(start) \(number)".utf8)
            var found = false
            finding.append(time { found = store.contains(digest) })
            guard found == isThere else { throw UsageError(reason: "the store says that \(digest) is \(found ? "" : "not ")there") }
            if isThere { reading.append(try time { try store.verify(digest) }) }
        }
        print("                                     median ms    max ms    goal ms")
        show("publish 4 KiB", publishing, goal: 5)
        show("  one durable file without a store", canary, goal: nil)
        show("look up", finding, goal: 5)
        show("read through and check 4 KiB", reading, goal: nil)
    }

    /// Puts empty files under random names where the store has its objects: what counts is how many names there are. They are no sound objects,
    /// and nothing but this benchmark should use the store.
    private func fill(_ store: Store) throws -> Double {
        try time {
            for prefix in 0...255 {
                try FileManager.default.createDirectory(
                    atPath: folder + String(format: "/objects/%02x", prefix), withIntermediateDirectories: true)
            }
            let present = try FileManager.default.contentsOfDirectory(atPath: folder + "/objects").reduce(0) {
                $0 + (try FileManager.default.contentsOfDirectory(atPath: folder + "/objects/" + $1).count)
            }
            for number in min(present, objects)..<objects {
                let descriptor = open(store.path(of: SHA256Digest.of("filling \(number)".utf8)), O_WRONLY | O_CREAT | O_CLOEXEC, 0o444)
                guard descriptor >= 0 else { throw UsageError(reason: "object \(number): \(String(cString: strerror(errno)))") }
                close(descriptor)
            }
        }
    }

    /// What a publication cannot do without: the bytes and the name brought to the medium.
    private func durableFile(_ contents: [UInt8]) throws -> Double {
        let path = folder + "/canary"
        defer { unlink(path) }
        return try time {
            let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            let folder = open(folder, O_RDONLY | O_CLOEXEC)
            defer {
                close(file)
                close(folder)
            }
            guard write(file, contents, contents.count) == contents.count, fsync(file) == 0, fsync(folder) == 0 else {
                throw UsageError(reason: "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }

    private func time(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private func show(_ name: String, _ seconds: [Double], goal: Double?) {
        let columns = [text(median(seconds) * 1e3, 3), text((seconds.max() ?? 0) * 1e3, 3), goal.map { text($0, 0) } ?? ""]
        print(name.padding(toLength: 36, withPad: " ", startingAt: 0) + columns.map { $0.leftPadded(to: 10) }.joined())
    }
}
