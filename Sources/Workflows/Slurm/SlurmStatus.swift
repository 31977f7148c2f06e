import Foundation
import Integrity

/// Where a run on a cluster stands: from the run's folder, the endings that tasks wrote down, and one look at the queue.
public struct SlurmStatus: Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case done, running, waiting, failed
        /// A step that it reads from failed.
        case blocked
        /// Told to stop: `--resume` continues it.
        case stopped
        /// Neither done nor in the queue, and no ending was written down: killed, cancelled, or its node died.
        case lost
    }

    public struct Step: Hashable, Sendable {
        public var name: String
        public var state: State
        public var node: String?
        /// Why it waits, in Slurm's words; how far it is; what became of it.
        public var text: String
        public var ending: SlurmTask.Ending?

        /// The task did not write down how it ended; Slurm may know.
        public var leftUnseen: Bool { state == .lost || ending?.kind == .requeued }
    }

    public let run: String
    /// In the plan's order.
    public let steps: [Step]

    public func count(_ state: State) -> Int { steps.count { $0.state == state } }

    /// Nothing is left in the queue.
    public var isAtRest: Bool { count(.running) + count(.waiting) == 0 }
    public var isDone: Bool { count(.done) == steps.count }

    /// - Parameter client: asked once, whatever the number of tasks.
    public init(_ run: RunFolder, record: RunRecord, folder: SlurmFolder, ledger: SlurmLedger, client: SlurmClient) throws {
        // The queue first: a step that leaves it between the two looks has then published its folder.
        let queue = try client.queue(name: ledger.jobName)
        self.init(run, record: record, folder: folder, ledger: ledger, queue: queue)
    }

    package init(_ run: RunFolder, record: RunRecord, folder: SlurmFolder, ledger: SlurmLedger, queue: [SlurmClient.QueuedTask]) {
        self.run = run.id
        var queued: [String: SlurmClient.QueuedTask] = [:]
        let arrays = Dictionary(ledger.arrays.map { ($0.job, $0.steps) }, uniquingKeysWith: { first, _ in first })
        for task in queue {
            if let step = arrays[task.job]?[task.index] { queued[step] = task }
        }
        let present = Set((try? FileManager.default.contentsOfDirectory(atPath: run.path + "/steps")) ?? [])
        let ended = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.endings)) ?? [])
        let submitted = ledger.tasks
        var states: [String: State] = [:]
        steps = record.plan.steps.map { step in
            let ending = ended.contains(step.name + ".json") ? SlurmTask.Ending(file: folder.ending(step.name)) : nil
            var found = Step(name: step.name, state: .lost, node: ending?.node, text: "", ending: ending)
            if present.contains(step.name) {
                found = Step(name: step.name, state: .done, node: nil, text: "")
            } else if let task = queued[step.name] {
                let isWaiting = task.state == "PENDING"
                found.state = isWaiting ? .waiting : .running
                found.node = isWaiting ? nil : task.node
                found.text = isWaiting ? task.reason : SlurmStatus.progress(folder.report(step.name)) ?? task.state.lowercased()
                found.ending = nil
            } else if let ending {
                switch ending.kind {
                case .failed: found.state = .failed
                case .blocked: found.state = .blocked
                case .requeued, .stopped: found.state = .stopped
                }
                found.text = ending.message
                if ending.kind == .requeued {
                    found.text +=
                        " and went back into the queue, where it is no more: cancelled, or not started by its node; --resume continues it"
                }
            } else if step.producers.contains(where: { states[$0].map { [.failed, .blocked, .lost, .stopped].contains($0) } ?? false }) {
                found.state = .blocked
                found.text = "a step that it reads from is not done"
            } else if submitted[step.name] == nil {
                found.text = "it was never submitted; --resume submits it"
            } else {
                found.text = "it left the queue without a word: killed, cancelled, or its node died"
            }
            states[step.name] = found.state
            return found
        }
    }

    /// Of a run that no cluster works on: done, or not yet.
    public init(here run: RunFolder, record: RunRecord) {
        self.run = run.id
        let present = Set((try? FileManager.default.contentsOfDirectory(atPath: run.path + "/steps")) ?? [])
        steps = record.plan.steps.map { step in
            Step(name: step.name, state: present.contains(step.name) ? .done : .waiting, node: nil, text: "")
        }
    }

    private static func progress(_ path: String) -> String? {
        guard let bytes = try? BoundedFile.read(path, limit: 1 << 16), let json = try? JSONValue.parse(bytes),
            let done = json["done"]?.numberValue, let total = json["total"]?.numberValue
        else { return nil }
        let unit = json["unit"]?.stringValue ?? "", text = json["text"]?.stringValue ?? ""
        let amount = total > 0 ? String(format: "%.0f of %.0f %@", done, total, unit) : String(format: "%.0f %@", done, unit)
        return text.isEmpty ? amount : amount + ", " + text
    }

    public var json: JSONValue {
        [
            "run": .string(run),
            "counts": .object(Dictionary(uniqueKeysWithValues: State.allCases.map { ($0.rawValue, JSONValue.number(Double(count($0)))) })),
            "steps": .array(
                steps.map { step in
                    var json: JSONValue = ["name": .string(step.name), "state": .string(step.state.rawValue), "text": .string(step.text)]
                    if let node = step.node { json["node"] = .string(node) }
                    if let ending = step.ending {
                        json["exit_status"] = .number(Double(ending.exitStatus))
                        json["last_lines"] = .array(ending.lastLines.map { .string($0) })
                    }
                    return json
                }),
        ]
    }
}
