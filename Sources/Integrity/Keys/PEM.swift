/// The textual form of keys (RFC 7468): a label, Base64 in lines of 64, a label.
enum PEM {
    static func encode(_ bytes: [UInt8], label: String) -> String {
        let base64 = Array(Base64.encode(bytes).utf8)
        var text = "-----BEGIN \(label)-----\n"
        for start in stride(from: 0, to: base64.count, by: 64) {
            text += String(decoding: base64[start..<min(start + 64, base64.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    /// The bytes under `label`, from a text that holds that one block and nothing else but white space; lines may have any length. Says what is
    /// wrong otherwise.
    static func decode(_ text: String, label: String, source: String) throws(KeyError) -> [UInt8] {
        func refusal(_ reason: String) -> KeyError { .malformed(source: source, reason: reason) }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(line.reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
        guard let first = lines.first, first.hasPrefix("-----BEGIN ") else {
            throw refusal("it is not PEM text (no line -----BEGIN \(label)-----)")
        }
        guard first == "-----BEGIN \(label)-----" else {
            let found = first.dropFirst("-----BEGIN ".count).prefix { $0 != "-" }
            let advice =
                switch found {
                case "ENCRYPTED PRIVATE KEY": "; keys under a passphrase are not taken: use openssl pkcs8 -in … -out …"
                case "EC PRIVATE KEY": "; convert it with openssl pkcs8 -topk8 -nocrypt"
                case "PRIVATE KEY": "; that is the secret half: hand over the public one"
                default: ""
                }
            throw refusal("it holds \"\(found.prefix(40))\" where \"\(label)\" is expected\(advice)")
        }
        guard lines.count > 2, lines.last == "-----END \(label)-----" else {
            throw refusal("it does not end with -----END \(label)-----: one block and nothing else is expected")
        }
        guard let bytes = Base64.decode(lines.dropFirst().dropLast().joined()) else { throw refusal("its Base64 is damaged") }
        return bytes
    }
}
