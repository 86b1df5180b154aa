"""``python -m lumos.cli``."""

from lumos.cli.main import main

if __name__ == "__main__":
    main()
