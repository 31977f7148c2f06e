/// A file of SVHN's cropped digits as published: `train_32x32.mat`, `test_32x32.mat` or `extra_32x32.mat`, a MATLAB 5.0 file with two arrays.
///
/// `X` is [32, 32, 3, N] bytes: rows, columns, channels, images, the rows varying fastest, so that the images come one after the other. `y` is [N, 1]: the digits,
/// 10 where a 0 is shown. The file is read once, front to back, a few hundred images at a time.
struct SVHNFile {
    let path: String
    /// The most images accepted.
    let maximumCount: Int

    private static let imagesPerBlock = 256

    /// - Parameter progress: called now and then with the number of images read and that of all.
    func images(progress: (Int, Int) -> Void) throws(DatasetError) -> SVHNImages {
        var reader = try MATReader(path: path)
        var pixels: [UInt8]?
        var labels: [UInt8]?
        while pixels == nil || labels == nil {
            guard let array = try reader.next() else { throw .missingEntry(path: path, name: pixels == nil ? "X" : "y") }
            switch array.name {
            case "X" where pixels == nil:
                let count = try imageCount(of: array)
                try requireSameCount(images: count, labels: labels?.count)
                pixels = try readPixels(count, of: &reader, progress: progress)
            case "y" where labels == nil:
                try requireSameCount(images: pixels.map { $0.count / SVHNImages.imageSize }, labels: array.count)
                labels = try readLabels(array, of: &reader)
            default:
                throw .malformed(path: path, reason: "array \(array.name) is none of SVHN's X and y, or there twice")
            }
        }
        try reader.requireEnd()
        return try SVHNImages(pixels: pixels ?? [], labels: labels ?? [])
    }

    private func imageCount(of array: MATArray) throws(DatasetError) -> Int {
        let name = "\(path)[X]"
        guard array.arrayClass == .uint8, array.storage == .uint8 else {
            throw .unsupported(path: name, reason: "it is \(array.arrayClass.description) stored as \(array.storage), not of bytes")
        }
        // MATLAB drops a last axis of length 1.
        let shape = array.shape.count == 3 ? array.shape + [1] : array.shape
        guard shape.count == 4, shape.starts(with: [SVHNImages.side, SVHNImages.side, SVHNImages.channels]) else {
            throw .malformed(path: name, reason: "its shape is \(array.shape), not images of 32×32×3")
        }
        guard (1...maximumCount).contains(shape[3]) else {
            throw .malformed(path: name, reason: "it has \(shape[3]) images, not from 1 to \(maximumCount)")
        }
        return shape[3]
    }

    private func requireSameCount(images: Int?, labels: Int?) throws(DatasetError) {
        guard let images, let labels, images != labels else { return }
        throw .malformed(path: path, reason: "y has \(labels) labels for the \(images) images of X")
    }

    private func readPixels(
        _ count: Int, of reader: inout MATReader, progress: (Int, Int) -> Void
    ) throws(DatasetError) -> [UInt8] {
        let size = SVHNImages.imageSize
        var pixels: [UInt8] = []
        // The reader has seen to it that the file is long enough to hold as many.
        pixels.reserveCapacity(count * size)
        var turned = [UInt8](repeating: 0, count: size)
        try reader.forEachBlock(of: SVHNFile.imagesPerBlock * size) { block, first in
            for start in stride(from: 0, to: block.count, by: size) {
                SVHNFile.turn(block[start..<(start + size)], into: &turned)
                pixels.append(contentsOf: turned)
            }
            progress((first + block.count) / size, count)
        }
        return pixels
    }

    /// From MATLAB's order, channels × columns × rows with the rows fastest, to rows × columns × channels with the channels fastest.
    private static func turn(_ source: ArraySlice<UInt8>, into target: inout [UInt8]) {
        let (side, channels) = (SVHNImages.side, SVHNImages.channels)
        source.withUnsafeBufferPointer { source in
            target.withUnsafeMutableBufferPointer { target in
                for row in 0..<side {
                    for column in 0..<side {
                        for channel in 0..<channels {
                            target[(row * side + column) * channels + channel] = source[(channel * side + column) * side + row]
                        }
                    }
                }
            }
        }
    }

    private func readLabels(_ array: MATArray, of reader: inout MATReader) throws(DatasetError) -> [UInt8] {
        let name = "\(path)[y]"
        guard array.shape.count == 2, array.shape.contains(1) else {
            throw .malformed(path: name, reason: "its shape is \(array.shape), not one label per image")
        }
        var labels: [UInt8] = []
        for (position, number) in try reader.wholeNumbers(limit: maximumCount).enumerated() {
            guard (1...10).contains(number) else {
                throw .malformed(path: name, reason: "label \(number) at position \(position) is not from 1 to 10")
            }
            labels.append(UInt8(number % 10))
        }
        return labels
    }
}
