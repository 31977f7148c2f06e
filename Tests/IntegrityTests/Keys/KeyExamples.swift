/// Keys made once with the openssl program for these tests, and used for nothing else.
enum KeyExamples {
    static let ecdsaPEM = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEh998w6WmmzcmEDFjdfOjiWUrLNOh
        rO9kty0qSoNHBYsNt8TbtoX2S8Ziggau4wCSbIiTdYYQWYq48UP9b5V7XQ==
        -----END PUBLIC KEY-----
        """
    static let ecdsaPrivatePEM = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgsY0Gcj3j3wj4sJy8
        kj9aLuT620X98JX70THVKUmYQKChRANCAASH33zDpaabNyYQMWN186OJZSss06Gs
        72S3LSpKg0cFiw23xNu2hfZLxmKCBq7jAJJsiJN1hhBZirjxQ/1vlXtd
        -----END PRIVATE KEY-----
        """
    static let ed25519PEM = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAyxnML1qASToLe6aFL66K9+X+wpgSuDnBuBmeXgZthq0=
        -----END PUBLIC KEY-----
        """

    /// Over the text "made elsewhere", in hexadecimal.
    static let ecdsaSignature =
        "304502210097fb40ca9b083420d61eb3733b8a57fa70177dde388ca7e17155a3b74a1695"
        + "1d02201e0f7add3f352eec0cb9a16ad31175f8bfc3fc733f84395d9f46d8007c096aca"

    static let otherKinds: [(String, String)] = [
        (
            "P-384",
            pem(
                "PUBLIC KEY", "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEFZzMf/aIm9aoJRlpo4Tems+f5L4R+l+E",
                "tdl5fngEj8CAaSnjCpQCReC/Ws0xbim+sL6qXLCfempKOLW8pBNMnBGJV5oH/8Bv", "djDWXDeNTAk+VRZrufUPqaS6HchGbvlT")
        ),
        (
            "secp256k1",
            pem(
                "PUBLIC KEY", "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAERznxfbBTCjZDDXkatpt+HThtcQoWrbJZ",
                "i2YvZkBtnMaeF1ddZ/BrEgl5iaE6o5+6jGBQn6Qctnuqbw1GwqCLxg==")
        ),
        (
            "explicit curve",
            pem(
                "PUBLIC KEY", "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA",
                "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////",
                "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd",
                "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5",
                "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA",
                "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABO4JZRAKAk6zhU0Om+zi/gD5",
                "BB9r6Qiac3zGL9FiQAT6Z0Gtyf852YDgP6mgNaKV7L+og1xOuRt9xVqb2Zc/kH4=")
        ),
        ("X25519", pem("PUBLIC KEY", "MCowBQYDK2VuAyEAzqCwuOePxGaeC7mCQAP/rcd4fGlR1MSGxReGwdMK4ho=")),
        (
            "RSA",
            pem(
                "PUBLIC KEY", "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCxuk1EiLRAhuqsihuKBWy0v1AM",
                "RJPIaxvct6s6FO7ZKhKN9j8Vm9TaQJplm0ioxDR5DleWVM8PlV+bTrMhG71H7vPs",
                "0wcROTtCvSiFK8LZJnjBxS5nKrMgjaW0JU08UYE31YAC7JSon9aSe4IBm4kdJsEd", "ZgfFXgSEErSsIXucoQIDAQAB")
        ),
        ("compressed point", pem("PUBLIC KEY", "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADh998w6WmmzcmEDFjdfOjiWUrLNOh", "rO9kty0qSoNHBYs=")),
    ]

    /// With a word that must be in the advice.
    static let unusablePrivateKeys: [(String, String, String)] = [
        (
            "secp256k1",
            pem(
                "PRIVATE KEY", "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgm8Mrj6ILONRAg4mJSC55",
                "DzGuOXNIL+wPLHt6Rd9JMNihRANCAARHOfF9sFMKNkMNeRq2m34dOG1xChatslmL", "Zi9mQG2cxp4XV11n8GsSCXmJoTqjn7qMYFCfpBy2e6pvDUbCoIvG"),
            "neither"
        ),
        ("X25519", pem("PRIVATE KEY", "MC4CAQAwBQYDK2VuBCIEINgvYpw6EMCqZBaTC70P0vuXqEkFahKVVQqtjyCB9hpw"), "neither"),
        (
            "traditional",
            pem(
                "EC PRIVATE KEY", "MHcCAQEEILGNBnI9498I+LCcvJI/Wi7k+ttF/fCV+9Ex1SlJmECgoAoGCCqGSM49",
                "AwEHoUQDQgAEh998w6WmmzcmEDFjdfOjiWUrLNOhrO9kty0qSoNHBYsNt8TbtoX2", "S8Ziggau4wCSbIiTdYYQWYq48UP9b5V7XQ=="),
            "openssl pkcs8 -topk8"
        ),
        (
            "encrypted",
            pem(
                "ENCRYPTED PRIVATE KEY", "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhleLUIgSPBqAICCAAw",
                "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEL4rO6dFmznQx72u8GJLLrYEgZBr",
                "U/dN11D0RoRDzpAznFm8WWJc0nDgbQtY7ipGIyRPNd9naaOWH+vLF+i+WxEOtbCM",
                "NQHWPmy6S9Z4eylc8Lff5LqVpsjDoSvVTDtR6H7FMKkfHt3p15jZqKdhItr3lCUF",
                "kKybRj//JUM07IAoUR17hLmugyKRI4Kny9wJfqXoxJHYGU9KSRCukF+p4AYVGW4="), "passphrase"
        ),
    ]

    private static func pem(_ label: String, _ lines: String...) -> String {
        (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----"]).joined(separator: "\n")
    }
}
