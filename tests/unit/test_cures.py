"""What bowout tells a person to type can be typed as it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

SOURCE = Path(__file__).resolve().parents[2] / "src" / "bowout"


def said(tree: ast.AST) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


def test_no_cure_leaves_a_blank_where_a_name_was_typed() -> None:
    blanks = {
        f"{path.name}: {text}"
        for path in SOURCE.rglob("*.py")
        for text in said(ast.parse(path.read_text(encoding="utf-8")))
        if re.search(r"bowout [a-z-]+ WHO|--thread ID\b(?!, or)(?!\.)", text)
    }
    assert blanks == set()


def test_nothing_that_is_said_points_to_a_page_that_the_wheel_lacks() -> None:
    pages = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        help_texts = (ast.get_docstring(node) or "" for node in ast.walk(tree) if is_command(node))
        pages |= {f"{path.name}: {text}" for text in (*said(tree), *help_texts) if "docs/" in text}
    assert pages == set()


def is_command(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """Tell whether a function's docstring is the help of a command."""
    return isinstance(node, ast.FunctionDef) and any(
        "click." in ast.unparse(one) for one in node.decorator_list
    )
