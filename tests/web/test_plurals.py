"""A text with a number takes the form that fits, the number as it is written, and its other blanks."""

from __future__ import annotations

from flask import Flask

from surveyapp.web.languages import translate_plural


def test_a_plural_takes_its_number_as_it_is_written_and_other_blanks(app: Flask) -> None:
    words = """{{ ngettext("%(n)s word", "%(n)s words", 1200, n="1.200") }}"""
    other = """{{ ngettext("a %(x)s", "b %(x)s", 1, x="<b>") }}{{ ngettext("%(n)s a", "%(n)s b", 2) }}"""
    with app.test_request_context("/en/"):
        assert app.jinja_env.from_string(words).render() == "1.200 words"
        assert app.jinja_env.from_string(other).render() == "a &lt;b&gt;2 b"
        assert translate_plural("%(n)s word of %(x)s", "%(n)s words of %(x)s", 2, n="2,0", x=3) == "2,0 words of 3"
