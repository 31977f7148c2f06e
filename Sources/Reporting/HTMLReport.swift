/// A run's report as one HTML file that needs nothing else: no network, no script, no font. The same model gives the same bytes.
public enum HTMLReport {
    /// The page, in UTF-8 once written. Every text of the model is escaped.
    public static func render(_ model: ReportModel) throws(ImageError) -> String {
        var page = HTMLPage(model: model)
        return try page.text()
    }
}
