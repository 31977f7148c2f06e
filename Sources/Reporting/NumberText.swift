import Foundation

/// Numbers as people read them: few digits, thousands grouped, a true minus sign. Independent of the locale.
public enum NumberText {
    /// A measured value at four significant digits: `−186.8`, `13,274`, `0.0213`, `1.2e−5`.
    public static func measured(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "not a number" : value < 0 ? "−∞" : "∞" }
        if value == 0 { return "0" }
        let magnitude = value.magnitude
        if magnitude >= 1e9 || magnitude < 1e-4 { return scientific(value) }
        if magnitude >= 999.95 { return grouped(String(format: "%.0f", value)) }
        if value == value.rounded() { return signed(String(format: "%.0f", value)) }
        let decimals = magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : magnitude >= 0.1 ? 3 : 4
        return signed(String(format: "%.\(decimals)f", value))
    }

    /// A standard deviation at two significant digits, and no fewer than its whole number: `12`, `1.3`, `0.021`, `1,240`.
    public static func spread(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return measured(value) }
        let magnitude = value.magnitude
        if magnitude >= 1e9 || magnitude < 1e-4 { return measured(value) }
        if magnitude >= 9.95 { return grouped(String(format: "%.0f", value)) }
        let decimals = magnitude >= 0.995 ? 1 : magnitude >= 0.0995 ? 2 : magnitude >= 0.00995 ? 3 : 4
        return signed(String(format: "%.\(decimals)f", value))
    }

    /// A reported value with exactly the digits that it was recorded with: `−186.8`, `13,274`, `1`.
    public static func exact(_ value: Double) -> String {
        guard value.isFinite else { return measured(value) }
        let text = "\(value)"
        if text.contains("e") { return signed(text) }
        return grouped(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// A tick of an axis whose ticks lie `step` apart.
    package static func tick(_ value: Double, step: Double) -> String {
        if value == 0 { return "0" }
        if value.magnitude >= 1e7 || (step < 1e-5 && value.magnitude < 1e-2) { return scientific(value) }
        let decimals = max(0, min(9, Int((-log10(step) - 1e-9).rounded(.up))))
        return grouped(String(format: "%.\(decimals)f", value))
    }

    /// A size in bytes: `512 B`, `12.4 KB`, `10.5 MB` (powers of 1000).
    public static func bytes(_ count: Int) -> String {
        var value = Double(max(0, count))
        if value < 1000 { return "\(max(0, count)) B" }
        var unit = "B"
        for larger in ["KB", "MB", "GB", "TB"] where value >= 999.95 {
            value /= 1000
            unit = larger
        }
        return String(format: "%.1f ", value) + unit
    }

    /// A duration: `0.4 s`, `4 min 05 s`, `2 h 03 min`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
        if seconds < 59.95 { return String(format: "%.1f s", seconds) }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min " + String(format: "%02d s", whole % 60) }
        return grouped("\(whole / 3600)") + " h " + String(format: "%02d min", whole % 3600 / 60)
    }

    private static func scientific(_ value: Double) -> String {
        let parts = String(format: "%.3e", value).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
        var mantissa = String(parts[0])
        while mantissa.hasSuffix("0") { mantissa.removeLast() }
        if mantissa.hasSuffix(".") { mantissa.removeLast() }
        return signed("\(mantissa)e\(exponent)")
    }

    private static func signed(_ text: String) -> String {
        text.replacingOccurrences(of: "-", with: "−")
    }

    /// Groups the digits before the point in threes.
    private static func grouped(_ text: String) -> String {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return text }
        var digits = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { digits.append(",") }
            digits.append(digit)
        }
        return (isNegative ? "−" : "") + digits + (parts.count > 1 ? "." + parts[1] : "")
    }
}
