"""The shape of coding.yaml: by which codes the open answers of one wave are coded."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from surveyapp.instrument.notation import (
    Answer,
    Code,
    FileModel,
    Identifier,
    Localised,
    Name,
    Refers,
    Remark,
    Slug,
    TableId,
    Title,
    Unique,
)


class FrameCodeEntry(FileModel):
    """One of ``codes`` of a frame; ``retired``: given to nothing any more, and kept where it was given."""

    code: Annotated[Code, Unique("code")]
    key: Annotated[Identifier, Unique("key")]
    label: Answer
    description: Remark | None = None
    retired: bool = False


class FrameSheetEntry(FileModel):
    """``sheet`` of a frame: the sheet of the report book with the coded answers; ``most``: so many, named most."""

    id: Annotated[TableId, Unique("table")]
    title: Title
    section: Slug
    most: Annotated[int | None, Field(ge=2, le=100)] = None


class FrameEntry(FileModel):
    """One of ``frames``."""

    of: Annotated[Name, Refers("open question"), Unique("coded question")]
    variable: Annotated[Name, Unique("coded variable")]
    label: Localised
    sheet: FrameSheetEntry | None = None
    codes: Annotated[list[FrameCodeEntry], Field(min_length=2)]


class CodingFile(FileModel):
    """<year>/coding.yaml."""

    frames: Annotated[list[FrameEntry], Field(min_length=1)]
