"""``python -m sandbox``: print as JSON whether this machine has a working sandbox."""

import json
import sys

from sandbox.status import status

if __name__ == "__main__":
    result = status()
    json.dump(result.as_dict(), sys.stdout, indent=2)
    sys.stdout.write("\n")
    sys.exit(0 if result.available else 1)
