"""`python -m bifbridge` is the command `bifbridge`."""

from bifbridge.cli import main

if __name__ == "__main__":
    main()
