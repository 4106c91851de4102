"""Staff accounts: the tables Flask-Security asks for, and the few questions put to them.

Storage knows the columns; what an account can *do* (sign in, verify a password, hold a second factor) is
Flask-Security's, and is mapped onto the same tables where the web begins::

    class Role(RoleMixin): ...
    class User(UserMixin): ...
    class WebAuthn(WebAuthnMixin): ...

    accounts = registry(metadata=SQLModel.metadata)
    accounts.map_imperatively(Role, RoleRow.__table__)
    accounts.map_imperatively(WebAuthn, WebAuthnRow.__table__)
    accounts.map_imperatively(User, UserRow.__table__, properties={
        "roles": relationship(Role, secondary=UserRoleRow.__table__, lazy="selectin"),
        "webauthn": relationship(WebAuthn, cascade="all, delete-orphan")})
    # Flask-Security takes a used recovery code out of the list in place.
    MutableList.associate_with_attribute(User.mf_recovery_codes)

No address from which somebody signed in is kept. This module goes without ``from __future__
import annotations``, as `tables` does.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, select
from sqlmodel import Field, Session, SQLModel, col

from surveyapp import clock
from surveyapp.errors import NotFound, WrongState
from surveyapp.storage.column_types import STRICT, Json, Moment
from surveyapp.storage.keys import new_secret

ROLES = {
    "viewer": "Sees the fieldwork and the published figures.",
    "editor": "Also makes the report book.",
    "researcher": "Also runs the fieldwork and exports the data.",
    "admin": "Also manages accounts.",
}
"""Every role, from least to most, with what it may do."""

_STRICT = {"sqlite_strict": True}


class RoleRow(SQLModel, table=True):
    """A role an account can hold."""

    __tablename__ = "account_role"
    __table_args__ = (_STRICT,)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    name: str = Field(sa_column=Column(String(80), nullable=False, unique=True))
    description: str | None = Field(default=None, sa_column=Column(String(255)))
    permissions: list[str] | None = Field(default=None, sa_column=Column(Json))


class UserRow(SQLModel, table=True):
    """Somebody of the team who can sign in."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="ck_account_email"),
        CheckConstraint("language IN ('nl', 'en')", name="ck_account_language"),
        _STRICT,
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    email: str = Field(sa_column=Column(String(254), nullable=False, unique=True))
    username: str | None = Field(default=None, sa_column=Column(String(255), unique=True))
    password: str | None = Field(default=None, sa_column=Column(String(255)))
    active: bool = Field(default=True, nullable=False)
    language: str = Field(default="nl", sa_column=Column(String(8), nullable=False, server_default="nl"))
    fs_uniquifier: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    fs_token_uniquifier: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    fs_webauthn_user_handle: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Moment))
    tf_primary_method: str | None = Field(default=None, sa_column=Column(String(64)))
    tf_totp_secret: str | None = Field(default=None, sa_column=Column(String(255)))
    tf_phone_number: str | None = Field(default=None, sa_column=Column(String(128)))
    mf_recovery_codes: list[str] | None = Field(default=None, sa_column=Column(Json))
    us_totp_secrets: str | None = Field(default=None, sa_column=Column(String(2000)))
    us_phone_number: str | None = Field(default=None, sa_column=Column(String(128), unique=True))
    create_datetime: datetime = Field(
        default_factory=clock.now, sa_column=Column(Moment, nullable=False, default=clock.now)
    )
    update_datetime: datetime = Field(
        default_factory=clock.now,
        sa_column=Column(Moment, nullable=False, default=clock.now, onupdate=clock.now),
    )


class UserRoleRow(SQLModel, table=True):
    """Which account holds which role."""

    __tablename__ = "account_roles"
    __table_args__ = (STRICT,)
    user_id: int = Field(sa_column=Column(Integer, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True))
    role_id: int = Field(sa_column=Column(Integer, ForeignKey("account_role.id", ondelete="CASCADE"), primary_key=True))


class WebAuthnRow(SQLModel, table=True):
    """A passkey or security key of an account."""

    __tablename__ = "account_webauthn"
    __table_args__ = (_STRICT,)
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True))
    user_id: int = Field(
        sa_column=Column(Integer, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    name: str = Field(sa_column=Column(String(64), nullable=False))
    credential_id: bytes = Field(sa_column=Column(LargeBinary(1024), nullable=False, unique=True))
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int | None = Field(default=0, sa_column=Column(Integer))
    transports: list[str] | None = Field(default=None, sa_column=Column(Json))
    backup_state: bool = Field(nullable=False)
    device_type: str = Field(sa_column=Column(String(64), nullable=False))
    extensions: str | None = Field(default=None, sa_column=Column(String(255)))
    usage: str = Field(sa_column=Column(String(64), nullable=False))
    create_datetime: datetime = Field(
        default_factory=clock.now, sa_column=Column(Moment, nullable=False, default=clock.now)
    )
    lastuse_datetime: datetime = Field(sa_column=Column(Moment, nullable=False))


def ensure_roles(session: Session) -> dict[str, int]:
    """Make the roles that are missing; the number of each by name."""
    found = {row.name: row for row in session.scalars(select(RoleRow))}
    for name, description in ROLES.items():
        if name not in found:
            found[name] = RoleRow(name=name, description=description)
            session.add(found[name])
    session.flush()
    return {name: row.id for name, row in found.items() if row.id is not None}


def has_users(session: Session) -> bool:
    """Whether there is an account at all."""
    return session.scalar(select(UserRow).limit(1)) is not None


def user_by_email(session: Session, email: str) -> UserRow | None:
    """The account with this address, spelled in any case."""
    return session.scalar(select(UserRow).where(col(UserRow.email) == email.strip().lower()))


def user_by_id(session: Session, number: int) -> UserRow | None:
    """The account with this number."""
    return session.get(UserRow, number)


def add_user(session: Session, email: str, password_hash: str | None, role: str, language: str = "nl") -> UserRow:
    """Make an account that can sign in.

    Parameters
    ----------
    password_hash : as Flask-Security's ``hash_password`` gives it, never the password itself; None: none was chosen

    Raises
    ------
    NotFound       there is no such role
    WrongState     there is an account with this address already
    """
    if role not in ROLES:
        raise NotFound("There is no role %(role)s; choose one of %(names)s.", role=role, names=", ".join(ROLES))
    if user_by_email(session, email) is not None:
        raise WrongState("There is an account for %(email)s already.", email=email)
    role_id = ensure_roles(session)[role]
    user = UserRow(email=email.strip().lower(), password=password_hash, fs_uniquifier=new_secret(), language=language)
    session.add(user)
    session.flush()
    session.add(UserRoleRow(user_id=user.id or 0, role_id=role_id))
    session.flush()
    return user


def roles_of(session: Session, user_id: int) -> tuple[str, ...]:
    """The roles an account holds, from least to most."""
    held = session.scalars(
        select(col(RoleRow.name))
        .join(UserRoleRow, col(UserRoleRow.role_id) == col(RoleRow.id))
        .where(col(UserRoleRow.user_id) == user_id)
    ).all()
    return tuple(role for role in ROLES if role in held)
