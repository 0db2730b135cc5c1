"""Train the table by which bowout reads what a mail says (src/bowout/read/stage_table.bin).

    uv run --with numpy --with scikit-learn --with nh3 --with publicsuffixlist python training/stage.py

The mails are those of tests/data/mailbank: short ones, and those of each thread of threads.jsonl and the
banks in MORE (h, kb, kc and nb are kept apart). Everything in them is invented. Each file has one author.
Authors are left out in turn, so that their mails are judged by a table that never saw a word of theirs: from
these judgements come the calibration and the figures. The shipped table is then trained on all. Features
and notions are the program's own (bowout.read.features).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "benchmarks")]

from bank_mails import EARLIER, OVER, Mail, mails_of  # noqa: E402  (benchmarks/bank_mails.py)
from bowout.read.features import features, keys  # noqa: E402

BANK = ROOT / "tests" / "data" / "mailbank"
MORE = ("f", "g", "p", "ta", "tb", "tc", "td", "te", "ka", "ea")  # threads, beside threads.jsonl
TABLE = ROOT / "src" / "bowout" / "read" / "stage_table.bin"
SCALE = 5.0
HEADS = ("over", "own", "stage", "mine")
PLAIN = ("over", "own")  # questions with two answers
STRENGTH = 3.0
KEPT = 24_000  # features of the table; the ones that say most
FOLDS = 6
LEVELS = 31  # steps of a weight to each side of nought


@dataclass
class Head:
    """One question: its classes, weights (rows by classes) and the constant of each class."""

    classes: list[str]
    weights: np.ndarray
    constants: np.ndarray
    step: float = 0.0

    def coarsen(self) -> None:
        """Round the weights to a few steps, so that the table is small; judged as it is shipped."""
        self.step = float(np.quantile(np.abs(self.weights), 0.9995)) / LEVELS
        self.weights = np.clip(np.round(self.weights / self.step), -LEVELS, LEVELS) * self.step


def told(mails: list[Mail]) -> list[frozenset[int]]:
    return [keys(features(mail.text, mail.subject)) for mail in mails]


def matrix(found: list[frozenset[int]], vocabulary: dict[int, int]) -> csr_matrix:
    """Lay out the known features of each mail, all together of the same length."""
    places, values = [], []
    for number, here in enumerate(found):
        known = [vocabulary[key] for key in here if key in vocabulary]
        places += [(number, place) for place in known]
        values += [SCALE / max(len(known), 1) ** 0.5] * len(known)
    where = np.array(places)
    return csr_matrix((values, (where[:, 0], where[:, 1])), shape=(len(found), len(vocabulary)))


def vocabulary_of(
    found: list[frozenset[int]], answers: dict[str, tuple[list[int], np.ndarray]]
) -> dict[int, int]:
    """Choose the features: met at least twice, and of these the ones with the most weight in any question."""
    count = Counter(key for here in found for key in here)
    often = {key: place for place, key in enumerate(sorted(k for k, n in count.items() if n > 1))}
    worth = np.zeros(len(often))
    for name, (rows, answer) in answers.items():
        x = matrix([found[row] for row in rows], often)
        weights = np.abs(fit(x, answer, plain=name in PLAIN).weights).max(1)
        worth += weights / weights.max() * np.sqrt(np.asarray((x > 0).sum(0)).ravel())
    best = np.argsort(-worth)[:KEPT]
    by_place = {place: key for key, place in often.items()}
    return {key: place for place, key in enumerate(sorted(by_place[place] for place in best))}


@dataclass
class Table:
    """What is shipped: the features, and each head."""

    vocabulary: dict[int, int]
    heads: dict[str, Head]


def train(mails: list[Mail]) -> Table:
    found = told(mails)
    answers = {name: question(name, mails) for name in HEADS}
    vocabulary = vocabulary_of(found, answers)
    heads = {}
    for name, (rows, answer) in answers.items():
        heads[name] = fit(matrix([found[r] for r in rows], vocabulary), answer, plain=name in PLAIN)
        heads[name].coarsen()
    return Table(vocabulary, heads)


def fit(x: csr_matrix, y: np.ndarray, *, plain: bool = False) -> Head:
    """Fit one head; two classes get one column, for the second of them."""
    solver = {"solver": "liblinear", "class_weight": "balanced"} if plain else {"max_iter": 300}
    model = LogisticRegression(C=STRENGTH, **solver).fit(x, y)
    return Head([str(c) for c in model.classes_], model.coef_.T, model.intercept_)


def scores(head: Head, x: csr_matrix) -> np.ndarray:
    return np.asarray(x @ head.weights + head.constants)


def question(name: str, mails: list[Mail]) -> tuple[list[int], np.ndarray]:
    """Choose the mails that a head is trained on, and their answers."""
    left_out = {
        "over": ("other",),  # what ends no process of mine is nobody's end
        "own": tuple(OVER),  # to an end nobody writes, whosever it is
        "stage": ("other", EARLIER),
        "mine": (),
    }[name]
    rows = [row for row, m in enumerate(mails) if m.mine == (name == "mine") and m.stage not in left_out]
    said = [mails[row].stage for row in rows]
    if name == "over":
        return rows, np.array(["over" if stage in OVER else "open" for stage in said])
    if name == "own":
        return rows, np.array(["else" if stage == "other" else "own" for stage in said])
    if name == "mine":
        return rows, np.array([stage if stage in ("withdrawn", "accepted") else "other" for stage in said])
    return rows, np.array(said)


def ended(classes: list[str], scored: np.ndarray) -> np.ndarray:
    """The log-odds that the stage is one of the ends, from the scores of the stages (see learned.py)."""
    grown = np.exp(scored - scored.max(1, keepdims=True))
    over = grown[:, [number for number, c in enumerate(classes) if c in OVER]].sum(1)
    return np.log(np.maximum(over, 1e-6) / np.maximum(grown.sum(1) - over, 1e-6))


def held_out(mails: list[Mail]) -> dict[str, np.ndarray]:
    """Judge every mail by a table that saw no mail of its author: the scores of every head."""
    authors = np.array([mail.author for mail in mails])
    classes = {name: sorted(set(question(name, mails)[1])) for name in HEADS}
    judged = {n: np.full((len(mails), 1 if n in PLAIN else len(c)), -20.0) for n, c in classes.items()}
    named = sorted(set(authors))
    for fold in range(FOLDS):
        away = set(named[fold::FOLDS])
        table = train([mail for mail in mails if mail.author not in away])
        rows = np.flatnonzero(np.isin(authors, sorted(away)))
        x = matrix(told([mails[row] for row in rows]), table.vocabulary)
        for name, head in table.heads.items():
            columns = [0] if name in PLAIN else [classes[name].index(c) for c in head.classes]
            judged[name][np.ix_(rows, columns)] = scores(head, x)
    # Two heads know an end; where they agree, it is one (learned.py adds them up in the same way).
    judged["over"][:, 0] += ended(classes["stage"], judged["stage"])
    return judged


def calibrate(told: np.ndarray, yes: np.ndarray) -> tuple[float, float]:
    """Find the slope and the constant that make a score a probability."""
    model = LogisticRegression(C=1e6).fit(told.reshape(-1, 1), yes)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def packed(table: Table, calibration: dict[str, tuple[float, float]]) -> bytes:
    """Write the table: one line of JSON, the features' keys in order, then a signed byte for every weight."""
    heads = [
        {
            "name": name,
            "classes": head.classes,
            "columns": head.weights.shape[1],
            "step": head.step * SCALE,
            "constants": [round(float(c), 4) for c in head.constants],
            "calibration": calibration.get(name),
        }
        for name, head in table.heads.items()
    ]
    about = {"features": len(table.vocabulary), "heads": heads}
    body = np.array(sorted(table.vocabulary), dtype="<u4").tobytes()
    for head in table.heads.values():
        body += np.round(head.weights / head.step).astype(np.int8).T.tobytes()  # a column after the other
    return zlib.compress(json.dumps(about).encode() + b"\n" + body, 9)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--figures", type=Path, help="write what each unseen author's mails were judged to be")
    options = asked.parse_args()
    mails = mails_of(BANK, [BANK / f"{name}.jsonl" for name in MORE])
    judged = held_out(mails)
    calibration = {}
    for name in PLAIN:
        rows, answers = question(name, mails)
        calibration[name] = calibrate(judged[name][rows, 0], answers == sorted(set(answers))[1])
    table = train(mails)
    TABLE.write_bytes(packed(table, calibration))
    print(f"{len(mails)} mails; {TABLE.name}: {TABLE.stat().st_size} bytes")
    figures = [
        {
            "id": mail.id,
            "mine": mail.mine,
            "stage": mail.stage,
            "author": mail.author,
            **{name: chance(calibration[name], judged[name][row, 0]) for name in PLAIN},
            "chances": chances(
                table.heads["mine" if mail.mine else "stage"], judged["mine" if mail.mine else "stage"][row]
            ),
        }
        for row, mail in enumerate(mails)
    ]
    for name, mine in (("stage", False), ("mine", True)):
        right = [
            max(f["chances"], key=f["chances"].get)
            == (m.stage if name == "stage" or m.stage in ("withdrawn", "accepted") else "other")
            for f, m in zip(figures, mails, strict=True)
            if m.mine == mine and (mine or m.stage != "other")
        ]
        print(f"{name}: {sum(right) / len(right):.3f} of {len(right)} right, author unseen")
    if options.figures:
        options.figures.write_text(json.dumps(figures))


def chance(calibration: tuple[float, float], score: float) -> float:
    slope, constant = calibration
    return float(1 / (1 + math.exp(-(slope * float(score) + constant))))


def chances(head: Head, scored: np.ndarray) -> dict[str, float]:
    grown = np.exp(scored - scored.max())
    return dict(zip(head.classes, map(float, grown / grown.sum()), strict=True))


if __name__ == "__main__":
    main()
