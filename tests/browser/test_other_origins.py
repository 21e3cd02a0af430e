"""Another site's page in the same browser: it can neither speak nor read here.

It stands on another port of the same host, where a browser even sends our cookie along,
and on another host.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invite, Server
from tests.browser.people import Guest
from tests.browser.watch import canary

ATTEMPTS = """
async ([home, room]) => {
    const told = {};
    const attempt = async (name, work) => {
        try { told[name] = await work(); } catch (error) { told[name] = "refused"; }
    };
    const json = { "Content-Type": "application/json" };
    const body = JSON.stringify({ text: "from elsewhere", name: "from elsewhere" });
    const post = (path, more) => fetch(home + path, {
        method: "POST", body, credentials: "include", ...more,
    });
    const line = (path, protocol) => new Promise((done) => {
        const socket = new WebSocket(home.replace("http", "ws") + path, protocol);
        socket.onopen = () => done("open");
        socket.onclose = () => done("refused");
    });
    const part = (tag, field) => new Promise((done) => {
        const element = document.createElement(tag);
        element[field] = home + "/api/rooms";
        element.onload = () => done("loaded");
        element.onerror = () => done("refused");
        document.body.append(element);
    });
    const say = `/api/rooms/${room}/messages`;
    await attempt("socket", () => line("/ws", "chinwag.1"));
    await attempt("socket without protocol", () => line("/ws", []));
    for (const path of [say, "/api/rooms", "/api/forget", "/api/commands"]) {
        const status = async (more) => (await post(path, more)).status;
        await attempt(`${path} as JSON`, () => status({ headers: json }));
        const header = { ...json, "X-Chinwag": "1" };
        await attempt(`${path} with our header`, () => status({ headers: header }));
        await attempt(`${path} as text`, () => status({}));
        await post(path, { mode: "no-cors" }).catch(() => {});
    }
    const read = { credentials: "include" };
    const here = `/api/rooms/${room}`;
    for (const path of ["/api/rooms", here, `${here}/events`, "/", "/metrics"])
        await attempt(`read ${path}`,
            () => fetch(home + path, read).then((answer) => answer.text()));
    await attempt("stream", () => new Promise((done) => {
        const address = `${home}${here}/stream?after=0`;
        const stream = new EventSource(address, { withCredentials: true });
        stream.onmessage = ({ data }) => done(data);
        stream.onerror = () => { stream.close(); done("refused"); };
    }));
    await attempt("script", () => part("script", "src"));
    await attempt("picture", () => part("img", "src"));
    await attempt("style", () => {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = home + "/api/rooms";
        document.head.append(link);
        return new Promise((done) => {
            link.onload = () => done("loaded");
            link.onerror = () => done("refused");
        });
    });
    return told;
}
"""
FRAME = """
(address) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.src = address;
    frame.onload = () => {
        let inside = null;
        try { inside = frame.contentDocument; } catch { /* Not ours to read. */ }
        done(inside === null ? "nothing to read" : "can be read");
    };
    document.body.append(frame);
})
"""
OPEN = """
(address) => new Promise((done) => {
    const other = open(address);
    setTimeout(() => {
        let inside = "closed";
        try { inside = other.closed ? "closed" : other.document.title; }
        catch { /* Not ours to read. */ }
        done(inside);
    }, 1500);
})
"""
FORM = """
(address) => {
    const form = document.createElement("form");
    form.method = "POST";
    form.enctype = "text/plain";
    form.action = address;
    const field = document.createElement("input");
    field.name = '{"text":"from elsewhere","x":"';
    field.value = '"}';
    form.append(field);
    document.body.append(form);
    form.submit();
}
"""


@pytest.fixture
def ada(server: Server, invite: Invite) -> Guest:
    """Return Ada, who is somebody here and has said something."""
    ada = invite("Ada")
    ada.start_room(server.url, "Tuesday table")
    ada.say("A secret")
    ada.sees("A secret")
    return ada


def elsewhere(ada: Guest, address: str) -> Page:
    """Return a tab of Ada's browser that shows a page of another site."""
    page = ada.context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("host", ["localhost", "lan.test"])
def test_another_sites_page_can_neither_speak_nor_read_here(
    ada: Guest, server: Server, host: str
) -> None:
    room = ada.page.url.rpartition("/")[2]
    with canary() as other:
        address = other.address.replace("localhost", host)
        page = elsewhere(ada, address)
        told: dict[str, object] = page.evaluate(ATTEMPTS, [server.url, room])
        assert len(told) == 23
        assert {name: how for name, how in told.items() if how != "refused"} == {}
        room_page = f"{server.url}/room/{room}"
        assert page.evaluate(FRAME, room_page) == "nothing to read"
        assert not any(frame.url == room_page for frame in page.frames)
        assert page.evaluate(OPEN, room_page) == "closed"
        with page.expect_navigation():
            page.evaluate(FORM, f"{server.url}/api/rooms/{room}/messages")
        assert "another site" in page.content()
        page.close()
    # Nothing has changed: she is still Ada, with one room and one message.
    ada.page.reload()
    ada.sees("A secret")
    expect(ada.page.locator(".room-link")).to_have_count(1)


def test_our_own_page_can_do_all_of_it(ada: Guest) -> None:
    """What is refused above is refused for where it comes from."""
    told = ada.page.evaluate(
        """async () => {
            const socket = new WebSocket("/ws", "chinwag.1");
            const open = await new Promise((done) => {
                socket.onopen = () => done(true);
                socket.onclose = () => done(false);
            });
            const rooms = await (await fetch("/api/rooms")).json();
            return [open, rooms.rooms.length];
        }"""
    )
    assert told == [True, 1]
