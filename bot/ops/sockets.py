"""A port to listen on, for the health page and the webhook."""

import socket

from forecasting.errors import SettingsError


def listening_socket(setting: str, port: int) -> socket.socket:
    """A socket that listens on a port of every network that this machine is in.

    Raises:
        SettingsError: the port is taken; names the setting that chose it.
    """
    try:
        listening = socket.create_server(("", port))
    except OSError:
        what = f"{setting}: port {port} is in use."
        raise SettingsError(what, "Set another one.") from None
    listening.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listening
