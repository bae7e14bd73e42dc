/// Character references: `&amp;`, `&#44032;`, `&#xAC00;`.
enum HTMLEntities {
  /// The longest reference that is looked for, in bytes.
  private static let maximumByteCount = 12

  /// Replaces references by what they stand for; what is none stays as it is.
  static func resolved(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.contains(ampersand) else { return Array(bytes) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if bytes[index] == ampersand, let reference = reference(in: bytes[index...]) {
        result += Array(String(reference.scalar).utf8)
        index += reference.byteCount
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  /// The reference that `bytes` start with; nil where they start with a plain ampersand.
  private static func reference(
    in bytes: ArraySlice<UInt8>
  ) -> (scalar: Unicode.Scalar, byteCount: Int)? {
    let body = bytes.dropFirst().prefix(maximumByteCount)
    if body.first == UInt8(ascii: "#") { return numeric(body.dropFirst()) }
    let name = body.prefix { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(HTMLScanner.lowered(byte))
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let scalar = named[String(decoding: name, as: UTF8.self)] else { return nil }
    let hasEnd = body.dropFirst(name.count).first == semicolon
    return (scalar, 1 + name.count + (hasEnd ? 1 : 0))
  }

  private static func numeric(
    _ body: ArraySlice<UInt8>
  ) -> (scalar: Unicode.Scalar, byteCount: Int)? {
    let isHexadecimal = body.first.map(HTMLScanner.lowered) == UInt8(ascii: "x")
    let digits = body.dropFirst(isHexadecimal ? 1 : 0).prefix { byte in
      let isDecimal = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(
        HTMLScanner.lowered(byte))
      return isDecimal || (isHexadecimal && isLetter)
    }
    let text = String(decoding: digits, as: UTF8.self)
    guard !digits.isEmpty, let value = UInt32(text, radix: isHexadecimal ? 16 : 10) else {
      return nil
    }
    let marks = 2 + (isHexadecimal ? 1 : 0)
    let hasEnd = body.dropFirst(digits.count + (isHexadecimal ? 1 : 0)).first == semicolon
    return (scalar(value), marks + digits.count + (hasEnd ? 1 : 0))
  }

  /// 128 to 159 mean Windows-1252, as browsers read them; what is no character is U+FFFD.
  private static func scalar(_ value: UInt32) -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    if value == 0 { return replacement }
    if (128...159).contains(value) {
      return CharacterSetConversion.converted([UInt8(value)], from: "WINDOWS-1252")?
        .unicodeScalars.first ?? replacement
    }
    return Unicode.Scalar(value) ?? replacement
  }

  /// The names of HTML 4 that stand in running text.
  private static let named: [String: Unicode.Scalar] = {
    var named: [String: Unicode.Scalar] = [
      "amp": "&", "AMP": "&", "lt": "<", "LT": "<", "gt": ">", "GT": ">", "quot": "\"",
      "QUOT": "\"", "apos": "'", "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’",
      "sbquo": "‚", "ldquo": "“", "rdquo": "”", "bdquo": "„", "lsaquo": "‹", "rsaquo": "›",
      "hellip": "…", "bull": "•", "dagger": "†", "Dagger": "‡", "permil": "‰", "prime": "′",
      "Prime": "″", "euro": "€", "trade": "™", "larr": "←", "uarr": "↑", "rarr": "→",
      "darr": "↓", "harr": "↔", "rArr": "⇒", "lArr": "⇐", "hArr": "⇔", "minus": "−",
      "lowast": "∗", "radic": "√", "infin": "∞", "asymp": "≈", "ne": "≠", "equiv": "≡",
      "le": "≤", "ge": "≥", "sum": "∑", "prod": "∏", "int": "∫", "part": "∂", "nabla": "∇",
      "isin": "∈", "forall": "∀", "exist": "∃", "cap": "∩", "cup": "∪", "sub": "⊂",
      "sup": "⊃", "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}",
      "zwnj": "\u{200C}", "zwj": "\u{200D}", "shy": "\u{AD}", "OElig": "Œ", "oelig": "œ",
      "Scaron": "Š", "scaron": "š", "Yuml": "Ÿ", "fnof": "ƒ", "circ": "ˆ", "tilde": "˜",
    ]
    for (offset, name) in latin1.split(separator: " ").enumerated() {
      named[String(name)] = Unicode.Scalar(UInt8(160 + offset))
    }
    let greek =
      "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi "
      + "omicron pi rho sigmaf sigma tau upsilon phi chi psi omega"
    for (offset, name) in greek.split(separator: " ").enumerated() {
      named[String(name)] = Unicode.Scalar(UInt32(0x3B1 + offset))
      // There is no capital of the sigma that ends words.
      if name != "sigmaf" {
        named[name.prefix(1).uppercased() + name.dropFirst()] =
          Unicode.Scalar(UInt32(0x391 + offset))
      }
    }
    return named
  }()

  /// In the order of the code points, from U+00A0 to U+00FF.
  private static let latin1 = """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg \
    plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest \
    Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute \
    Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml \
    Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc \
    euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
    ugrave uacute ucirc uuml yacute thorn yuml
    """

  private static let ampersand = UInt8(ascii: "&")
  private static let semicolon = UInt8(ascii: ";")
}
