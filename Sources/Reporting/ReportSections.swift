import Workflows

/// What all steps of a run want shown in the report. Charts of several steps with one id become one chart; what the replicates of a row show is
/// put together.
struct ReportSections {
    var tables: [ReportModel.MetricTable] = []
    var charts: [LineChart] = []
    var pictures: [ReportModel.Picture] = []

    init(_ comparison: RunComparison) {
        let plan = comparison.record.plan
        var matrix = plan.matrix.map(MatrixSections.init)
        var chartsByID: [String: Int] = [:]
        for step in plan.steps {
            let outputs = comparison.folder.path + "/" + RunFolder.outputs(ofStep: step.name)
            let sections = StepSections(comparison.metrics[step.name], outputs: outputs)
            for (id, chart) in sections.charts {
                var chart = chart
                if let place = step.place, let matrix { chart.series = matrix.series(chart, of: step, row: place.row) }
                if let index = chartsByID[id] {
                    charts[index].series += chart.series
                } else {
                    chartsByID[id] = charts.count
                    charts.append(chart)
                }
            }
            if let place = step.place, matrix != nil {
                matrix?.add(sections, of: step, at: place)
            } else {
                tables += sections.tables
                pictures += sections.pictures
            }
        }
        tables += matrix?.tables ?? []
        pictures += matrix?.pictures ?? []
    }
}
