import Integrity
import Testing

@Suite("JSON, read")
struct JSONReadingTests {
    private func refusal(_ bytes: [UInt8], limits: JSONLimits = .init()) -> JSONError? {
        do {
            _ = try JSONValue.parse(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private func refusal(_ text: String, limits: JSONLimits = .init()) -> JSONError? { refusal(Array(text.utf8), limits: limits) }

    @Test("every kind of value is read")
    func values() throws {
        let text = " { \"a\" : [ null , true , false , -1.5e+2 , \"\\u00e9\\ud83d\\ude00\\/\" ] , \"b\" : { } }\r\n\t"
        #expect(try JSONValue.parse(text) == ["a": [nil, true, false, -150, "é😀/"], "b": [:]])
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
            "{\"a\":1,}", "{a:1}", "{'a':1}",
            "{1:1}", "{\"a\" 1}", "[1 2]", "01", "-01", "+1", "-", ".5", "1.", "1.e1", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity",
            "1 2", "{} []", "\"",
            "\"a", "\"\\", "\"\\u", "\"\\u12", "\"\\u12g4\"", "\"\\x41\"", "\"\\'\"", "'a'", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "// c\n1",
            "/**/1", "]", "}", "[}", "\u{A0}1",
        ])
    func notJSON(text: String) {
        #expect(refusal(text) != nil, "\(text) was read")
    }

    @Test("a key given twice is refused at its place, also inside and also when only escapes or normalisation differ")
    func duplicateKeys() {
        #expect(refusal("{\"a\":1,\n \"a\":2}") == JSONError(line: 2, column: 2, reason: "the key \"a\" is given twice"))
        #expect(refusal("[{\"k\":{\"a\":1,\"\\u0061\":1}}]") != nil)
        #expect(refusal("{\"\u{E9}\":1,\"e\u{301}\":2}") != nil)
    }

    @Test(
        "lone surrogates are refused",
        arguments: [#""\ud800""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800a""#, #""\ud83d\n""#, #""\ude00\ud83d""#])
    func loneSurrogates(text: String) {
        #expect(refusal(text)?.reason == "a lone surrogate")
    }

    @Test(
        "invalid UTF-8 is refused: stray continuation, overlong, surrogate, beyond Unicode, cut short",
        arguments: [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(refusal([0x22] + bytes + [0x22]) != nil)
    }

    @Test("a byte order mark is refused and named")
    func byteOrderMark() {
        #expect(refusal("\u{FEFF}{}")?.reason.contains("byte order mark") == true)
    }

    @Test("a number beyond the doubles is refused, one too small becomes zero")
    func numberRange() throws {
        #expect(refusal("[1e400]") == JSONError(line: 1, column: 2, reason: "a number beyond the range of a double"))
        #expect(refusal("-1" + String(repeating: "0", count: 400)) != nil)
        #expect(try JSONValue.parse("1e-400") == 0)
        #expect(try JSONValue.parse("-0") == 0)
    }

    @Test("nesting and size beyond the limits are refused before they cost anything")
    func limits() {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(refusal(nested(64)) == nil)
        #expect(refusal(nested(65))?.reason == "nested deeper than 64 levels")
        #expect(refusal(String(repeating: "[", count: 1_000_000)) != nil)
        #expect(refusal(String(repeating: "{\"a\":", count: 1_000_000), limits: .init(depth: .max)) != nil)
        #expect(refusal("[1,2]", limits: .init(bytes: 5)) == nil)
        #expect(refusal("[1,2]", limits: .init(bytes: 4)) != nil)
    }

    @Test("a refusal says where, counting characters and not bytes")
    func place() {
        #expect(refusal("{\n  \"é\": tru }") == JSONError(line: 2, column: 8, reason: "'t' where true is expected"))
        #expect(refusal("[1\u{7}]")?.description == "line 1, column 3: the byte 0x07 where ',' or ']' is expected")
    }

    @Test("no beginning of a text and no flipped bit crashes the reader")
    func damage() {
        let bytes = Array(#"{"a":[1.5e-3,"\u00e9\ud83d\ude00é",{"b":null}],"c":true,"d":""}"#.utf8)
        for length in 0..<bytes.count { #expect(refusal(Array(bytes[..<length])) != nil) }
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            _ = refusal(damaged)
        }
    }

    @Test("accessors give a value only for its own kind")
    func accessors() {
        let value: JSONValue = [
            "number": 3, "text": "t", "flag": true, "list": [1], "nothing": nil, "half": 0.5, "large": 9_007_199_254_740_994,
        ]
        #expect(value["number"]?.integerValue == 3)
        #expect(value["half"]?.integerValue == nil)
        #expect(value["large"]?.integerValue == nil)
        #expect(value["half"]?.numberValue == 0.5)
        #expect(value["text"]?.stringValue == "t")
        #expect(value["text"]?.numberValue == nil)
        #expect(value["flag"]?.boolValue == true)
        #expect(value["list"]?.arrayValue == [1])
        #expect(value["nothing"]?.isNull == true)
        #expect(value["absent"] == nil)
        #expect(value.objectValue?.count == 7)
        #expect(JSONValue.array([])["a"] == nil)
    }

    @Test("a member can be set and removed")
    func setting() {
        var value: JSONValue = ["a": 1]
        value["b"] = 2
        value["a"] = nil
        #expect(value == ["b": 2])
    }

    @Test("equality looks at bytes: two spellings of one letter differ")
    func equality() {
        #expect(JSONValue.string("\u{E9}") != "e\u{301}")
        #expect(JSONValue.object(["\u{E9}": 1]) != ["e\u{301}": 1])
    }
}
