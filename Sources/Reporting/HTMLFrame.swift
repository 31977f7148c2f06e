/// What every page of ours begins and ends with: it loads nothing, runs nothing and brings its own style.
enum HTMLFrame {
    /// From the document type to the opened `main`.
    ///
    /// - Parameter style: what the page adds to the sheet that all pages share; empty for nothing.
    static func opening(title: String, style: String = "") -> [String] {
        [
            "<!DOCTYPE html>",
            #"<html lang="en">"#,
            "<head>",
            #"<meta charset="utf-8">"#,
            // A second lock: even markup that slipped through could load and run nothing.
            #"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; "#
                + #"base-uri 'none'; form-action 'none'">"#,
            #"<meta name="viewport" content="width=device-width, initial-scale=1">"#,
            #"<meta name="color-scheme" content="light dark">"#,
            "<title>\(MarkupText.escape(title))</title>",
            "<style>",
            style.isEmpty ? HTMLStyle.sheet : HTMLStyle.sheet + "\n" + style,
            "</style>",
            "</head>",
            "<body>",
            "<main>",
        ]
    }

    static let closing = ["</main>", "</body>", "</html>"]
}
