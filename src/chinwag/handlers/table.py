"""Which function decides which command."""

from collections.abc import Callable
from typing import Any

from chinwag.handlers import history, messages, opening, people, rooms
from chinwag.handlers.call import Call, Later
from chinwag.protocol import commands
from chinwag.protocol.commands import (
    Command,
)
from chinwag.protocol.results import (
    Result,
)

# Each handler takes its own command; the key says which, and no type can.
Handler = Callable[[Call, Any], Result | Later]

HANDLERS: dict[type[Command], Handler] = {
    commands.Hello: people.hello,
    commands.AskMe: people.me,
    commands.StartRoom: rooms.start_room,
    commands.ShowLink: rooms.show_link,
    commands.LookAtLink: rooms.look_at_link,
    commands.JoinRoom: rooms.join_room,
    commands.OpenRoom: opening.open_room,
    commands.CloseRoom: opening.close_room,
    commands.LeaveRoom: rooms.leave_room,
    commands.AskHistory: history.history,
    commands.PostMessage: messages.post_message,
    commands.EditMessage: messages.edit_message,
    commands.DeleteMessage: messages.delete_message,
    commands.React: messages.react,
    commands.MarkRead: messages.mark_read,
    commands.SetTyping: messages.set_typing,
    commands.RenameMe: people.rename_me,
    commands.RenameRoom: rooms.rename_room,
    commands.SetTopic: rooms.set_topic,
    commands.Ping: people.ping,
}
