from surveyapp.storage.database import Database


def test_it_is_current_after_the_upgrade(database: Database) -> None:
    assert database.is_current()
    database.ping()
