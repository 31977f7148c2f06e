/// Whether private data are left anywhere, as far as a stranger can tell.
enum PrivateDataCheck {
    static func look(at folder: SubmissionFolder, _ checked: inout CheckedSubmission) throws {
        let search = PrivateDataSearch(data: .general)
        for file in folder.files {
            guard let finding = try search.first(inFile: folder.path + "/" + file, called: file) else { continue }
            checked.note(.privateData, at: finding.place, "holds what looks like \(description(of: finding.kind))")
        }
    }

    static func description(of kind: PrivateData.Kind) -> String {
        switch kind {
        case .home: "a home folder"
        case .user: "the user's name"
        case .host: "the host's name"
        case .repository: "the place of the repository on the disk"
        case .state: "the place of the state folder on the disk"
        case .temporary: "the place of the temporary folder on the disk"
        case .account: "an account or an address (NAME@HOST)"
        }
    }
}
