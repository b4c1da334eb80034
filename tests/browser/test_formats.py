"""Formats and patches in the browser, held to the same vectors and the same patches as in Python."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from results.board.patches import apply_patch, make_patch
from results.texts.catalogue import public_catalogue
from results.texts.locales import language
from tests.browser.conftest import Hall

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = json.loads((Path(__file__).parent.parent / "vectors" / "formatting.json").read_text())
PAIRS = 300


@pytest.fixture
def page(hall: Hall) -> Page:
    """A page of the server's, from which its modules may be imported."""
    hall.server.start()
    made = hall.page()
    made.goto("/")
    return made


SHOW = """async ([vectors, setup]) => {
  const { shown, text } = await import("/static/js/format.js");
  return vectors.map((vector) => {
    if (vector.text) return text(vector.text, vector.args, setup);
    return shown(vector.format, vector.value, setup);
  });
}"""


def setup(tag: str, **messages: str) -> dict[str, Any]:
    """The names of the vectors with the texts and signs of a language."""
    texts = {**public_catalogue(tag), **messages}
    return FILE["names"] | {"messages": texts, "language": tag, "locale": language(tag).document()}


@pytest.mark.parametrize(("tag", "key"), [("en-GB", "vectors"), ("cy", "welsh")])
def test_it_shows_what_the_vectors_say(page: Page, tag: str, key: str) -> None:
    vectors = FILE[key]
    shown = page.evaluate(SHOW, [vectors, setup(tag)])
    assert len(shown) == len(vectors) > 5
    wrong = [(vector, said) for vector, said in zip(vectors, shown, strict=True) if said != vector["shown"]]
    assert wrong == []


@pytest.mark.parametrize("tag", FILE["plurals"])
def test_it_chooses_the_plural_that_the_vectors_say(page: Page, tag: str) -> None:
    numbers = FILE["plurals"][tag]
    forms = ":".join(language(tag).categories)
    vectors = [{"text": "form", "args": {"n": int(number)}} for number in numbers]
    shown = page.evaluate(SHOW, [vectors, setup(tag, form=f"{{n:noun:{forms}}}")])
    assert dict(zip(numbers, shown, strict=True)) == numbers


# --- patches -----------------------------------------------------------------------------------------------------------

KEYS = ("a", "b", "1", "10", "E05000001", "constructor", "toString", "length", "hasOwnProperty", "é", "")
TEXTS = ("", "0", "null", "<b>", "é", "😀", "02:13")


def some_value(rng: random.Random, depth: int) -> Any:
    """A value as boards have them: no nulls."""
    kind = rng.randrange(6 if depth else 4)
    if kind == 0:
        return rng.randint(-3, 3)
    if kind == 1:
        return rng.random() < 0.5
    if kind == 2:
        return rng.choice(TEXTS)
    if kind == 3:
        return [rng.choice([0, 1, "x", {"k": 1}]) for _ in range(rng.randrange(3))]
    return some_document(rng, depth - 1)


def some_document(rng: random.Random, depth: int = 3) -> dict[str, Any]:
    """A random document."""
    return {key: some_value(rng, depth) for key in rng.sample(KEYS, rng.randrange(6))}


def changed(rng: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """A document that mostly stayed as it was."""
    after = copy.deepcopy(document)
    for key in list(after):
        turn = rng.random()
        if turn < 0.2:
            del after[key]
        elif turn < 0.4:
            after[key] = some_value(rng, 2)
        elif isinstance(after[key], dict):
            after[key] = changed(rng, after[key])
    if rng.random() < 0.5:
        after[rng.choice(KEYS)] = some_value(rng, 2)
    return after


def test_it_applies_patches_as_python_does(page: Page) -> None:
    rng = random.Random(20141120)
    befores = [some_document(rng) for _ in range(PAIRS)]
    afters = [changed(rng, before) if rng.random() < 0.8 else some_document(rng) for before in befores]
    patches = [make_patch(before, after) for before, after in zip(befores, afters, strict=True)]
    assert [apply_patch(before, patch) for before, patch in zip(befores, patches, strict=True)] == afters
    # As text, in which true is not 1 and whatever hangs on a prototype would be missing.
    made, kept = page.evaluate(
        """async ([befores, patches]) => {
          const { applyPatch } = await import("/static/js/patch.js");
          const documents = befores.map((text) => JSON.parse(text));
          const made = documents.map((document, position) => applyPatch(document, JSON.parse(patches[position])));
          return [made.map((document) => JSON.stringify(document)), documents.map((document) => JSON.stringify(document))];
        }""",
        [[json.dumps(before) for before in befores], [json.dumps(patch) for patch in patches]],
    )

    def plain(document: Any) -> str:
        return json.dumps(document, sort_keys=True)

    for position, (before, patch, after) in enumerate(zip(befores, patches, afters, strict=True)):
        assert plain(json.loads(made[position])) == plain(after), (before, patch)
        assert plain(json.loads(kept[position])) == plain(before), "the document before was changed"
