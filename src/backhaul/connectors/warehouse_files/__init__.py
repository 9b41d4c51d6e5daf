"""A warehouse that speaks in files, in a folder or over SFTP: what should arrive is written, what arrived is read."""

from backhaul.connectors.warehouse_files.announcing import Exchange, announce, connect, find_announcement
from backhaul.connectors.warehouse_files.inbox import EVERY, poll_inbox
from backhaul.connectors.warehouse_files.reader import KIND, read_file
from backhaul.connectors.warehouse_files.settings import FilesSettings
from backhaul.domain.effects import AnnounceReturn
from backhaul.sdk.connector import Connector, Performs, Polls, Reads


def _check(exchange: Exchange) -> tuple[str, ...]:
    """The folders are there and can be listed. Raises a WireError for the first that cannot."""
    settings = exchange.settings
    for folder in (settings.announce_folder, settings.inbox_folder, settings.inbox_folder and settings.archive_folder):
        if folder:
            exchange.drive.look(folder)
    return ()


connector = Connector(
    name="warehouse-files",
    settings=FilesSettings,
    reads=(Reads(KIND, read_file),),
    performs=(
        Performs(
            AnnounceReturn,
            find_announcement,
            announce,
            key_field="the file's name, and message_id in each row",
            offered=FilesSettings.announces,
        ),
    ),
    polls=(Polls("inbox", EVERY, poll_inbox),),
    connect=connect,
    address=lambda _settings: "",
    check=_check,
    concurrency=lambda _settings: 1,
)
