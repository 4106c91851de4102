from __future__ import annotations

import pytest

from surveyapp.analysis.similar_texts import suggested_codes

KNOWN = [
    ("Te weinig tijd voor overleg", [1]),
    ("Weinig tijd om te overleggen", [1]),
    ("Het tarief is te laag", [2]),
    ("Een hoger tarief graag", [2, 3]),
]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Er is weinig tijd voor overleg", (1,)),
        ("TARIEF te laag!", (2,)),
        ("tarieven zijn te laag", (2,)),  # another form of the word
        ("Te weinig tijd voor overleg", (1,)),
        ("Koffie", ()),
        ("", ()),
        ("?!", ()),
    ],
)
def test_a_text_gets_the_codes_of_texts_that_look_alike_and_none_where_none_do(
    text: str, codes: tuple[int, ...]
) -> None:
    assert suggested_codes(text, KNOWN) == codes


def test_a_code_that_most_neighbours_lack_is_not_suggested() -> None:
    assert 3 not in suggested_codes("het tarief is laag", KNOWN)
    assert suggested_codes("een hoger tarief", KNOWN, enough=0.0) == (2, 3)
    assert suggested_codes("een hoger tarief", []) == ()


def test_how_alike_is_the_cosine_of_groups_of_letters() -> None:
    """ "aan" and "aas" by hand: of " aan " the groups of 3, 4 and 5 letters are 3 + 2 + 1, one of which both have; all
    are as rare but that one, which both texts have: ln(3/3) + 1 = 1 against ln(3/2) + 1 = 1.4055."""
    cosine = 1 / (1 + 5 * 1.4054651081**2)  # 0.0919
    assert suggested_codes("aan", [("aas", [1])], alike=cosine - 1e-9) == (1,)
    assert suggested_codes("aan", [("aas", [1])], alike=cosine + 1e-9) == ()
