"""`python -m server.print_openapi`: prints the OpenAPI document, from which the canvas' types are generated."""

import json

from server.app import create_app
from server.settings import Settings


def main() -> None:
    """Print it with sorted keys, so that equal documents are equal texts; settings of this machine do not matter."""
    print(json.dumps(create_app(Settings.model_construct()).openapi(), indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
