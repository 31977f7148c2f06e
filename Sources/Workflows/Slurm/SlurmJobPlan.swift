/// Which steps go into which array jobs, and what each array waits for.
///
/// A step that needs one other step's outputs alone gets the same index in an array of its own, and starts as soon as that one step is done
/// (`aftercorr`); so row follows row through the queue. That holds for small arrays only: of a large one Slurm looks at ten tasks one by one, and at
/// the others perhaps when it has forgotten whom they waited for, and then lets one failure end them all. A large plan waits for whole arrays. Steps
/// that share a producer, such as the data, wait for it together. The number of arrays depends on the depth of the plan and on the cluster's largest
/// array, but for small plans.
package struct SlurmJobPlan: Hashable, Sendable {
    package struct Array: Hashable, Sendable {
        /// Index in the array → step.
        package var steps: [Int: String]
        package var dependency: Dependency
        /// How many steps lie before these on the longest way.
        package var depth: Int
    }

    /// Arrays are named by their position in ``SlurmJobPlan/arrays``, which is always before the one that waits.
    package enum Dependency: Hashable, Sendable {
        case none
        /// Each task on the task of the same index, which must end well.
        case corresponding(Int)
        /// All tasks on one task, which must end well.
        case single(Int)
        /// All tasks on the end, good or bad, of whole arrays; each then looks whether what it needs is there.
        case whole([Int])
    }

    package private(set) var arrays: [Array] = []

    /// A producer that more steps than these read from is waited for as a whole.
    private static let largestFamily = 4

    /// As many tasks of an array as Slurm looks at one by one (`correspond_after_task_cnt`, which a site may raise).
    static let followedTasks = 10

    /// As many steps of one depth as are cut into arrays of ``followedTasks``.
    private static let smallDepth = 80

    /// - Parameters:
    ///   - missing: the steps to be performed, in an order in which each comes after those that it reads from.
    ///   - largestArray: what the cluster takes as one array.
    ///   - isBounded: whether few tasks may run at once: then arrays are as large as they can be, since each has a bound of its own.
    package init(missing: [PlannedStep], largestArray: Int, isBounded: Bool = false) {
        let names = Set(missing.map(\.name))
        var depth: [String: Int] = [:]
        var ancestors: [String: Set<String>] = [:]
        var nearest: [String: [String]] = [:]
        var readers: [String: Int] = [:]
        for step in missing {
            let producers = step.producers.intersection(names)
            depth[step.name] = producers.compactMap { depth[$0] }.max().map { $0 + 1 } ?? 0
            let distant = producers.reduce(into: Set<String>()) { $0.formUnion(ancestors[$1] ?? []) }
            ancestors[step.name] = distant.union(producers)
            // What a producer has waited for need not be waited for again.
            let near = producers.subtracting(distant).sorted()
            nearest[step.name] = near
            for producer in near { readers[producer, default: 0] += 1 }
        }

        var place: [String: (array: Int, index: Int)] = [:]
        for level in 0...(depth.values.max() ?? 0) {
            var groups: [Grouping: [(index: Int?, step: String)]] = [:]
            var order: [Grouping] = []
            var seen: [String: Int] = [:]
            for step in missing where depth[step.name] == level {
                let near = nearest[step.name] ?? []
                var grouping = Grouping(dependency: .none, layer: 0)
                var index: Int?
                if !isBounded, near.count == 1, let producer = place[near[0]], isFollowed(producer.array, by: readers[near[0], default: 0])
                {
                    grouping = Grouping(dependency: .corresponding(producer.array), layer: seen[near[0], default: 0])
                    seen[near[0], default: 0] += 1
                    index = producer.index
                } else if !near.isEmpty {
                    let arrays = Set(near.compactMap { place[$0]?.array }).sorted()
                    let isSingle = arrays.count == 1 && self.arrays[arrays[0]].steps.count == 1
                    grouping.dependency = isSingle ? .single(arrays[0]) : .whole(arrays)
                }
                if groups[grouping] == nil { order.append(grouping) }
                groups[grouping, default: []].append((index, step.name))
            }
            let isSmall = !isBounded && groups.values.reduce(0) { $0 + $1.count } <= SlurmJobPlan.smallDepth
            let size = isSmall ? min(largestArray, SlurmJobPlan.followedTasks) : largestArray
            for grouping in order {
                let members = groups[grouping] ?? []
                for start in stride(from: 0, to: members.count, by: size) {
                    let chunk = members[start..<min(members.count, start + size)]
                    var steps: [Int: String] = [:]
                    for (offset, member) in chunk.enumerated() {
                        let index = member.index ?? offset
                        steps[index] = member.step
                        place[member.step] = (arrays.count, index)
                    }
                    arrays.append(Array(steps: steps, dependency: grouping.dependency, depth: level))
                }
            }
        }
        if missing.isEmpty { arrays = [] }
    }

    /// Whether the tasks of an array are followed one by one: not where all that waits waits for the array's only task.
    private func isFollowed(_ array: Int, by readers: Int) -> Bool {
        let tasks = arrays[array].steps.count
        return tasks <= SlurmJobPlan.followedTasks && readers <= SlurmJobPlan.largestFamily && (tasks > 1 || readers == 1)
    }

    /// Steps that can share an array.
    private struct Grouping: Hashable {
        var dependency: Dependency
        /// The how-manieth reader of its producer a step is: an array has room for one at each index.
        var layer: Int
    }
}
