"""HTML to text: the words a citizen wrote in it, and none that are hidden."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.intake.html import declared_charset, text


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>satu</p><p>dua</p>", "satu\n\ndua"),
        ("<div>satu</div><div><br></div><div>dua</div>", "satu\n\ndua"),
        ("satu<br>dua<br/><br>tiga", "satu\ndua\n\ntiga"),
        ("ja<b>lan</b> rusak\n  sekali", "jalan rusak sekali"),
        ("<ol><li>satu<li>dua</ol><ul><li>a</li></ul>", "1. satu\n2. dua\n\n- a"),
        ("<table><tr><td>RT<td>02</tr><tr><td>RW</td></tr></table>", "RT 02\nRW"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("harga < 5000 &amp; &#8220;murah&#x201d;", "harga < 5000 & \u201cmurah\u201d"),
        ("<html><body>a</body></html>b<html><body>c", "a\nb\nc"),
        ("a<!-- <p>b</p> -->c<![if !mso]>d<![endif]>", "acd"),
        ("<style>p{}</style><script>x<y</script><title>t</title>isi", "isi"),
        ("<p>terakhir", "terakhir"),
        ("belum <b", "belum <b"),
        ("&#99999999999999999999;&#0;a", "\ufffda"),
    ],
)
def test_lines_end_where_a_reader_sees_them_end(markup: str, expected: str) -> None:
    """Run together or torn apart, a complaint is hard to read, and numbered points are lost."""
    assert expected == text(markup)


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display: none'>x<div>y</div></div>",
        '<span style="font-size:0px;">x</span>',
        "<p hidden>x</p>",
        "<p hidden>x<p>",
        "<span style='mso-hide:all'>x</span>",
        "<img src=x width='1' height='1' alt='x'>",
        "<img src=x style='display:none' alt=\"x\">",
    ],
)
def test_hidden_text_is_not_shown(hidden: str) -> None:
    """An official must not be shown words that no reader of the mail ever saw."""
    assert "sebelum\nsesudah" == text(f"<div>sebelum</div>{hidden}<div>sesudah</div>")


def test_a_hidden_element_without_an_end_hides_nothing() -> None:
    """One careless template would swallow the complaint behind it."""
    assert "iklan\njalan rusak" == text("<div style='display:none'>iklan<div>jalan rusak</div>")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<a href="https://x.example/a?b=1&amp;c">foto</a>', "foto <https://x.example/a?b=1&c>"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:x()">klik</a>', "klik"),
        ('<a href="https://x.example"><img alt=""></a>isi', "isi"),
        ('<a href="https://x.example">satu <a href="https://y.example">dua</a>', None),
    ],
)
def test_a_link_shows_where_it_leads(markup: str, expected: str | None) -> None:
    """The map of the damaged road is often nothing but a link; a false one should be seen."""
    two = "satu <https://x.example> dua <https://y.example>"

    assert text(markup) == (two if expected is None else expected)


def test_a_picture_is_its_description() -> None:
    """Smileys of web mailers are pictures."""
    assert "terima kasih \U0001f64f pak" == text('terima kasih <img alt="\U0001f64f" src=x>pak')


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("<blockquote type=cite>a<p>b</p></blockquote>", "isi\n\n> a\n\n> b\n\nlagi"),
        ('<blockquote class="gmail_quote">a</blockquote>', "isi\n\n> a\n\nlagi"),
        ("<blockquote style='margin:0 0 0 40px'>a</blockquote>", "isi\n\na\n\nlagi"),
    ],
)
def test_cited_history_is_marked_and_indented_words_are_not(quote: str, expected: str) -> None:
    """What is marked is cut from an addition; Gmail indents with the same element."""
    assert expected == text(f"isi{quote}lagi")


def test_a_picture_inside_the_text_costs_no_text() -> None:
    """Some programs write photos into the HTML; the words come after a megabyte."""
    assert "jalan rusak" == text(f"<img src='data:image/png;base64,{'A' * 2_000_000}'>jalan rusak")


@pytest.mark.parametrize(
    ("page", "charset"),
    [
        (b'<meta charset="windows-1251">', "windows-1251"),
        (b"<META http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r"),
        (b"<p>charset=x", ""),
    ],
)
def test_a_page_tells_its_charset(page: bytes, charset: str) -> None:
    """Where the mail's header does not, the page is the only one to know."""
    assert charset == declared_charset(page)


@given(st.text(alphabet="<>/ab=\"' &#;!-pdivbrhref1\n") | st.text())
def test_no_markup_breaks_the_reading(markup: str) -> None:
    """Anybody may send anything as HTML."""
    assert text(markup) == text(markup).strip()
