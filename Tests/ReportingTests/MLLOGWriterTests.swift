import Integrity
import Reporting
import Testing

@Suite("MLPerf log lines")
struct MLLOGWriterTests {
    @Test("have the six fields in order, on one line")
    func line() throws {
        let event = MLLOGEvent(
            timeMilliseconds: 1_700_000_000_123, kind: .intervalStart, key: "run_start",
            metadata: ["epoch_num": .integer(3), "b": .boolean(true)])
        #expect(
            try MLLOGWriter.line(event)
                == #":::MLLOG {"namespace": "", "time_ms": 1700000000123, "event_type": "INTERVAL_START", "key": "run_start", "value": null, "metadata": {"b": true, "epoch_num": 3}}"#
        )
    }

    @Test("keep integers integers and numbers numbers")
    func valueTypes() throws {
        let values: [(MLLOGValue, String)] = [
            (.integer(3), "3"), (.number(3), "3.0"), (.number(0.1), "0.1"), (.integer(.max), "9223372036854775807"),
            (.boolean(false), "false"),
            (.text("a\n\"b\""), #""a\n\"b\"""#), (.list([.integer(1), .null]), "[1, null]"), (.object(["x": .number(1)]), #"{"x": 1.0}"#),
        ]
        for (value, text) in values {
            let line = try MLLOGWriter.line(.init(timeMilliseconds: 0, kind: .pointInTime, key: "k", value: value))
            #expect(line.contains(#""value": \#(text), "metadata""#), "\(line)")
        }
    }

    @Test("are JSON that a strict reader takes, whatever the texts hold")
    func hostileTexts() throws {
        let evil = "a\nb\r\u{0}\u{2028}\":::MLLOG {}\\"
        let text = try MLLOGWriter.text([
            .init(namespace: evil, timeMilliseconds: 1, kind: .pointInTime, key: "k", value: .text(evil), metadata: [evil: .text(evil)]),
            .init(timeMilliseconds: 2, kind: .intervalEnd, key: "k.2_x-y"),
        ])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let json = try JSONValue.parse(String(line.dropFirst(":::MLLOG ".count)))
            #expect(json["metadata"]?.objectValue != nil)
        }
        #expect(try JSONValue.parse(String(lines[0].dropFirst(9)))["value"] == .string(evil))
    }

    @Test("refuse keys that are not plain", arguments: ["", "Loss", "a b", "3x", "_x", "é", "a\n", "a\"b"])
    func badKeys(key: String) {
        #expect(throws: MLLOGError.key(key)) { try MLLOGWriter.line(.init(timeMilliseconds: 0, kind: .pointInTime, key: key)) }
    }

    @Test("refuse numbers that are not finite, negative times and bottomless values")
    func badValues() {
        for number in [Double.nan, .infinity] {
            #expect(throws: MLLOGError.notFinite(key: "loss")) {
                try MLLOGWriter.line(.init(timeMilliseconds: 0, kind: .pointInTime, key: "loss", metadata: ["x": .list([.number(number)])]))
            }
        }
        #expect(throws: MLLOGError.time(key: "loss", milliseconds: -1)) {
            try MLLOGWriter.line(.init(timeMilliseconds: -1, kind: .pointInTime, key: "loss"))
        }
        var deep = MLLOGValue.null
        for _ in 0..<1000 { deep = .list([deep]) }
        #expect(throws: MLLOGError.depth(key: "loss")) {
            try MLLOGWriter.line(.init(timeMilliseconds: 0, kind: .pointInTime, key: "loss", value: deep))
        }
    }
}
