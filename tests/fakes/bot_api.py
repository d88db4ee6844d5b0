"""A Telegram Bot API server on loopback, over real HTTP, as strict as the real one.

    async with Server() as server:
        ann = server.user(7, "ann")
        await ann.say(ann.chat, "/points")       # the bot polls it at server.base_url + token
        answer = await ann.chat.next_message()   # its text as rendered, entities, buttons, photo
        await ann.press(answer, "Next")

What a bot did wrong is answered as the real server would, and kept in `refused`; parameters that
no method knows are kept in `unknown`.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Self

from aiohttp import web

from tests.fakes.bot_api_account import Account
from tests.fakes.bot_api_basics import Bell, Json, Refusal
from tests.fakes.bot_api_messages import Messages
from tests.fakes.bot_api_params import PARAMETERS, read_parameters, read_request
from tests.fakes.bot_api_updates import Updates
from tests.fakes.bot_api_world import Chat, Press, User, World

TOKEN = "123456789:AAtestTESTtestTESTtestTESTtestTEST0"
BOT_USERNAME = "fairpoints_test_bot"
Rule = Callable[[str, Json], Refusal | None]


class Server:
    """One bot's Telegram. Limits and failures are attributes that a test may set."""

    def __init__(self) -> None:
        self.bell = Bell()
        self.updates = Updates(self.bell)
        bot = User(123456789, BOT_USERNAME, None, self.updates.add, _nobody_presses, is_bot=True)
        self.world = World(bot, self.bell)
        self.world.users[bot.user_id] = bot
        self.account = Account(self.world)
        self.calls: list[tuple[str, Json]] = []
        """Every method called, with its parameters, refused or not."""
        self.refused: list[tuple[str, str]] = []
        self.unknown: list[str] = []
        self.rules: list[Rule] = []
        self.is_down = False
        """Whether every connection breaks before it is answered."""
        self.webhook: Json = {}
        """What setWebhook was given last, while a webhook is set."""
        self.base_url = ""
        self._methods = _methods(self.account, Messages(self.world))
        self._runner = web.AppRunner(
            self._app(), access_log=None, shutdown_timeout=1.0, handler_cancellation=True
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}/bot"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.updates.close()
        await self._runner.cleanup()

    def user(
        self, user_id: int, username: str | None = None, language_code: str | None = "en"
    ) -> User:
        """A person; the bot may write to them once they have written to it."""
        user = User(user_id, username, language_code, self.updates.add, self.world.press)
        user.chat = Chat(user_id, self.bell, person=user)
        self.world.users[user_id] = user
        self.world.chats[user_id] = user.chat
        return user

    def group(self, chat_id: int, title: str, **statuses: list[User]) -> Chat:
        """A supergroup with the bot in it, as in `group(-1, "Mods", administrator=[bo])`."""
        chat = Chat(chat_id, self.bell, title)
        chat.statuses[self.world.bot.user_id] = "member"
        for status, users in statuses.items():
            chat.statuses.update((user.user_id, status) for user in users)
        self.world.chats[chat_id] = chat
        return chat

    def inject(
        self, code: int, times: int = 1, method: str | None = None, retry_after: int = 1
    ) -> None:
        """Fails the next calls of a method (of any but getUpdates without one): 429 or 5xx."""
        left = [times]

        def rule(called: str, _: Json) -> Refusal | None:
            is_meant = called == method if method else called != "getUpdates"
            if not left[0] or not is_meant:
                return None
            left[0] -= 1
            if code == 429:
                return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after)
            return Refusal(code, HTTPStatus(code).phrase)

        self.rules.append(rule)

    def called(self, method: str) -> list[Json]:
        """The parameters of each call of a method so far."""
        return [given for name, given in self.calls if name == method]

    async def wait_for_call(self, method: str, times: int = 1) -> Json:
        """Waits until a method has been called so many times; the last call's parameters."""
        await self.bell.until(lambda: len(self.called(method)) >= times)
        return self.called(method)[times - 1]

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/files/{file_id}", self._download)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if self.is_down and request.transport is not None:
            request.transport.abort()
            return web.Response()
        try:
            result = await self._result(request, method)
        except Refusal as refusal:
            self.refused.append((method, refusal.description))
            self.bell.ring()
            return _failure(refusal)
        return web.json_response({"ok": True, "result": result})

    async def _result(self, request: web.Request, called: str) -> Any:
        _check_token(request.match_info["token"])
        method = next((name for name in PARAMETERS if name.lower() == called.lower()), None)
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        given, unknown = read_parameters(method, await read_request(request))
        self.unknown.extend(f"{method}: {name}" for name in unknown)
        self.calls.append((method, given))
        self.bell.ring()
        for rule in self.rules:
            if refusal := rule(method, given):
                raise refusal
        if method == "getUpdates":
            return await self._poll(given)
        if method.endswith(("Webhook", "WebhookInfo")):
            return self._webhook(method, given)
        return self._methods[method](given)

    async def _poll(self, given: Json) -> list[Json]:
        self.updates.allow(given.get("allowed_updates"))
        limit = min(max(given.get("limit", 100), 1), 100)
        return await self.updates.get(given.get("offset", 0), limit, given.get("timeout", 0))

    def _webhook(self, method: str, given: Json) -> Json | bool:
        if method == "getWebhookInfo":
            waiting = len(self.updates.pending)
            return {
                "url": self.updates.webhook_url,
                "has_custom_certificate": False,
                "pending_update_count": waiting,
            }
        self.updates.allow(given.get("allowed_updates"))
        self.updates.webhook_url = given.get("url", "")
        if self.updates.webhook_url and not self.updates.webhook_url.startswith("https://"):
            raise Refusal(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        self.webhook = given if self.updates.webhook_url else {}
        self.bell.ring()
        if given.get("drop_pending_updates"):
            self.updates.drop()
        return True

    async def _download(self, request: web.Request) -> web.Response:
        try:
            _check_token(request.match_info["token"])
            return web.Response(body=self.world.file(request.match_info["file_id"]))
        except Refusal as refusal:
            return _failure(refusal)


def _methods(account: Account, messages: Messages) -> dict[str, Callable[[Json], Any]]:
    return {
        "getMe": account.get_me,
        "setMyCommands": account.set_menu,
        "getMyCommands": account.get_menu,
        "deleteMyCommands": account.delete_menu,
        "sendMessage": messages.send_message,
        "sendPhoto": messages.send_photo,
        "sendDocument": messages.send_document,
        "editMessageText": messages.edit_text,
        "editMessageCaption": messages.edit_caption,
        "editMessageMedia": messages.edit_media,
        "editMessageReplyMarkup": messages.edit_buttons,
        "deleteMessage": messages.delete,
        "answerCallbackQuery": account.answer_press,
        "sendChatAction": messages.send_action,
        "getChat": account.get_chat,
        "getChatMember": account.get_member,
        "getChatAdministrators": account.get_administrators,
        "getFile": account.get_file,
    }


def _check_token(token: str) -> None:
    if token != TOKEN:
        bot_id, colon, secret = token.partition(":")
        if bot_id.isdigit() and colon and secret:
            raise Refusal(401, "Unauthorized")
        raise Refusal(404, "Not Found")


def _failure(refusal: Refusal) -> web.Response:
    shown: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.retry_after is not None:
        shown["parameters"] = {"retry_after": refusal.retry_after}
    if refusal.moved_to is not None:
        shown["parameters"] = {"migrate_to_chat_id": refusal.moved_to}
    return web.json_response(shown, status=refusal.code)


def _nobody_presses(*_: object) -> Press:
    raise AssertionError("a bot presses no buttons")
