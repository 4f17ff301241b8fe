"""Pushes a published folder to the hub, and says in plain words why that did not work."""

from pathlib import Path

from engine.errors import NodeError


def push(folder: Path, repo: str, *, private: bool, offline: bool) -> str:
    """Upload the folder's files as one commit of `repo`, which is made if it is not there; returns its address.

    Raises NodeError if the hub does not take it: no token, one that may not write, or no connection.
    """
    from huggingface_hub import HfApi

    if offline:
        raise NodeError(
            "The server is set to stay offline, so nothing is pushed.", remedy="Switch the setting `offline` off.",
            port="push_to", code="offline",
        )  # fmt: skip
    api = HfApi()
    try:
        url = str(api.create_repo(repo, private=private, exist_ok=True))
        api.upload_folder(
            repo_id=repo, folder_path=folder, commit_message="Published with Blockloom",
            allow_patterns=["*.py", "*.json", "*.md", "*LICEN[CS]E*", "*NOTICE*", "*COPYING*"],
        )  # fmt: skip
    except Exception as error:  # the hub client has no base class for what can go wrong on the way
        raise _refused(repo, error) from error
    return url


def _refused(repo: str, error: Exception) -> NodeError:
    from huggingface_hub import errors

    status = getattr(getattr(error, "response", None), "status_code", None)
    code, message = "push_failed", f"The hub did not take {repo!r}: {error}"
    remedy = "The folder is there; push it again later."
    if isinstance(error, errors.HFValidationError):
        message, remedy = f"{repo!r} is no repo id.", "Write it as org/name."
    elif status == 401 or isinstance(error, errors.LocalTokenNotFoundError):
        code, message = "no_token", f"The hub wants to know who pushes {repo!r}: there is no token, or it is not valid."
        remedy = "Set HF_TOKEN where Blockloom runs, or log in there with `hf auth login`, to a token that may write."
    elif status == 403:
        code, message = "no_access", f"The hub's token may not write {repo!r}."
        remedy = "Use a token that may write, and an organisation of yours."
    elif status is None:
        message, remedy = f"The hub can't be reached, so {repo!r} was not pushed.", "Check the network; push it again."
    return NodeError(message, remedy=remedy, port="push_to", code=code)
