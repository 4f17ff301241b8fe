"""Approvals: what they allow, that they last, and that nothing else counts as one."""

from pathlib import Path

import pytest

from engine.errors import NodeError
from nodes.diffusion.trust import ANY_COMMIT, FILE, Approvals, require_approval

FIRST, SECOND = "a" * 40, "b" * 40
FOLDER = "local" + "c" * 35


def test_an_approval_holds_for_one_commit_of_one_repo(tmp_path: Path) -> None:
    approvals = Approvals(tmp_path)
    made = approvals.approve("org/block", FIRST)
    assert approvals.all() == [made] and (made.repo, made.commit) == ("org/block", FIRST)
    cases = {("org/block", FIRST): True, ("org/block", SECOND): False, ("org/other", FIRST): False}
    assert {case: approvals.has(*case) for case in cases} == cases


def test_a_folder_approved_as_such_does_not_approve_the_hub_s_repo_of_that_name(tmp_path: Path) -> None:
    approvals = Approvals(tmp_path)
    approvals.approve("org/block", ANY_COMMIT)
    assert approvals.has("org/block", FOLDER) and not approvals.has("org/block", FIRST)


def test_approving_again_keeps_the_first_time(tmp_path: Path) -> None:
    approvals = Approvals(tmp_path)
    assert approvals.approve("org/block", FIRST) == approvals.approve("org/block", FIRST)
    assert len(approvals.all()) == 1


def test_revoking_takes_one_commit_or_all(tmp_path: Path) -> None:
    approvals = Approvals(tmp_path)
    for commit in (FIRST, SECOND, ANY_COMMIT):
        approvals.approve("org/block", commit)
    approvals.approve("org/other", FIRST)
    assert approvals.revoke("org/block", FIRST) == 1 and not approvals.has("org/block", FIRST)
    assert approvals.revoke("org/block") == 2 and approvals.revoke("org/block") == 0
    assert [approval.repo for approval in approvals.all()] == ["org/other"]


def test_another_process_sees_a_change_at_once(tmp_path: Path) -> None:
    server, worker = Approvals(tmp_path), Approvals(tmp_path)
    assert not worker.has("org/block", FIRST)
    server.approve("org/block", FIRST)
    assert worker.has("org/block", FIRST)
    server.revoke("org/block")
    assert not worker.has("org/block", FIRST) and Approvals(tmp_path).all() == []


@pytest.mark.parametrize("text", ["", "[]", '{"approvals": [{"repo": "org/block"}]}', '{"approvals": 7}'])
def test_a_damaged_file_approves_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert Approvals(tmp_path).all() == []


def test_code_needs_an_approval_and_the_setting(tmp_path: Path) -> None:
    approvals = Approvals(tmp_path)

    def refusal(*, remote_code: bool) -> str | None:
        try:
            require_approval(approvals, "org/block", FIRST, remote_code=remote_code)
        except NodeError as error:
            assert error.problems[0].port == "repo"
            return error.problems[0].code
        return None

    assert (refusal(remote_code=True), refusal(remote_code=False)) == ("needs_approval", "remote_code_off")
    approvals.approve("org/block", FIRST)
    assert (refusal(remote_code=True), refusal(remote_code=False)) == (None, "remote_code_off")
