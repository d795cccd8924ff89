"""How the loopback Yahoo misbehaves: each fault answers one request in its own bad way."""

from tests.integration.prices.loopback_yahoo import Fault, Handler


def status(code: int, body: object = None, **headers: str) -> Fault:
    """Answer with a status and a JSON body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send_json(code, body if body is not None else {"message": "no"}, named)


def page(code: int, text: str) -> Fault:
    """Answer with a page."""
    return lambda handler: handler.send_body(code, "text/html", text.encode())


def hang(handler: Handler) -> None:
    """Say nothing until the server closes."""
    handler.close_connection = True
    handler.server.closing.wait(30)


def drop(handler: Handler) -> None:
    """Hang up without a word."""
    handler.close_connection = True


def drop_in_mid_body(handler: Handler) -> None:
    """Promise a long answer and hang up after its first words."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"chart": {"result": [')
    handler.close_connection = True
