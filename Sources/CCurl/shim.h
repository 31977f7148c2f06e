#ifndef REPRISE_CURL_SHIM_H
#define REPRISE_CURL_SHIM_H
#include <curl/curl.h>

// Swift cannot call variadic C functions, and libcurl's option setters are variadic: one typed door per kind of value.

typedef size_t (*reprise_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode reprise_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode reprise_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode reprise_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode reprise_curl_set_data_callback(CURL *handle, CURLoption option, reprise_curl_data_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}
static inline long reprise_curl_response_code(CURL *handle) {
    long code = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

// Whether the connection, with TLS where the URL asks for it, was made: what came after it was the server's doing.
static inline int reprise_curl_was_connected(CURL *handle) {
    curl_off_t microseconds = 0;
    return curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds) == CURLE_OK && microseconds > 0;
}

// Only http and https, at first and after every redirect. The text form replaced the bit mask in libcurl 7.85.
static inline CURLcode reprise_curl_allow_web_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    long protocols = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, protocols);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, protocols);
#endif
}
#endif
