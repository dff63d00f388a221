"""The walls of the house, as far as import-linter cannot see them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from surveylab import registry

PACKAGE = Path(__file__).parent.parent / "surveylab"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
VAGUE = {"utils", "helpers", "common", "manager", "misc"}


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running ``code``."""
    probe = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("path", sorted((PACKAGE / "design").glob("*.py")), ids=lambda path: path.stem)
def test_design_is_standard_library_only(path: Path) -> None:
    """The grammar imports the standard library and itself, nothing else."""
    assert imported(path) <= set(sys.stdlib_module_names) | {"surveylab"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_stay_small_and_are_called_what_they_are(path: Path) -> None:
    """No module is over 500 lines, and none has a name that says nothing."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500
    assert path.stem.strip("_") not in VAGUE


def test_half_of_the_modules_are_under_200_lines() -> None:
    """Files stay small because concepts are separate."""
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES)
    assert sizes[len(sizes) // 2] < 200


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_plugin_meets_its_contract(kind: str) -> None:
    """What a folder's contract asks for, each of its files has."""
    assert registry.names(kind), f"there is no {kind} plug-in"
    for name in registry.names(kind):
        module = registry.load(kind, name)
        assert not registry.lacking(kind, module)
        assert (module.__doc__ or "").strip(), f"{kind}/{name} has no docstring"


def test_help_loads_neither_numpy_nor_pymc() -> None:
    """`surveylab --help` answers at once."""
    code = "from surveylab.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    assert not loaded_by(code) & {"numpy", "pymc", "pandas", "sqlalchemy", "flask", "pydantic", "svy", "polars"}


def test_the_web_process_never_loads_the_models() -> None:
    """Importing the web application brings neither PyMC nor ArviZ nor svy nor the analysis."""
    heavy = {"pymc", "arviz", "nutpie", "pandas", "svy", "polars", "surveylab.analysis", "surveylab.weighting"}
    assert not loaded_by("import surveylab.web") & heavy


def test_svy_is_loaded_when_something_is_estimated() -> None:
    """Weights are made, calibrated and trimmed without svy and its data frames."""
    assert not loaded_by("import surveylab.weighting") & {"svy", "polars"}


def test_python_contains_no_tags() -> None:
    """HTML stands in templates/ only."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert "</" not in node.value, f"{path.name}:{node.lineno}"
