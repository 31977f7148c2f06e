import CArchive
import CCurl
import COpenSSL
import CPNG
import CZlib
import Numerics

/// The versions of the libraries that this binary runs with.
enum Libraries {
    static var versions: [String: String] {
        [
            "OpenBLAS": OpenBLASArithmetic.library,
            "libarchive": archive_version_string().map { String(cString: $0) } ?? "unknown",
            "OpenSSL": OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "unknown",
            "libcurl": curl_version().map { String(cString: $0) } ?? "unknown",
            "zlib": zlibVersion().map { String(cString: $0) } ?? "unknown",
            "libpng": png_get_libpng_ver(nil).map { String(cString: $0) } ?? "unknown",
        ]
    }
}
