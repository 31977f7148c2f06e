import Foundation
import Workflows

/// Where a command may write.
enum OutputPlace {
    /// A run's folder holds its record and nothing else.
    static func refuse(_ place: String, within run: RunFolder, option: String) throws(UsageError) {
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path }
        // A file that is not there yet cannot be resolved; the folder above it can.
        let parent = resolved((resolved(place) as NSString).deletingLastPathComponent)
        let folder = resolved(run.path)
        guard resolved(place) == folder || parent == folder || parent.hasPrefix(folder + "/") else { return }
        throw UsageError("\(place) lies in the run's folder, which holds nothing but the signed record; name another with \(option)")
    }
}
