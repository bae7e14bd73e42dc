"""Reads Hangul word processor files (HWP 5): the paragraphs of its sections.

The file is a compound file, which gsf takes apart. A section is a row of records, each with a head
of four bytes: ten bits of tag, ten of level, twelve of size. A paragraph's text is UTF-16 in which
codes below 32 are controls; most of them take up eight units.
"""

import json
import struct
import subprocess
import sys
import zlib

MAXIMUM_TEXT_CHARACTERS = 100_000
MAXIMUM_SECTION_BYTES = 64 << 20
PARAGRAPH_TEXT = 67
LARGE_SIZE = 0xFFF
# Controls that take up one unit; 10 and 13 end lines.
SINGLE_UNIT_CONTROLS = {0, 10, 13, *range(24, 32)}


def stream(path, name):
    """A stream's bytes; empty where the file has no such stream."""
    command = ["gsf", "cat", path, name]
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    # What gsf prints when it fails is a message.
    return run.stdout if run.returncode == 0 else b""


def records(data):
    position = 0
    while position + 4 <= len(data):
        (head,) = struct.unpack_from("<I", data, position)
        position += 4
        size = head >> 20
        if size == LARGE_SIZE:
            if position + 4 > len(data):
                return
            (size,) = struct.unpack_from("<I", data, position)
            position += 4
        yield head & 0x3FF, data[position : position + size]
        position += size


def paragraph(data):
    units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
    kept = []
    index = 0
    while index < len(units):
        unit = units[index]
        if unit >= 32:
            kept.append(unit)
        elif unit in (9, 10, 13):
            kept.append(32)
        index += 1 if unit >= 32 or unit in SINGLE_UNIT_CONTROLS else 8
    return struct.pack(f"<{len(kept)}H", *kept).decode("utf-16-le", "replace").strip()


def section(path, number, is_compressed):
    data = stream(path, f"BodyText/Section{number}")
    if data and is_compressed:
        data = zlib.decompressobj(-15).decompress(data, MAXIMUM_SECTION_BYTES)
    return data


def main():
    path = sys.argv[1]
    head = stream(path, "FileHeader")
    if not head.startswith(b"HWP Document File") or len(head) < 40:
        sys.exit("not an HWP 5 file")
    (flags,) = struct.unpack_from("<I", head, 36)
    if flags & 2:
        sys.exit("the file is protected by a password")
    lines, size, number = [], 0, 0
    while size < MAXIMUM_TEXT_CHARACTERS and (data := section(path, number, flags & 1)):
        for tag, body in records(data):
            if tag == PARAGRAPH_TEXT and (line := paragraph(body)):
                lines.append(line)
                size += len(line)
        number += 1
    text = "\n".join(lines)[:MAXIMUM_TEXT_CHARACTERS]
    sys.stdout.buffer.write(json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace"))


try:
    main()
except zlib.error as error:
    sys.exit(f"damaged section: {error}")
