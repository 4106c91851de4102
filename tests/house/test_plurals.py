"""One case, two cases: a number before what it counts has both forms, in both languages and on the command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

import surveyapp
from tests.house.interface_texts import domains, forms, held

NOUNS = "|".join(
    re.split(
        r"\s+",
        """accounts? address(es)? answers? arguments? blocks? bytes? cases? categor(y|ies) characters? choices? columns?
        completes? contacts? days? draws? entr(y|ies) groups? hours? items? letters? links? mails? minutes? mistakes?
        months? pages? paths? people questionnaires? questions? recodings? rows? robots? seconds? sheets? sources?
        statements? steps? tables? texts? values? variables? versions? walks? waves? weeks? words? years?
        antwoord(en)? blok(ken)? categorie(ën)? dag(en)? fout(en)? geval(len)? groep(en)? invulling(en)? kolom(men)?
        keuzes? keer link(s)? maand(en)? mens(en)? meting(en)? minu(ut|ten) pagina(['’]s)? plaats(en)? pad(en)? personen
        regel(s)? rij(en)? route(s)? seconden? stelling(en)? tabel(len)? tekens? tekst(en)? uur vraag vragen variabelen?
        vragenlijst(en)? waarden? we(ek|ken) woord(en)?""",
    )
)
COUNTED = re.compile(rf"%\((\w+)\)[sd] ([a-z]+e? )?({NOUNS})\b", re.IGNORECASE)
BEHIND = re.compile(rf" ([a-z]+ )?({NOUNS})\b")
NEVER_ONE = {
    # the blank → why its number is never 1
    "threshold": "a study's threshold is 3 at least",
    "k": "a study's threshold",
    "base": "the base from which groups are tested",
    "ranks": "one place is no ranking",
    "most": "a limit",
    "low": "the lower of two",
    "high": "the higher of two",
    "bytes": "a limit",
    "hours": "a constant above 1",
    "days": "a constant above 1",
    "minutes": "a constant above 1",
    "least": "a constant above 1",
    "columns": "more than a limit",
    "rows": "more than a limit",
    "blocks": "a rotation has two blocks at least",
    "year": "a year",
    "name": "a name, or a year",
    "key": "the name of a key",
    "many": "more than a limit; what can be 1 is Counted",
    "longest": "the longer of two, more than a limit",
}
KNOWN = {
    # how a message begins whose blank says nothing of its size → why it is never 1
    "Figures follow when": "a study's threshold",
    "While the wave is open, figures move": "a study's threshold",
    "Before the wave closed, somebody took": "a study's threshold",
    "What was shown before is not known any more. Figures come back": "a study's threshold",
    "Choose %(n)s background variables at most.": "a constant above 1",
    "The condition has %(n)s characters": "more than a limit",
    "an expression of %(n)s characters": "more than a limit",
    "%(study)s %(year)s is anonymous and would have": "more than a limit",
}
NEVER_ONE_IN_CODE = {
    # a module → why none of its numbers before a noun is 1, or is no number
    "cli/wave.py": "a day",
    "exports/xlsform_book.py": "a name",
    "fieldwork/import_file.py": "a name",
    "instrument/conditions/phrases.py": "words",
    "instrument/translation/coming_in.py": "more than a limit",
    "instrument/xlsform/": "a limit, or more than one",
    "storage/portable.py": "a name",
    "web/passwords.py": "a constant above 1",
}


@pytest.mark.parametrize("domain", domains())
def test_a_text_that_counts_has_a_form_for_one(domain: str) -> None:
    found = [
        said
        for message in held(domain)
        if message.id and not isinstance(message.id, tuple) and not message.id.startswith(tuple(KNOWN))
        for said in (message.id, *forms(message.string))
        for blank, _, _ in [match.groups()[:3] for match in COUNTED.finditer(said)]
        if blank not in NEVER_ONE
    ]
    assert found == []


def test_a_text_of_the_code_counts_by_one_function() -> None:
    folder = Path(surveyapp.__file__).parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            for value, behind in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(behind, ast.Constant):
                    said = ast.unparse(value.value)
                    if BEHIND.match(str(behind.value)) and not said.isupper() and not _is_many(value):
                        found.append(f"{path.relative_to(folder)}:{node.lineno} {{{said}}}{str(behind.value)[:30]}")
    assert [one for one in found if not one.startswith(tuple(NEVER_ONE_IN_CODE))] == []


def _is_many(value: ast.FormattedValue) -> bool:
    """Whether the number is written with thousands apart: it is compared with a limit."""
    return value.format_spec is not None and "," in ast.unparse(value.format_spec)


@pytest.mark.parametrize("lazy", ["argument(s)", "antwoord(en)", "cel(len)"])
def test_no_text_leaves_the_form_to_its_reader(lazy: str) -> None:
    both = re.compile(r"[a-z]\((s|en|len)\)(?=[\s.;,:\"'])")
    assert both.search(lazy + " ")
    folder = Path(surveyapp.__file__).parent
    found = [
        f"{path.name}: {match[0]}"
        for path in folder.rglob("*.po")
        for match in both.finditer(path.read_text(encoding="utf-8"))
    ]
    for path in folder.rglob("*.py"):
        found += [
            f"{path.name}:{node.lineno} {node.value[:60]}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and both.search(f"{node.value} ")
        ]
    assert found == []


def test_every_blank_of_a_plural_in_a_template_is_filled_in() -> None:
    folder = Path(surveyapp.__file__).parent / "templates"
    found = []
    for path in sorted(folder.rglob("*.html")):
        tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            if not (isinstance(call.node, nodes.Name) and call.node.name == "ngettext"):
                continue
            given = {"n", *(one.key for one in call.kwargs)}
            said = [one.value for one in call.args[:2] if isinstance(one, nodes.Const)]
            blanks = {blank for text in said for blank in re.findall(r"%\((\w+)\)", text)}
            if blanks - given:
                found.append(f"{path.name}: {said[0]}: {sorted(blanks - given)}")
    assert found == []
