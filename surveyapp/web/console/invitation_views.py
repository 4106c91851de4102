"""The addresses of rounds that were confirmed: the list of all, one round's progress, its messages, what stops it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp.catalogues import told
from surveyapp.errors import WrongState
from surveyapp.fieldwork import invitation_rounds
from surveyapp.fieldwork.recipients import Rule
from surveyapp.web import fragments
from surveyapp.web.accounts import SEES_CASES, actor, requires
from surveyapp.web.console.blueprint import blueprint
from surveyapp.web.console.frame import wave_frame
from surveyapp.web.console.invitation_forms import KindForm
from surveyapp.web.languages import current, translate
from surveyapp.web.sessions import reading_primary, services, writing


@blueprint.get("/<study>/<int:year>/invitations")
@requires(SEES_CASES)
def invitations(study: str, year: int) -> ResponseReturnValue:
    """The rounds of a wave and what came of each."""
    from surveyapp.web.console.invitation_page import rounds_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = rounds_page(database, frame)
    return render_template("console/invitations/page.html", wave=frame, page=page)


@blueprint.post("/<study>/<int:year>/invitations")
@requires(SEES_CASES)
def invitations_new(study: str, year: int) -> ResponseReturnValue:
    """Begin a round."""
    form = KindForm()
    here = url_for("console.invitations", study=study, year=year)
    if not form.validate():
        return redirect(here, 303)
    with writing() as database:
        frame = wave_frame(database, study, year)
        try:
            number = invitation_rounds.create(
                database,
                frame.instrument,
                form.kind.data,
                actor(),
                instruments=services().settings.instruments,
                rule=Rule(contact=form.contact.data),
            )
        except WrongState as refused:
            flash(told(refused, current()), "error")
            return redirect(here, 303)
    return redirect(url_for("console.invitations_text", study=study, year=year, number=number), 303)


@blueprint.get("/<study>/<int:year>/invitations/<int:number>")
@requires(SEES_CASES, takes=("_part", "version"))
def invitations_round(study: str, year: int, number: int) -> ResponseReturnValue:
    """How far a round is; a draft is led to its texts."""
    from surveyapp.web.console.invitation_page import round_page

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        page = round_page(database, frame, number)
    if page.round.is_draft:
        return redirect(url_for("console.invitations_text", study=study, year=year, number=number), 303)
    is_part = fragments.is_asked_for("progress")
    if is_part and request.args.get("version") == page.version:
        return Response(status=204)
    name = "console/invitations/_progress.html" if is_part else "console/invitations/round.html"
    return Response(render_template(name, wave=frame, page=page))


@blueprint.get("/<study>/<int:year>/invitations/<int:number>/messages")
@requires(SEES_CASES, takes=("state", "part"))
def invitations_messages(study: str, year: int, number: int) -> ResponseReturnValue:
    """What became of each message of a round."""
    from surveyapp.web.console.invitation_page import message_list

    with reading_primary() as database:
        frame = wave_frame(database, study, year)
        found = message_list(database, frame, number)
    return render_template("console/invitations/messages.html", wave=frame, list=found)


@blueprint.post("/<study>/<int:year>/invitations/<int:number>/<any(stop, 'go-on', without, drop, 'send-unsure'):step>")
@requires(SEES_CASES)
def invitations_act(study: str, year: int, number: int, step: str) -> ResponseReturnValue:
    """Stop a round, go on with it, delete a draft, or send again what may have gone."""
    acts: dict[str, tuple[Callable[..., object], str]] = {
        "stop": (invitation_rounds.stop, translate("The mailing is stopped; nothing more goes.")),
        "go-on": (invitation_rounds.go_on, translate("The mailing goes on.")),
        "without": (
            partial(invitation_rounds.go_on, without_refused=True),
            translate("The mailing goes on without them."),
        ),
        "drop": (invitation_rounds.drop, translate("The draft is deleted.")),
        "send-unsure": (invitation_rounds.send_unsure_again, translate("They are sent again.")),
    }
    act, said = acts[step]
    with writing() as database:
        wave_frame(database, study, year)  # there is one
        act(database, study, year, number, actor())
    flash(said, "success")
    where = "console.invitations" if step == "drop" else "console.invitations_round"
    number_of = {} if step == "drop" else {"number": number}
    return redirect(url_for(where, study=study, year=year, **number_of), 303)  # type: ignore[arg-type]
