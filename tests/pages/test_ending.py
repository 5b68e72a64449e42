"""The end of a server beside the doors: nobody who has come is sent away without an answer."""

from __future__ import annotations

import asyncio
import socket

from aiohttp import web

from pages.server import serve_bounded

SECONDS = 30.0


async def _hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


def _application() -> web.Application:
    application = web.Application()
    application.router.add_get("/", _hello)
    return application


async def test_who_came_before_the_end_is_answered() -> None:
    """Its request may still be on the way when the server is told to stop."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = await serve_bounded([listener], _application(), patience=SECONDS, most_connections=8)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not server._crowd.open:  # noqa: ASYNC110 - the server's own turn to accept
        await asyncio.sleep(0)
    ending = asyncio.create_task(server.drain(SECONDS))
    await asyncio.sleep(0.1)  # of the second that is given
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), SECONDS)
    assert answer.endswith(b"\r\n\r\nhello")
    writer.close()
    await ending


async def test_who_asks_nothing_is_not_waited_for() -> None:
    """Beyond the time that a request may take on its way."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = await serve_bounded([listener], _application(), patience=SECONDS, most_connections=8)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not server._crowd.open:  # noqa: ASYNC110 - the server's own turn to accept
        await asyncio.sleep(0)
    await server.drain(SECONDS)
    assert await reader.read() == b""
    writer.close()
