"""Every error this product raises on purpose, in one tree.

    SurveyError
    ├── DefinitionError        a study, questionnaire or mapping file cannot be used; names the place
    ├── ConditionError         an expression cannot be read or does not fit the codebook
    ├── NotFound               no such study, wave, page, variable, case
    ├── WrongState             the thing exists, but not in a state in which this may be done
    ├── AnswersRefused         a form holds what was never asked (unknown field, other role's question)
    ├── ImportRefused          a data file cannot be taken in; names row and column; nothing was written
    │   └── DefinitionRefused  a definition or its texts that were sent in by a form; names what is wrong with them
    ├── ListRefused            a list of contacts cannot be read, or is not what was confirmed; nothing was written
    ├── FileBusy               another file is being read just now; send it again in a moment
    ├── TextRefused            a text of a round of invitations cannot be sent as it is
    ├── StorageError
    │   ├── StorageBusy        the database is locked or full; try again
    │   └── UnsafeDatabase     the database's settings would lose acknowledged answers
    ├── ConfigurationError     a setting is missing or unsafe
    ├── MailNotSent            a mail did not go: the server is away, or refused it
    ├── MailNotRead            a mailbox cannot be reached or read
    ├── AnalysisError
    │   ├── NotEnoughData      a figure is asked of no cases
    │   ├── WeightsRefused     cases cannot be weighted as asked; names background and category
    │   ├── DesignRefused      weights, strata or clusters with which there is no estimate; names the case or stratum
    │   ├── UnfitData          a figure does not exist for these numbers: one is constant, or made of others
    │   └── BadQuery           a table asks for a variable, filter or banner that cannot be used
    │       └── NotReleased    it asks for people that only who may see cases can ask for
    └── ExportError            a book or file cannot be made as asked

Each message is one sentence that says which thing and what to do. It is written once, in English, with blanks that have
names: ``NotFound("There is no role %(role)s.", role=name)``. That text is what the command line and the log print, and
its id in the catalogue ``errors``, from which ``surveyapp.catalogues.told`` says it in the reader's language at the
edge of the house; a test walks every place that raises one. Nothing here knows HTTP: the status belongs to
``surveyapp.web.error_pages``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class Word(str):
    """A value in a message that is itself a word of the catalogue, such as the state of a wave."""

    __slots__ = ()


class Listed(tuple[object, ...]):
    """A value in a message that is all of several: said one behind the other, with a comma between."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """A value in a message that is a number with what it counts: both forms are one plural of the catalogue."""

    number: int
    one: str
    many: str

    def __str__(self) -> str:
        return f"{self.number} {self.one if self.number == 1 else self.many}"


class Message:
    """A text with blanks that is no error: what a check found, or a part of a sentence.

    Parameters
    ----------
    text, values : as `SurveyError`
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return _filled(self.text, self.values)


class SurveyError(Exception):
    """Base of the tree; its message is fit to be shown to staff.

    Parameters
    ----------
    text :   the sentence in English, with blanks such as ``%(name)s``
    values : what stands in the blanks: plain, a :class:`Word`, something :class:`Counted`, another error or
             :class:`Message`, a text by language, what is :class:`Listed`, or a tuple of what it may be
    """

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = values
        super().__init__(_filled(text, values))


def _filled(text: str, values: Mapping[str, object]) -> str:
    """The sentence in English, whole."""
    if not values:
        return text
    return text % {name: _in_english(value) for name, value in values.items()}


def _in_english(value: object) -> object:
    match value:
        case Mapping():
            return value.get("en", "")
        case Listed():
            return ", ".join(map(str, value))
        case tuple():
            return " or ".join(map(str, value))
        case _:
            return value


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """The same without the folders above the study's."""
        parts = self.file.split("/")
        name = "/".join(parts[-2:]) if len(parts) > 1 and parts[-2].isdecimal() else parts[-1]
        return f"{name}:{self.line}"


class DefinitionError(SurveyError):
    """A definition cannot be used.

    Parameters
    ----------
    message : what is wrong and what to do, one sentence
    place :   where it stands, when known
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place


class ConditionError(SurveyError):
    """An expression cannot be read, or compares what cannot be compared.

    ``offset`` is the position in the expression, counting from 0.
    """

    def __init__(self, message: str, offset: int = 0, /, **values: object) -> None:
        super().__init__(message, **values)
        self.message = str(self)
        self.offset = offset


class NotFound(SurveyError):
    """There is no such thing.

    What takes the name of a wave, a role, a page or an account raises this for one that does not exist, and does not
    say so again.
    """


class WrongState(SurveyError):
    """The thing is not in a state in which this may be done."""


class AnswersRefused(SurveyError):
    """A form holds what was never asked; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault of a data file: row (as a spreadsheet counts: 1 is the header), column name, and what is wrong."""

    row: int | None
    column: str | None
    message: str
    said: Message | None = None  # the same, to be told in another language


class ImportRefused(SurveyError):
    """A data file cannot be taken in; nothing was written."""

    def __init__(self, message: str, faults: tuple[RowFault, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class DefinitionRefused(ImportRefused):
    """A definition or its texts that were sent in cannot be taken; nothing was written.

    Parameters
    ----------
    text, values : as `SurveyError`
    faults :       what is wrong with it, one by one
    """

    def __init__(self, text: str, faults: tuple[RowFault, ...] = (), /, **values: object) -> None:
        SurveyError.__init__(self, text, **values)
        self.faults = faults


class ListRefused(SurveyError):
    """A list of contacts that was sent in by a form cannot be read, or changed since it was looked at."""


class FileBusy(SurveyError):
    """Another file is being read just now, so this one was not; the same file may be sent again in a moment."""


class TextRefused(SurveyError):
    """A text of a round of invitations cannot be sent as it is; the message names what is missing or too much."""


class StorageError(SurveyError):
    """The database cannot do what was asked."""


class StorageBusy(StorageError):
    """The database is locked, full or away; the same request may succeed later. Whatever asks it may raise this.

    Parameters
    ----------
    text, values : as `SurveyError`
    cause :        why, in one of the words of `CAUSES`; it goes into the log
    """

    CAUSES = ("locked", "disk full", "read only", "starting or stopping", "connections used up", "unreachable")
    SERIOUS = frozenset({"disk full", "read only", "unreachable"})
    """Where somebody must come and mend it; the other causes pass by themselves."""

    def __init__(self, text: str, cause: str = "locked", /, **values: object) -> None:
        super().__init__(text, **values)
        self.cause = cause


class UnsafeDatabase(StorageError):
    """The database's settings would lose acknowledged answers; whatever opens it may raise this."""


class ConfigurationError(SurveyError):
    """A setting is missing or unsafe."""


class MailNotSent(SurveyError):
    """A mail did not go.

    The message never holds an address or what the mail server said, which often repeats one.

    Parameters
    ----------
    message :   what happened, fit for the log
    is_final :  this mail will not go later either
    is_server : it is the server's doing (away, sign-in refused): other mails will not go now either
    is_unsure : the server had the whole of it and never said whether it takes it
    """

    def __init__(
        self, message: str, *, is_final: bool = False, is_server: bool = False, is_unsure: bool = False
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.is_server = is_server
        self.is_unsure = is_unsure


class MailNotRead(SurveyError):
    """The mailbox for returned mail cannot be reached or read; the message never holds what a server said."""


class AnalysisError(SurveyError):
    """A figure cannot be computed."""


class UnfitData(AnalysisError):
    """A figure does not exist for these numbers; the message names the one that stands in its way."""


class NotEnoughData(AnalysisError):
    """A figure is asked of no cases."""


class WeightsRefused(AnalysisError):
    """Cases cannot be weighted as asked; the message names the background and its category."""


class DesignRefused(AnalysisError, ValueError):
    """Weights, strata, clusters or a population with which there is no estimate, or no error of it.

    A ``ValueError`` besides, as whoever calls the statistics from a notebook expects of an array that does not fit.
    """


class BadQuery(AnalysisError):
    """A table asks for something that cannot be used; ``nearest`` are names that can."""

    def __init__(self, message: str, nearest: tuple[str, ...] = (), /, **values: object) -> None:
        super().__init__(message, **values)
        self.nearest = nearest


class NotReleased(BadQuery):
    """A question for people whose figures were not released to everyone; ``nearest`` are those that were."""


class ExportError(SurveyError):
    """A book or file cannot be made as asked."""
