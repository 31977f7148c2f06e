import Foundation

/// A PDF made by hand: pages of lines in Courier, so that what is written is what pdftotext reads.
enum TestPDF {
    static let hasReader = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/pdftotext")
    }

    static func bytes(pages: [String]) -> [UInt8] {
        var objects: [[UInt8]] = []
        let kids = pages.indices.map { "\(4 + 2 * $0) 0 R" }.joined(separator: " ")
        objects.append(Array("<< /Type /Catalog /Pages 2 0 R >>".utf8))
        objects.append(Array("<< /Type /Pages /Kids [\(kids)] /Count \(pages.count) >>".utf8))
        objects.append(Array("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>".utf8))
        for (index, page) in pages.enumerated() {
            let content = content(page)
            objects.append(
                Array(
                    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents \(5 + 2 * index) 0 R >>"
                        .utf8))
            objects.append(Array("<< /Length \(content.count) >>\nstream\n".utf8) + content + Array("\nendstream".utf8))
        }
        var file = Array("%PDF-1.4\n".utf8)
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.count)
            file += Array("\(index + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let start = file.count
        let entries = offsets.map { String(format: "%010d 00000 n \n", $0) }.joined()
        file += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n\(entries)".utf8)
        file += Array("trailer << /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(start)\n%%EOF\n".utf8)
        return file
    }

    /// 8 points high, 10 points from line to line.
    private static func content(_ page: String) -> [UInt8] {
        var content = Array("BT /F1 8 Tf 10 TL 40 760 Td\n".utf8)
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            content.append(UInt8(ascii: "("))
            for scalar in line.unicodeScalars {
                switch scalar {
                case "(", ")", "\\": content += [UInt8(ascii: "\\"), UInt8(scalar.value)]
                case "–": content.append(0x96)
                case "“": content.append(0x93)
                case "”": content.append(0x94)
                default: content.append(UInt8(truncatingIfNeeded: scalar.value))
                }
            }
            content += Array(") Tj T*\n".utf8)
        }
        return content + Array("ET".utf8)
    }
}
