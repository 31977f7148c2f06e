import Foundation
import Integrity
import Workflows

/// What a step wants shown in the report: the optional `report` object of its metrics file.
///
/// ```json
/// {"report": {
///    "tables":   [{"title": "…", "note": "…", "rows": [{"name": "…", "unit": "…", "trained": 1, "untrained": 2, "chance": null, "explanation": "…"}]}],
///    "charts":   [{"id": "learning", "title": "…", "summary": "…", "x_label": "…", "y_label": "…", "x_scale": "logarithmic",
///                  "series": [{"name": "…", "points": [[1, 150.2], [2, 149.0]]}]}],
///    "pictures": [{"file": "traversal.png", "caption": "…", "alternative": "…", "row_labels": ["…"]}]}}
/// ```
/// Anything malformed is left out rather than failing a finished run.
struct StepSections {
    var tables: [ReportModel.MetricTable] = []
    /// With the id under which charts of several steps become one.
    var charts: [(id: String, chart: LineChart)] = []
    var pictures: [ReportModel.Picture] = []

    /// - Parameters:
    ///   - metrics: the step's metrics file.
    ///   - outputs: the step's output folder, where its pictures are.
    init(_ metrics: JSONValue?, outputs: String) {
        guard let report = metrics?["report"] else { return }
        tables = (report["tables"]?.arrayValue ?? []).compactMap(StepSections.table)
        charts = (report["charts"]?.arrayValue ?? []).compactMap { json in
            guard let id = json["id"]?.stringValue, let chart = StepSections.chart(json) else { return nil }
            return (id, chart)
        }
        pictures = (report["pictures"]?.arrayValue ?? []).compactMap { StepSections.picture($0, folder: outputs) }
    }

    private static func table(_ json: JSONValue) -> ReportModel.MetricTable? {
        guard let title = json["title"]?.stringValue, let rows = json["rows"]?.arrayValue else { return nil }
        return ReportModel.MetricTable(
            title: title, note: json["note"]?.stringValue,
            rows: rows.compactMap { row in
                guard let name = row["name"]?.stringValue else { return nil }
                return ReportModel.MetricTable.Row(
                    name: name, unit: row["unit"]?.stringValue, trained: row["trained"]?.numberValue,
                    untrained: row["untrained"]?.numberValue, chance: row["chance"]?.numberValue,
                    explanation: row["explanation"]?.stringValue)
            })
    }

    private static func chart(_ json: JSONValue) -> LineChart? {
        guard let title = json["title"]?.stringValue, let series = json["series"]?.arrayValue else { return nil }
        return LineChart(
            title: title, summary: json["summary"]?.stringValue ?? title, xLabel: json["x_label"]?.stringValue ?? "",
            yLabel: json["y_label"]?.stringValue ?? "",
            xScale: json["x_scale"]?.stringValue.flatMap(LineChart.Scale.init(rawValue:)) ?? .linear,
            yScale: json["y_scale"]?.stringValue.flatMap(LineChart.Scale.init(rawValue:)) ?? .linear,
            series: series.compactMap { json in
                guard let name = json["name"]?.stringValue, let points = json["points"]?.arrayValue else { return nil }
                return LineChart.Series(
                    name: name,
                    points: points.compactMap { point in
                        guard let pair = point.arrayValue, pair.count == 2, let x = pair[0].numberValue, let y = pair[1].numberValue
                        else { return nil }
                        return ChartPoint(x: x, y: y)
                    })
            })
    }

    private static func picture(_ json: JSONValue, folder: String) -> ReportModel.Picture? {
        guard let file = json["file"]?.stringValue, FileRecord.isSafe(file),
            let bytes = try? BoundedFile.read(folder + "/" + file, limit: 16 << 20), let image = try? PNGImage(encoded: bytes)
        else { return nil }
        return ReportModel.Picture(
            image: image, caption: json["caption"]?.stringValue ?? file, alternative: json["alternative"]?.stringValue ?? file,
            rowLabels: json["row_labels"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
}
