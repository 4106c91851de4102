from __future__ import annotations

from surveyapp.fieldwork import interviews
from surveyapp.storage.database import Database
from tests.builders import running_wave, small_instrument


def test_a_walk(database: Database) -> None:
    instrument = small_instrument()
    wave = running_wave(database, instrument)
    with database.write() as session:
        case, key = interviews.begin(session, wave, instrument, "contractor", "nl", "open", "phone")
    for n in (1, 2, 3):
        with database.write() as session:
            found = interviews.load_case(session, "klein", key)
            assert found is not None
            saved = interviews.save_page(
                session,
                found,
                f"p{n}",
                {f"v{n}": 1},
                expected_seq=0,
                client_key=f"k{n}",
                language="nl",
                seconds=4,
                prompts=0,
            )
            assert saved.outcome == "saved"
    with database.write() as session:
        found = interviews.load_case(session, "klein", key)
        sent = interviews.send(session, found)
        assert sent.reference
        assert interviews.rebuild_answers(session, sent) == sent.answers == {"v1": 1, "v2": 1, "v3": 1}
        again = interviews.send(session, found)
        assert again.reference == sent.reference
