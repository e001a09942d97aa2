"""The examples of the README and of the docstrings are right."""

import ast
import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import guerdon_client

README = (Path(__file__).parents[1] / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
MODULES = [module.name for module in pkgutil.iter_modules(guerdon_client.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    failed, _ = doctest.testmod(importlib.import_module(f"guerdon_client.{name}"))
    assert failed == 0


def test_there_are_examples():
    assert len(SNIPPETS) >= 8


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_names_of_this_package_in_the_readme_exist(number):
    tree = ast.parse(SNIPPETS[number])
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("guerdon_client"):
            module = importlib.import_module(node.module)
            assert all(hasattr(module, alias.name) for alias in node.names)
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("guerdon_client."):
            parts = ast.unparse(node).split(".")
            if len(parts) == 3:
                module = importlib.import_module(".".join(parts[:2]))
                assert hasattr(module, parts[2])


def test_the_first_example_runs(server, capsys):
    assert "Client(" in SNIPPETS[0]
    exec(SNIPPETS[0].replace("http://127.0.0.1:8765", server.url), {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "r0 1.0 0.5 {'correct': 1.0, 'format': 0.0} "
    assert second.startswith("r1 0.0 -0.5")
