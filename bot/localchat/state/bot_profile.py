"""The bot's command menus, name and descriptions."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the command menu."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Who sees a command menu (Bot API, BotCommandScope); ids are 0 where the kind has none."""

    kind: str = "default"
    chat_id: int = 0
    user_id: int = 0


@dataclass(slots=True)
class BotProfile:
    """Menus by scope and language (two letters, or empty for all), and texts by field and language."""

    menus: dict[tuple[Scope, str], tuple[Command, ...]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def menu_for(self, chat_id: int, user_id: int, language: str, *, is_admin: bool) -> tuple[Command, ...]:
        """Return the menu that one user sees in one chat: that of the narrowest scope that has one, as on Telegram."""
        scopes = [Scope("chat_member", chat_id, user_id)]
        scopes += [Scope("chat_administrators", chat_id)] if is_admin else []
        scopes += [Scope("chat", chat_id)]
        scopes += [Scope("all_chat_administrators")] if is_admin else []
        scopes += [Scope("all_private_chats" if chat_id > 0 else "all_group_chats"), Scope()]
        for scope in scopes:
            for code in (language, ""):
                if commands := self.menus.get((scope, code)):
                    return commands
        return ()

    def text(self, name: str, language: str = "") -> str:
        """Return one of the bot's texts in a language, or the one for all languages."""
        return self.texts.get((name, language)) or self.texts.get((name, ""), "")
