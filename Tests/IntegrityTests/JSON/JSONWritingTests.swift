import Integrity
import Testing

@Suite("JSON, written")
struct JSONWritingTests {
    private func canonical(_ value: JSONValue) -> String { String(decoding: value.canonicalBytes(), as: UTF8.self) }

    @Test("the example of RFC 8785, section 3.2.2, becomes the form the RFC gives")
    func exampleOfTheStandard() throws {
        let text = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50,
                          2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected = #"""
            {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}
            """#
        #expect(canonical(try .parse(text)) == expected)
    }

    @Test("members are ordered by the UTF-16 units of their keys: RFC 8785, section 3.2.3")
    func keyOrder() throws {
        let text = #"""
            {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
            """#
        let written = canonical(try .parse(text))
        let order = ["Carriage Return", "One", "Control", "Latin Small", "Euro Sign", "Emoji", "Hebrew"]
        let places = order.map { name in written.utf8.firstRange(of: name.utf8)?.lowerBound ?? written.utf8.endIndex }
        #expect(places == places.sorted(), "an astral key sorts before U+FB33: \(written)")
        #expect(
            canonical(["\u{E000}": 1, "\u{10000}": 2, "a": 3, "": 4, "aa": 5]) == "{\"\":4,\"a\":3,\"aa\":5,\"\u{10000}\":2,\"\u{E000}\":1}"
        )
    }

    @Test(
        "numbers are written as ECMAScript writes them",
        arguments: [
            ("0.0", "0"), ("-0.0", "0"), ("1", "1"), ("-1", "-1"), ("4.35", "4.35"), ("0.1", "0.1"), ("100", "100"),
            ("123456.789", "123456.789"),
            ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("1.5e21", "1.5e+21"), ("123456789012345680000", "123456789012345680000"),
            ("1e-6", "0.000001"), ("1.5e-6", "0.0000015"), ("1e-7", "1e-7"), ("1.25e-7", "1.25e-7"), ("1e30", "1e+30"),
            ("5e-324", "5e-324"),
            ("-5e-324", "-5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("2.2250738585072014e-308", "2.2250738585072014e-308"),
            ("9007199254740992", "9007199254740992"), ("-9007199254740992", "-9007199254740992"), ("9007199254740994", "9007199254740994"),
            ("295147905179352830000", "295147905179352830000"), ("999999999999999900000", "999999999999999900000"),
            ("999999999999999700000", "999999999999999700000"), ("333333333.33333329", "333333333.3333333"),
            ("333333333.33333325", "333333333.33333325"),
            ("333333333.3333332", "333333333.3333332"), ("1424953923781206.2", "1424953923781206.2"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("1e23", "1e+23"), ("1.0000000000000001e23", "1.0000000000000001e+23"), ("0.000003333333333333333", "0.000003333333333333333"),
        ])
    func numberText(number: String, text: String) throws {
        #expect(canonical(try .parse(number)) == text)
    }

    @Test("control characters take their short escape or \\u00xx, and nothing else is escaped")
    func escapes() {
        #expect(
            canonical("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}/<é\u{2028}\u{1F600}")
                == "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\u{7F}/<é\u{2028}\u{1F600}\"")
    }

    @Test("a number that is not finite becomes null")
    func notFinite() {
        #expect(canonical([.number(.nan), .number(.infinity), .number(-.infinity)]) == "[null,null,null]")
    }

    @Test("the form for people is sorted, indented by two spaces and ends with a newline")
    func pretty() {
        let value: JSONValue = ["b": [1, 2.5, []], "a": [:], "c": ["d": nil]]
        #expect(
            value.prettyText() == """
                {
                  "a": {},
                  "b": [
                    1,
                    2.5,
                    []
                  ],
                  "c": {
                    "d": null
                  }
                }

                """)
    }

    @Test("any value reads back from both of its forms as itself")
    func roundTrip() throws {
        var generator = CaseGenerator(seed: 1)
        for _ in 0..<3000 {
            let value = generator.value()
            let bytes = value.canonicalBytes()
            #expect(try JSONValue.parse(bytes) == value, "\(String(decoding: bytes, as: UTF8.self))")
            #expect(try JSONValue.parse(bytes).canonicalBytes() == bytes)
            #expect(try JSONValue.parse(value.prettyText()) == value)
        }
    }

    @Test("every double reads back from its text with the same bits")
    func numbersRoundTrip() {
        var generator = CaseGenerator(seed: 2)
        for _ in 0..<20_000 {
            let number = generator.number()
            let text = canonical(.number(number))
            #expect(Double(text)?.bitPattern == (number == 0 ? 0 : number.bitPattern), "\(number) written as \(text)")
        }
    }
}
