"""Who may do what in a room."""

from chinwag.domain.model import Link, Role
from chinwag.errors import Gone
from chinwag.ids import Millis

_LEADS = frozenset({Role.OWNER, Role.MODERATOR})
# Asked at every post: to look it up takes longer than to compare.
_READER = Role.READER


def may_write(role: Role) -> bool:
    """Tell whether this role may post, react and show that it is typing."""
    return role is not _READER


def may_moderate(role: Role) -> bool:
    """Tell whether this role may delete others' messages and end links."""
    return role in _LEADS


def may_name(role: Role) -> bool:
    """Tell whether this role may change the room's name and topic."""
    return role in _LEADS


def may_invite(role: Role) -> bool:
    """Tell whether this role may show the room's link to others."""
    return role is not _READER


def check_link(link: Link, now: Millis) -> None:
    """Refuse a link that expired, ended or was used up."""
    if link.ended:
        raise Gone("This link was replaced. Ask for the new one.")
    if link.expires_at is not None and link.expires_at <= now:
        raise Gone("This link has expired. Ask for a new one.")
    if link.uses_left is not None and link.uses_left <= 0:
        raise Gone("This link has been used up. Ask for a new one.")
