/// What stands before an NPY file's elements: magic bytes, version and the header's dictionary (numpy/lib/format.py, versions 1.0 and 2.0).
struct NPYPreamble {
    let element: NPYArray.Element
    /// The lengths of the axes, slowest first.
    let shape: [Int]
    /// The bytes of all elements.
    let size: Int

    /// - Parameters:
    ///   - name: what errors call the file.
    ///   - read: gives the file's next bytes, exactly as many as asked for.
    init(name: String, read: (Int) throws(DatasetError) -> [UInt8]) throws(DatasetError) {
        let start = try read(10)
        guard Array(start[..<6]) == NPYPreamble.magic else {
            throw .malformed(path: name, reason: "it does not begin with NumPy's magic bytes")
        }
        var headerSize = Int(start[8]) | Int(start[9]) << 8
        switch (start[6], start[7]) {
        case (1, 0): break
        case (2, 0):
            let rest = try read(2)
            headerSize |= Int(rest[0]) << 16 | Int(rest[1]) << 24
        default:
            throw .unsupported(path: name, reason: "NPY version \(start[6]).\(start[7]) is not read, only 1.0 and 2.0")
        }
        // Structured types can make headers long; the types read here never do.
        guard headerSize <= 1 << 16 else { throw .malformed(path: name, reason: "its header declares \(headerSize) bytes of description") }
        let header = try NPYHeader(parsing: read(headerSize)[...], name: name)

        guard !header.fortranOrder else {
            throw .unsupported(path: name, reason: "it is stored in Fortran order; save numpy.ascontiguousarray(array) instead")
        }
        guard let element = NPYArray.Element(rawValue: header.descr) else {
            let known = NPYArray.Element.allCases.map(\.rawValue).joined(separator: " ")
            throw .unsupported(path: name, reason: "element type \(header.descr) is not read, only \(known)")
        }
        guard let size = NPYPreamble.byteCount(of: header.shape, element: element) else {
            throw .malformed(path: name, reason: "shape \(header.shape) overflows")
        }
        self.element = element
        shape = header.shape
        self.size = size
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// The size in bytes of an array of that shape; nil where it overflows or an axis is negative or there are more than NumPy's 32.
    static func byteCount(of shape: [Int], element: NPYArray.Element) -> Int? {
        guard shape.count <= 32 else { return nil }
        var size = element.size
        for axis in shape {
            guard axis >= 0 else { return nil }
            let (product, overflow) = size.multipliedReportingOverflow(by: axis)
            guard !overflow else { return nil }
            size = product
        }
        return size
    }
}
