"""User-defined criteria, checked by the real checking process."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnnpruner.service.plans.plugins import Plugins, check_criterion_sources
from cnnpruner.worker.criteria_check import check_criterion_files

GOOD = """
from cnnpruner.engine.criteria import BooleanOption, FilterCriterion

print("what a user's file prints does no harm")

class Own(FilterCriterion):
    name, title, help, keep = "{name}", "Own", "Sum of weights.", "high"
    options = (BooleanOption(name="squared", title="Squared", help="Squares.", default=False),)

    def filter_values(self, weight):
        return (weight ** 2 if self.settings["squared"] else weight).sum(1)
"""
NAN = GOOD.replace("(weight ** 2", "(weight.log()")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a_good.py").write_text(GOOD.format(name="own"))
    (tmp_path / "b_missing.py").write_text("\nimport nowhere_to_be_found\n")
    (tmp_path / "c_exits.py").write_text("import os\nos._exit(7)\n")
    (tmp_path / "d_nan.py").write_text(NAN.format(name="nan_here"))
    (tmp_path / "e_taken.py").write_text(GOOD.format(name="taylor"))
    (tmp_path / "f_twice.py").write_text(GOOD.format(name="own"))
    (tmp_path / "g_syntax.py").write_text("class Own(:\n")
    (tmp_path / "_left_out.py").write_text("raise SystemExit\n")
    return tmp_path


def test_valid_criteria_are_described_and_broken_ones_skipped_with_the_reason(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        result = Plugins(folder).user_defined_criteria()
    assert [(info.name, info.source) for info in result if info.error is None] == [("own", "a_good.py")]
    assert [option.name for option in result[0].options] == ["squared"] and len(result[0].version) == 8
    reasons = {info.source: info.error for info in result if info.error is not None}
    expected = {
        "b_missing.py": "ModuleNotFoundError: No module named 'nowhere_to_be_found' (line 2)",
        "c_exits.py": "exit status 7",
        "d_nan.py": "With the option squared = True: Criterion nan_here returns values that are not finite",
        "e_taken.py": "'taylor' is taken",
        "f_twice.py": "already used by a criterion from a_good.py",
        "g_syntax.py": "SyntaxError",
    }
    assert reasons.keys() == expected.keys()
    for source, expected_part in expected.items():
        assert expected_part in (reasons[source] or "")
        assert any(source in record.message and "skipped" in record.message for record in caplog.records)


def test_a_file_that_never_ends_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a_loop.py").write_text("while True:\n    pass\n")
    result = check_criterion_sources(tmp_path, timeout_s=6)
    assert [(info.name, "longer than 6 s" in (info.error or "")) for info in result] == [("a_loop", True)]


def test_the_server_imports_no_torch_and_runs_no_user_code(folder: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from cnnpruner.service.plans.plugins import Plugins
print(len(Plugins(Path({str(folder)!r})).user_defined_criteria()))
print(*[name for name in sys.modules if name == "torch" or name.startswith("cnnpruner_criteria")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    result, *imported = done.stdout.split()
    assert result == "7"
    assert imported == []


def test_a_file_can_be_checked_from_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_criterion_files([folder / "a_good.py"]) == 0
    assert check_criterion_files([folder / "a_good.py", folder / "b_missing.py"]) == 1
    output = capsys.readouterr().out
    assert "own meets all requirements" in output and "ModuleNotFoundError" in output
