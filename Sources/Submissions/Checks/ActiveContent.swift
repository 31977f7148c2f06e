/// What in an HTML page does more than be read: scripts, frames, forms, and whatever is fetched from elsewhere.
///
/// Looked for in the whole text and not in parsed elements: what one parser takes for text, a browser may take for markup.
enum ActiveContent {
    private static let elements: Set = [
        "script", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "input", "button", "base", "link", "audio", "video",
        "source", "portal", "template", "foreignobject", "use", "animate", "set",
    ]

    /// The first such thing, in words; nil where there is none.
    static func first(in page: String) -> String? {
        // Pictures' bytes in Base64 are most of a report, and say nothing.
        let text = page.lowercased().replacing(/data:image\/png;base64,[a-z0-9+\/=]*/, with: "#")
        for tag in text.matches(of: /<([a-z][a-z0-9:\-]*)/) where elements.contains(String(tag.output.1)) { return "<\(tag.output.1)>" }
        for (word, problem) in [("javascript:", "a script"), ("srcdoc", "a frame"), ("\"refresh\"", "a refresh"), ("@import", "an import")]
        where text.contains(word) { return problem }
        if text.firstMatch(of: /[\s\/"']on[a-z]{3,}\s*=/) != nil { return "a script in an attribute" }
        if text.firstMatch(of: /url\s*\(/) != nil { return "an address elsewhere" }
        for address in text.matches(of: /[\s\/"'](?:src|href|srcset|action|background|poster|ping)\s*=\s*["']?\s*([^"'\s>]?)/)
        where address.output.1 != "#" { return "an address elsewhere" }
        return nil
    }
}
