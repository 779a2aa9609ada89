"""What counts as a change of a file: its contents, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.kit.editors import WAYS, Save

from stepscope.run.sightings import MOST_BYTES, MOST_FILES, Difference, Sightings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "graph.py"
    path.write_text("x = 1\n")
    return path


@pytest.fixture
def sightings(path: Path) -> Sightings:
    sightings = Sightings()
    sightings.watch([str(path)])
    return sightings


def differing(sightings: Sightings) -> tuple[Difference, ...]:
    sightings.look()
    return sightings.differing


@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__)
def test_each_way_of_saving_other_contents_is_a_difference(
    sightings: Sightings, path: Path, save: Save
) -> None:
    save(path, "x = 2\n")  # as long as before

    assert differing(sightings) == (Difference(str(path)),)


@pytest.mark.parametrize("save", WAYS, ids=lambda save: save.__name__)
def test_saving_what_was_there_is_none(sightings: Sightings, path: Path, save: Save) -> None:
    save(path, "x = 1\n")

    assert differing(sightings) == ()


def test_a_touch_is_none(sightings: Sightings, path: Path) -> None:
    os.utime(path, (1, 1))
    assert sightings.has_moved()

    assert differing(sightings) == ()
    assert not sightings.has_moved()


def test_a_change_that_is_taken_back_is_none_any_more(sightings: Sightings, path: Path) -> None:
    path.write_text("x = 2\n")
    assert differing(sightings)

    path.write_text("x = 1\n")
    assert differing(sightings) == ()


def test_a_file_that_is_gone_is_told_as_such_until_it_is_back(sightings: Sightings, path: Path) -> None:
    path.unlink()
    assert differing(sightings) == (Difference(str(path), is_gone=True),)

    path.write_text("x = 1\n")
    assert differing(sightings) == ()


def test_a_folder_in_the_file_s_place_is_a_difference(sightings: Sightings, path: Path) -> None:
    path.unlink()
    path.mkdir()

    assert differing(sightings) == (Difference(str(path)),)


def test_a_folder_differs_when_something_else_can_be_imported_from_it(tmp_path: Path) -> None:
    sightings = Sightings()
    sightings.watch([str(tmp_path)])

    for name in ("notes.txt", ".graph.py.swp", ".graph.py", "graph.py~"):
        (tmp_path / name).write_text("")
    (tmp_path / "__pycache__").mkdir()
    assert differing(sightings) == ()

    (tmp_path / "helper.py").write_text("")
    assert differing(sightings) == (Difference(str(tmp_path)),)
    (tmp_path / "helper.py").unlink()
    assert differing(sightings) == ()
    (tmp_path / "package").mkdir()
    assert differing(sightings) == (Difference(str(tmp_path)),)


def test_a_file_that_was_not_there_and_comes_is_a_difference(tmp_path: Path) -> None:
    sightings, path = Sightings(), tmp_path / "later.py"
    sightings.watch([str(path), "no\0name.py"])
    assert differing(sightings) == ()

    path.write_text("")

    assert differing(sightings) == (Difference(str(path)),)


def test_what_changes_while_it_is_loaded_differs_and_what_changed_before_does_not(
    sightings: Sightings, path: Path
) -> None:
    helper, module = path.with_name("helper.py"), path.with_name("module.py")
    helper.write_text("y = 1\n")
    sightings.watch([str(path), str(helper)])
    helper.write_text("y = 2\n")

    sightings.expect(None)
    path.write_text("x = 2\n")
    module.write_text("z = 1\n")
    sightings.watch([str(path), str(helper), str(module)])

    assert differing(sightings) == (Difference(str(path)),)


def test_a_file_that_is_loaded_for_the_first_time_may_change_meanwhile(tmp_path: Path) -> None:
    sightings, path = Sightings(), tmp_path / "graph.py"
    path.write_text("x = 1\n")
    link = tmp_path / "link.py"
    link.symlink_to(path)

    sightings.expect(link)
    path.write_text("x = 2\n")
    sightings.watch([])

    assert differing(sightings) == (Difference(str(path)),)


def test_at_rest_nothing_differs(sightings: Sightings, path: Path) -> None:
    sightings.expect(path)
    sightings.rest()
    path.write_text("x = 2\n")

    assert differing(sightings) == ()


def test_what_was_expected_and_not_loaded_leaves_the_differences_as_they_are(
    sightings: Sightings, path: Path
) -> None:
    path.write_text("x = 2\n")

    sightings.expect(path.with_name("other.py"))

    assert differing(sightings) == (Difference(str(path)),)


def test_a_huge_file_is_known_by_its_stamp(tmp_path: Path) -> None:
    path = tmp_path / "huge.py"
    path.write_bytes(b" " * (MOST_BYTES + 1))
    sightings = Sightings()
    sightings.watch([str(path)])

    with path.open("ab") as file:
        file.write(b" ")

    assert differing(sightings) == (Difference(str(path)),)


def test_of_too_many_files_the_first_are_looked_after(tmp_path: Path) -> None:
    sightings = Sightings()
    files = [str(tmp_path / f"{number}.py") for number in range(MOST_FILES + 1)]

    sightings.watch(files)

    assert list(sightings.contents) == files[:MOST_FILES]


def test_a_file_that_is_read_later_is_held_against_what_it_held_then(
    sightings: Sightings, path: Path
) -> None:
    late = path.with_name("late.py")
    late.write_text("y = 1\n")
    path.write_text("x = 2\n")

    sightings.watch_also([str(path), str(late)])
    assert differing(sightings) == (Difference(str(path)),)

    late.write_text("y = 2\n")
    assert differing(sightings) == (Difference(str(path)), Difference(str(late)))
