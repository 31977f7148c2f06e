import Foundation
import Integrity

/// What every page of ours begins and ends with: it loads nothing, brings its own style, and runs nothing but the script that it names.
package enum HTMLFrame {
    /// From the document type to the opened `main`.
    ///
    /// - Parameters:
    ///   - style: what the page adds to the sheet that all pages share; empty for nothing.
    ///   - script: the one script that the page may run, as it is given to ``closing(script:)``; nil for none.
    ///   - hasStyleAttributes: whether elements bring styles of their own. Where they do not, the page's own sheet alone is let through.
    package static func opening(
        title: String, style: String = "", script: String? = nil, hasStyleAttributes: Bool = true
    ) -> [String] {
        let sheet = style.isEmpty ? HTMLStyle.sheet : HTMLStyle.sheet + "\n" + style
        let styleSource = hasStyleAttributes ? "'unsafe-inline'" : source(of: "\n" + sheet + "\n")
        let scriptSource = script.map { "script-src \(source(of: $0)); " } ?? ""
        return [
            "<!DOCTYPE html>",
            #"<html lang="en">"#,
            "<head>",
            #"<meta charset="utf-8">"#,
            // A second lock: even markup that slipped through could load and run nothing.
            #"<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \#(scriptSource)style-src \#(styleSource); "#
                + #"base-uri 'none'; form-action 'none'">"#,
            #"<meta name="viewport" content="width=device-width, initial-scale=1">"#,
            #"<meta name="color-scheme" content="light dark">"#,
            "<title>\(MarkupText.escape(title))</title>",
            "<style>",
            sheet,
            "</style>",
            "</head>",
            "<body>",
            "<main>",
        ]
    }

    package static let closing = ["</main>", "</body>", "</html>"]

    /// ``closing``, with the script that the opening named.
    package static func closing(script: String?) -> [String] {
        guard let script else { return closing }
        return ["</main>", "<script>\(script)</script>", "</body>", "</html>"]
    }

    /// What a policy calls a text that stands in the page: by its digest, so that no other text passes.
    private static func source(of text: String) -> String {
        "'sha256-\(Data(SHA256Digest.of(text.utf8).bytes).base64EncodedString())'"
    }
}
