"""What a password of the team must be, and what is kept of it."""

from __future__ import annotations

import unicodedata

from passlib.hash import argon2

SHORTEST_PASSWORD = 15
SHORTEST_WITH_CODE = 12
LONGEST_PASSWORD = 128
ESTIMATED = 72
"""Characters whose guesses are estimated; the time it takes grows with their square."""
GUESSABLE = 3
ARGON2 = {"memory_cost": 19_456, "time_cost": 2, "parallelism": 1}  # OWASP's least: 19 MiB, two passes
CONTEXT_WORDS = ("opdrachtgeverschap", "surveyapp", "clientship", "wachtwoord", "password", "welkom", "welcome")


def password_hash(password: str) -> str:
    """What is kept of a password; the same for the web and the command line."""
    hashed: str = argon2.using(**ARGON2).hash(unicodedata.normalize("NFKD", password))
    return hashed


def password_faults(password: str, email: str, *, has_second_factor: bool) -> tuple[str, ...]:
    """What is wrong with a new password, as message ids of the console's texts; empty when it will do.

    Length is what counts: no rules about kinds of characters, but no words that everybody
    would try first, and nothing that merely repeats itself.
    """
    shortest = SHORTEST_WITH_CODE if has_second_factor else SHORTEST_PASSWORD
    if len(password) < shortest:
        return (f"Use at least {shortest} characters.",)
    if len(password) > LONGEST_PASSWORD:
        return (f"Use at most {LONGEST_PASSWORD} characters.",)
    if is_easily_guessed(password, email):
        return ("Choose a password that is harder to guess.",)
    return ()


def is_easily_guessed(password: str, email: str) -> bool:
    """Whether a password is common, or made of what everybody would try first.

    By the estimator of Wheeler (2016): lists of common passwords and words, keyboard rows, dates, repetition. It takes
    some ten million guesses (score 3) at least; what the site is called and whose account it is count as known.
    """
    # Lists of half a megabyte, for the few who choose a password.
    from zxcvbn import zxcvbn

    plain = "".join(password.lower().split())  # spaces around or between what everybody tries hide nothing
    owner = email.lower()
    known = [*CONTEXT_WORDS, owner, owner.split("@")[0], *owner.replace("@", ".").split(".")]
    for word in known:
        plain = plain.replace(word, "") if len(word) >= 4 else plain
    if len(set(plain)) < 5 or len(plain) < SHORTEST_WITH_CODE // 2:
        return True
    return int(zxcvbn("".join(password.split())[:ESTIMATED], user_inputs=known)["score"]) < GUESSABLE
