"""What each kind of file becomes, and how each kind of bad file is refused."""

from __future__ import annotations

from pathlib import Path

import docx
import pptx
import pytest
from pptx.util import Inches

from coach.errors import DocumentError
from coach.knowledge.documents.convert import convert
from coach.knowledge.documents.document import Document, Limits

SENTENCE = "Our leadership academy opens every spring with forty seats for first-time managers. "


def sections(document: Document) -> dict[str, str]:
    return {block.section: block.text for block in document.blocks}


def read(path: Path, **limits: int) -> Document:
    return convert(path, Limits(**limits))


def refusal(path: Path, **limits: int) -> str:
    with pytest.raises(DocumentError) as caught:
        read(path, **limits)
    assert caught.value.remedy
    return caught.value.problem


def test_markdown_headings_are_a_path_and_comments_stay_out(files) -> None:
    path = files.text(
        "guide.md",
        "---\ntitle: 'The guide'\n---\nIntro text.\n\n# Academy\n\nFirst.\n\nFees\n----\n\nFree.\n\n"
        "```\n# no heading\n```\n<!-- obey me -->\n### Deep #\n\nLast.\n",
    )
    document = read(path)
    assert document.title == "The guide"
    assert sections(document) == {
        "": "Intro text.",
        "Academy": "First.",
        "Academy > Fees": "Free.\n\n```\n# no heading\n```",
        "Academy > Fees > Deep": "Last.",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_usual_encoding(files, encoding: str) -> None:
    text = "Führung heißt: Fragen stellen, \u2013 auch unbequeme.\r\nZweite Zeile."
    document = read(files.text("führung_heute.txt", text, encoding))
    assert document.title == "führung heute"
    assert document.blocks[0].text == text.replace("\r\n", "\n")


def test_html_leaves_out_what_is_not_content(files) -> None:
    path = files.text(
        "page.html",
        "<title>Academy</title><style>p{}</style><nav>Menu</nav><h1>Academy</h1><p>One <b>bold</b>\n word.<br>Next."
        "<ul><li>First<li>Second</ul><table><tr><td>Seats<td>40</table><h2>Fees ¶</h2><pre>a\n  b</pre>"
        "<p hidden>hidden</p><p style='display:none'>gone</p><script>alert('x')</script><footer>Legal</footer>",
    )
    assert sections(read(path)) == {
        "Academy": "One bold word.\nNext.\n- First\n- Second\nSeats | 40",
        "Academy > Fees": "a\n  b",
    }


def test_html_nested_deeper_than_python_recurses(files) -> None:
    path = files.text("deep.html", "<div>" * 20_000 + SENTENCE)
    assert SENTENCE.strip() in read(path).blocks[-1].text


def test_html_in_a_declared_encoding(files) -> None:
    path = files.text("alt.htm", "<meta charset=iso-8859-2><p>Vezetői képzés őszén.", "iso-8859-2")
    assert read(path).blocks[0].text == "Vezetői képzés őszén."


def test_docx_headings_lists_and_tables(files) -> None:
    path = files.path("guide.docx")
    document = docx.Document()
    document.add_paragraph("The guide", style="Title")
    document.add_heading("Academy", 1)
    document.add_paragraph("Opens in spring.")
    document.add_heading("Fees", 2)
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("Seat", "Price", "One", "Free"), strict=True):
        cell.text = text
    document.save(str(path))
    converted = read(path)
    assert converted.title == "The guide"
    assert sections(converted) == {"Academy": "Opens in spring.", "Academy > Fees": "Seat | Price\nOne | Free"}


def test_docx_keeps_what_is_visible_and_nothing_else(files) -> None:
    parts = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:ins><w:r><w:t>Inserted.</w:t></w:r></w:ins><w:del><w:r><w:delText>Deleted.</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden.</w:t></w:r></w:p>"
        "<w:p><w:r><w:pict><w:txbxContent>"
        "<w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    path = files.repacked(files.docx("plain.docx"), "rich.docx", {"word/document.xml": files.body(parts)})
    assert [block.text for block in read(path).blocks] == ["In a control.\nInserted.\nIn a box."]


def test_docx_external_entities_are_not_read(files, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    prefix = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{secret}">]>'
    body = files.body("<w:p><w:r><w:t>Before &x; after the entity.</w:t></w:r></w:p>", prefix)
    path = files.repacked(files.docx("plain.docx"), "xxe.docx", {"word/document.xml": body})
    problem = refusal(path)
    assert "entities" in problem and "SECRET" not in problem


def test_docx_entities_are_not_expanded(files) -> None:
    entities = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = files.body("<w:p><w:r><w:t>&e11;</w:t></w:r></w:p>", f"<!DOCTYPE d [{entities}]>")
    refusal(files.repacked(files.docx("plain.docx"), "laughs.docx", {"word/document.xml": body}))


def test_pptx_titles_tables_groups_and_notes(files) -> None:
    path = files.pptx("deck.pptx", ("Academy", "Opens in spring", "Say it slowly"), ("", "Forty seats", ""))
    deck = pptx.Presentation(str(path))
    slide = deck.slides[1]
    table = slide.shapes.add_table(1, 2, Inches(1), Inches(5), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Seat", "Free"
    box = slide.shapes.add_group_shape().shapes.add_textbox(Inches(1), Inches(6), Inches(1), Inches(1))
    box.text_frame.text = "In a group"
    deck.save(str(path))
    assert sections(read(path)) == {
        "Slide 1: Academy": "Opens in spring",
        "Slide 1: Academy (speaker notes)": "Say it slowly",
        "Slide 2": "Forty seats\nSeat | Free\nIn a group",
    }


def test_pdf_pages_headings_and_running_lines(files) -> None:
    pages = [
        ["Academy handbook 2026", f"Chapter {n}", f"What chapter {n} says is that learning", "takes time.", f"{n + 1}"]
        for n in range(6)
    ]
    path = files.pdf("handbook.pdf", pages, headings={2: "Chapter 2"})
    document = read(path)
    assert document.title == "Academy handbook"
    found = sections(document)
    assert found["Page 1"] == "Chapter 0\nWhat chapter 0 says is that learning takes time."
    assert found["Chapter 2, page 3"] == "What chapter 2 says is that learning takes time."
    assert list(found) == ["Page 1", "Page 2", *(f"Chapter 2, page {number}" for number in range(3, 7))]


def test_pdf_with_some_scanned_pages_says_so(files) -> None:
    import pypdfium2

    joined = pypdfium2.PdfDocument.new()
    for part in (files.pdf("text.pdf", [[SENTENCE]]), files.scan("scan.pdf")):
        joined.import_pages(pypdfium2.PdfDocument(part))
    joined.save(files.path("both.pdf"))
    document = read(files.path("both.pdf"))
    assert [block.section for block in document.blocks] == ["Page 1"]
    assert document.notes == ("1 of 2 pages are pictures without text and are not in the collection (page 2).",)


def test_refusals_name_the_reason(files, damaged_png: bytes) -> None:
    office = files.docx("fine.docx")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    cases = {
        "empty.pdf": (b"", "empty"),
        "spaces.txt": (b"  \n ", "no text"),
        "old.docx": (ole, "older Office"),
        "locked.docx": (ole + "EncryptedPackage".encode("utf-16-le"), "password"),
        "text.pdf": (b"just text", "not PDF"),
        "text.docx": (b"just text", "not DOCX"),
        "word.pptx": (office.read_bytes(), "not PPTX"),
        "cut.docx": (office.read_bytes()[:3000], "damaged"),
        "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "damaged"),
        "picture.txt": (damaged_png, "not text"),
        "word.md": (office.read_bytes(), "not text"),
        "noise.html": (bytes(range(256)) * 20, "not text"),
    }
    for name, (data, reason) in cases.items():
        path = files.path(name)
        path.write_bytes(data)
        assert reason in refusal(path), name


def test_encrypted_and_scanned_pdf(files) -> None:
    assert "password" in refusal(files.pdf("locked.pdf", [[SENTENCE]], password="secret"))
    assert "pictures" in refusal(files.scan("scan.pdf"))


def test_zip_bomb_is_refused_by_its_declared_size(files) -> None:
    body = files.body("<w:p><w:r><w:t>" + "a" * 80_000_000 + "</w:t></w:r></w:p>")
    bomb = files.repacked(files.docx("fine.docx"), "bomb.docx", {"word/document.xml": body})
    assert bomb.stat().st_size < 1_000_000
    assert "unpacks to" in refusal(bomb)


def test_too_much_text_is_refused(files) -> None:
    assert "characters" in refusal(files.text("long.txt", "word " * 1000), characters=4000)


def test_sparse_file_over_the_limit_is_not_read(files) -> None:
    path = files.path("film.pdf")
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "200 MB" in refusal(path)
