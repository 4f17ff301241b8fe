"""Settings: where they come from, and what is said of wrong ones."""

from pathlib import Path

import pytest

from engine.errors import BlockloomError
from server.settings import Settings, load_settings, misspelt_variables, require_token


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "blockloom.toml"
    path.write_text('port = 1111\ncpu_threads = 3\nupload_bytes = "5 MB"\nallowed_hosts = ["a", "b"]\n')
    return path


def test_flags_win_over_environment_over_file_over_defaults(config, monkeypatch):
    assert load_settings(config).port == 1111
    monkeypatch.setenv("BLOCKLOOM_PORT", "2222")
    monkeypatch.setenv("BLOCKLOOM_ALLOWED_HOSTS", "c, d")
    settings = load_settings(config, port=None)
    assert (settings.port, settings.cpu_threads, settings.host) == (2222, 3, "127.0.0.1")
    assert (settings.allowed_hosts, settings.upload_bytes) == (["c", "d"], 5_000_000)
    assert load_settings(config, port=3333).port == 3333


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port = 99999", "'port'"),
        ("prot = 1", "no setting 'prot'"),
        ("port = ", "not valid TOML"),
        ('upload_bytes = "many"', "upload_bytes"),
        ('log_level = "loud"', "log_level"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(config, text, words):
    config.write_text(text)
    with pytest.raises(BlockloomError, match=words):
        load_settings(config)


def test_a_settings_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(BlockloomError, match="does not exist"):
        load_settings(tmp_path / "none.toml")


def test_a_variable_that_sets_nothing_is_told_with_the_one_that_was_meant():
    told = misspelt_variables({"BLOCKLOOM_PROT": "1", "blockloom_port": "1", "BLOCKLOOM_CHROMIUM": "x", "PATH": "x"})
    assert told == {"BLOCKLOOM_PROT": "BLOCKLOOM_PORT"}


def test_folders_lie_below_the_data_folder_unless_set(tmp_path):
    settings = Settings(data=tmp_path, output=tmp_path / "elsewhere")
    found = settings.engine_config()
    assert (found.input_dir, found.output_dir) == (tmp_path / "input", tmp_path / "elsewhere")
    assert found.settings == {
        "models": str(tmp_path / "models"), "blocks": str(tmp_path / "blocks"),
        "offline": False, "remote_code": True, "pickles": False,
    }  # fmt: skip
    assert {type(found.results_disk), type(found.results_memory), type(found.artifacts_disk)} == {int}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_s_addresses_need_no_token(host):
    require_token(Settings(host=host))


def test_every_setting_is_described_and_stands_in_the_readme(root):
    readme = (root / "server" / "README.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{name}` | {field.description.replace('|', '/')} |" in readme, name
