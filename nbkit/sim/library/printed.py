"""A page of the library as a PDF, for clients that fetch one: a few sentences on each of its pages."""

from __future__ import annotations

from collections.abc import Sequence

LEADING = 16  # points from line to line


def as_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Return a PDF with a page for each list of lines; what isn't Latin-1 becomes a question mark."""
    font = 3 + 2 * len(pages)
    kids = " ".join(f"{3 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] >>".encode(),
    ]
    for at, lines in enumerate(pages):
        place = f"/Resources << /Font << /F1 {font} 0 R >> >> /Contents {4 + 2 * at} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {place} >>".encode())
        drawn = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
        stream = f"BT /F1 11 Tf {LEADING} TL 60 780 Td\n{drawn}ET".encode("latin-1", "replace")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    return _file(objects)


def _escaped(line: str) -> str:
    return "".join(f"\\{sign}" if sign in "()\\" else sign for sign in line)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects one after the other, with the table that says where each begins."""
    data = b"%PDF-1.4\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + head + table + tail
