import Foundation

/// A moment in UTC to the second, in the one form of RFC 3339 that ends with Z: `2026-11-22T09:30:00Z`. Its texts sort as the moments do.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970 began, in UTC.
    public let secondsSince1970: Int

    private static let range = 0...253_402_300_799  // to the end of the year 9999

    /// The nearest moment from 1970 to 9999.
    public init(secondsSince1970: Int) {
        self.secondsSince1970 = min(max(secondsSince1970, Timestamp.range.lowerBound), Timestamp.range.upperBound)
    }

    public static var now: Timestamp { Timestamp(secondsSince1970: time(nil)) }

    /// Nil unless `text` is exactly what ``description`` gives for some moment.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 20 else { return nil }
        func number(_ range: Range<Int>) -> Int {
            digits[range].reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        var fields = tm()
        fields.tm_year = Int32(number(0..<4) - 1900)
        fields.tm_mon = Int32(number(5..<7) - 1)
        fields.tm_mday = Int32(number(8..<10))
        fields.tm_hour = Int32(number(11..<13))
        fields.tm_min = Int32(number(14..<16))
        fields.tm_sec = Int32(number(17..<19))
        let seconds = timegm(&fields)
        guard Timestamp.range.contains(seconds) else { return nil }
        self.init(secondsSince1970: seconds)
        // Anything else in the text, such as a thirteenth month, does not survive the way back.
        guard description.utf8.elementsEqual(digits) else { return nil }
    }

    public var description: String {
        var fields = tm()
        var seconds = time_t(secondsSince1970)
        gmtime_r(&seconds, &fields)
        func padded(_ number: Int32, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        let date = [padded(fields.tm_year + 1900, 4), padded(fields.tm_mon + 1, 2), padded(fields.tm_mday, 2)].joined(separator: "-")
        let clock = [padded(fields.tm_hour, 2), padded(fields.tm_min, 2), padded(fields.tm_sec, 2)].joined(separator: ":")
        return date + "T" + clock + "Z"
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.secondsSince1970 < right.secondsSince1970 }
}
