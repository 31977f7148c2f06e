import COpenBLAS

extension OpenBLASArithmetic {
    /// Name and version of the library, e.g. `OpenBLAS 0.3.21`.
    public static var library: String {
        let configuration = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
        return configuration.split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// The processor that the kernels in use were written for, e.g. `SkylakeX`.
    public static var core: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }
}
