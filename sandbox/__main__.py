"""``python -m sandbox``: tells whether this machine has a sandbox that holds."""

import json
import sys

from sandbox.status import status

if __name__ == "__main__":
    found = status()
    json.dump(found.as_dict(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    sys.exit(0 if found.available else 1)
