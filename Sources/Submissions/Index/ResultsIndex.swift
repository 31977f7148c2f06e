import Artifacts
import Foundation
import Integrity
import Reporting
import Workflows

/// Everything that a folder holds, checked: what stands, under its benchmark, and what was refused.
public struct ResultsIndex: Sendable {
    public let benchmarks: [IndexedBenchmark]
    public let refused: [RefusedEntry]
    /// Names of what is neither a submission nor a record.
    public let ignored: [String]
    /// Aliases of the project's workflows of which nothing is here.
    public let withoutEntry: [String]

    public var entries: [IndexedEntry] { benchmarks.flatMap(\.entries) }

    /// Checks one after the other, and keeps of each only what pages show.
    ///
    /// - Parameters:
    ///   - known: the keys that whoever makes the index vouches for.
    ///   - catalogue: the project to compare plans and claims with.
    ///   - progress: told of each that is done: how many are, its name, and whether it was accepted.
    /// - Throws: where a check cannot be carried out, as when the disk is full. Whatever is wrong with an entry refuses that entry alone.
    public init(
        _ folder: ResultsFolder, known: [PublicKey], catalogue: Catalogue?, progress: (Int, String, Bool) -> Void = { _, _, _ in }
    ) throws {
        var accepted: [IndexedEntry] = []
        var refused: [RefusedEntry] = []
        for (index, name) in folder.entries.enumerated() {
            switch try ResultsIndex.look(at: name, in: folder, known: known, catalogue: catalogue) {
            case .success(let entry): accepted.append(entry)
            case .failure(let refusal): refused.append(refusal.entry)
            }
            progress(index + 1, name, refused.last?.name != name)
        }
        self.refused = refused
        ignored = folder.ignored
        let groups = Dictionary(grouping: ResultsIndex.once(accepted), by: \.record.plan.workflow.alias)
        var slugs: Set<String> = []
        benchmarks = groups.sorted { $0.key < $1.key }.map { alias, entries in
            IndexedBenchmark(
                alias: alias, slug: ResultsIndex.unused(SubmissionName.path(alias) ?? "benchmark", &slugs),
                entries: entries.sorted { ($0.title, $0.slug) < ($1.title, $1.slug) }, catalogue: catalogue)
        }
        withoutEntry = (catalogue?.artifacts ?? []).filter { $0.meta.kind == .workflow && groups[$0.meta.alias] == nil }
            .map(\.meta.alias).sorted()
    }

    // MARK: - Checking

    private struct Refusal: Error {
        var entry: RefusedEntry
    }

    private static func look(
        at name: String, in folder: ResultsFolder, known: [PublicKey], catalogue: Catalogue?
    ) throws -> Result<IndexedEntry, Refusal> {
        func refusal(_ findings: [SubmissionFinding], _ checked: CheckedSubmission? = nil) -> Result<IndexedEntry, Refusal> {
            .failure(
                Refusal(
                    entry: RefusedEntry(
                        name: name, submitter: checked?.submitter, benchmark: checked?.benchmark?.alias, findings: findings)))
        }
        do {
            let unpacked = try UnpackedSubmission(folder.path + "/" + name)
            defer { unpacked.remove() }
            var checked = try unpacked.checked(by: SubmissionChecker(trusted: known, catalogue: catalogue))
            if checked.document == nil, checked.archive == nil, checked.recorderKey == nil {
                // No key that is vouched for signed the record. One that lies beside it tells at least that nothing was changed since.
                let keys = known + folder.keys.map(\.key)
                checked = try unpacked.checked(by: SubmissionChecker(trusted: keys, catalogue: catalogue))
            }
            // Where the entry was unpacked is nobody's business, and differs from time to time.
            func relative(_ finding: SubmissionFinding) -> SubmissionFinding {
                func cut(_ text: String) -> String {
                    [checked.folder, unpacked.folder, folder.path + "/" + name].reduce(text) {
                        $0.replacingOccurrences(of: $1 + "/", with: "").replacingOccurrences(of: $1, with: name)
                    }
                }
                return SubmissionFinding(finding.code, at: cut(finding.place), cut(finding.problem))
            }
            guard checked.isAccepted else { return refusal(checked.errors.map(relative), checked) }
            let entry = IndexedEntry(
                checked, name: name, notes: checked.notes.map(relative), known: known, published: folder.keys)
            return entry.map { .success($0) }
                ?? refusal(
                    [SubmissionFinding(.verdicts, at: "run.json", "its claims cannot be compared with its metrics")], checked)
        } catch let error as any ClassifiedError where error.exitClass != .environment {
            return refusal([SubmissionFinding(.malformed, at: name, "\(error)")])
        }
    }

    // MARK: - Names and duplicates

    /// Each run once. Of several files the recorder's own submission stands first, then the bare record, then what others made of it.
    private static func once(_ entries: [IndexedEntry]) -> [IndexedEntry] {
        func rank(_ entry: IndexedEntry) -> Int {
            guard let submitter = entry.submitter else { return 1 }
            return submitter.key == entry.recorder.key ? 0 : 2
        }
        var slugs: Set<String> = []
        return Dictionary(grouping: entries, by: \.manifest).values.compactMap { same -> IndexedEntry? in
            let sorted = same.sorted { (rank($0), $0.name) < (rank($1), $1.name) }
            guard var first = sorted.first else { return nil }
            first.duplicates = sorted.dropFirst().map { .init(name: $0.name, submitter: $0.document?.submitter) }
            return first
        }.sorted { ($0.slug, $0.manifest.hex) < ($1.slug, $1.manifest.hex) }.map { entry in
            var entry = entry
            entry.slug = unused(entry.slug, &slugs)
            return entry
        }
    }

    private static func unused(_ name: String, _ taken: inout Set<String>) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate).inserted {
            candidate = "\(name)-\(number)"
            number += 1
        }
        return candidate
    }

    /// For programs: what `reprise index --json` prints and what a site brings along.
    public var json: JSONValue {
        [
            "benchmarks": .array(
                benchmarks.map { benchmark in
                    [
                        "benchmark": .string(benchmark.alias), "page": .string(SitePath.benchmark(benchmark)),
                        "leaderboards": .number(Double(benchmark.leaderboards.count)), "entries": .array(benchmark.entries.map(\.json)),
                    ]
                }),
            "refused": .array(refused.map(\.json)), "ignored": .array(ignored.map { .string($0) }),
        ]
    }
}
