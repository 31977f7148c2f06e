/// The words that all forms of a filled checklist share.
enum ChecklistWords {
    static let legend =
        "“Yes” and “partly” rest on the signed record, which was verified when this was written; each piece of evidence names its file. "
        + "What a person answers is shown as theirs and was not checked."

    /// What stands below an item, beside its evidence.
    static func lines(of entry: FilledChecklist.Entry) -> [String] {
        var lines: [String] = []
        switch entry.answer {
        case .answered(let answer, _): lines.append("\(answer.person) answers \(answer.word.rawValue): \(answer.text)")
        case .open(let evidence):
            lines.append("A person must answer this." + (evidence.isEmpty ? "" : " What the record has to say about it:"))
        default: if let remark = entry.answer.remark { lines.append(remark) }
        }
        if let note = entry.item.note, entry.item.respondent != .nobody { lines.append("Note: \(note)") }
        if let remark = entry.remark { lines.append("\(remark.person) remarks (\(remark.word.rawValue)): \(remark.text)") }
        return lines
    }
}
