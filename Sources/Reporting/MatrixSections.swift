import Integrity
import Workflows

/// Puts what the replicates of a row want shown together: one table with mean ± standard deviation, the first replicate's pictures, and curves that
/// belong to the row.
struct MatrixSections {
    /// A replicate of a row and its sections.
    private struct Replicate {
        var step: PlannedStep
        var sections: StepSections
    }

    private let matrix: PlannedMatrix
    /// By group and row, in the plan's order.
    private var groups: [(group: String, row: String, replicates: [Replicate])] = []

    init(_ matrix: PlannedMatrix) { self.matrix = matrix }

    mutating func add(_ sections: StepSections, of step: PlannedStep, at place: PlannedStep.Place) {
        let replicate = Replicate(step: step, sections: sections)
        if let index = groups.firstIndex(where: { $0.group == place.group && $0.row == place.row }) {
            groups[index].replicates.append(replicate)
        } else {
            groups.append((place.group, place.row, [replicate]))
        }
    }

    /// For each row the tables of its steps, those of several seeds merged.
    var tables: [ReportModel.MetricTable] {
        groups.flatMap { group in
            (group.replicates.first?.sections.tables ?? []).enumerated().map { position, first in
                let all = group.replicates.compactMap { $0.sections.tables.indices.contains(position) ? $0.sections.tables[position] : nil }
                return merged(first, with: all, title: titled(first.title, of: group.replicates[0].step, row: group.row))
            }
        }
    }

    private func merged(
        _ first: ReportModel.MetricTable, with all: [ReportModel.MetricTable], title: String
    ) -> ReportModel.MetricTable {
        var table = first
        table.title = title
        table.rows = first.rows.map { row in
            let same = all.compactMap { $0.rows.first { $0.name == row.name } }
            func statistics(_ value: (ReportModel.MetricTable.Row) -> Double?) -> SeedStatistics? {
                let values = same.compactMap(value)
                // A mean over fewer seeds than the row has would be another measure.
                return values.count == all.count ? SeedStatistics(values) : nil
            }
            var merged = row
            merged.trainedSeeds = statistics(\.trained)
            merged.trained = merged.trainedSeeds?.mean
            merged.untrainedSeeds = statistics(\.untrained)
            merged.untrained = merged.untrainedSeeds?.mean
            merged.chance = statistics(\.chance)?.mean
            return merged
        }
        let seeds = all.count == 1 ? "One seed." : "Mean ± standard deviation over \(all.count) seeds."
        table.note = ([seeds] + (first.note.map { [$0] } ?? [])).joined(separator: " ")
        return table
    }

    /// The first replicate's pictures: those of the others show the same kind of thing.
    var pictures: [ReportModel.Picture] {
        groups.flatMap { group in
            guard let first = group.replicates.first else { return [ReportModel.Picture]() }
            return first.sections.pictures.map { picture in
                var picture = picture
                picture.caption = titled(picture.caption, of: first.step, row: group.row)
                if let seed = first.step.seed, group.replicates.count > 1 {
                    picture.caption += " (seed \(seed), the first of \(group.replicates.count))"
                }
                return picture
            }
        }
    }

    /// A chart's series as those of the step's row.
    func series(_ chart: LineChart, of step: PlannedStep, row: String) -> [LineChart.Series] {
        chart.series.map { series in
            var series = series
            series.name = titled(series.name, of: step, row: row)
            series.family = series.name
            return series
        }
    }

    /// A step's text with the row's title in the place of the model's variation, by which the step, which knows nothing of rows, calls it.
    private func titled(_ text: String, of step: PlannedStep, row: String) -> String {
        let title = matrix.title(ofRow: row)
        guard let variation = step.model?["variation"]?.stringValue, text.contains(variation) else {
            return text.contains(title) ? text : "\(title): \(text)"
        }
        return text.replacing(variation, with: title)
    }
}
