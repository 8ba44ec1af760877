"""The page on growth shows what the bench reckons."""

from __future__ import annotations

from pathlib import Path

from tests.bench import growth

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")


def test_table_is_the_one_that_the_bench_prints():
    shown = PAGE.partition("<!-- growth -->\n")[2].partition("<!-- /growth -->")[0].strip()

    assert shown == growth.table()


def test_no_partition_of_an_index_is_filled_by_the_largest_load():
    full = [load for load in growth.loads() if load.part.startswith("fullest partition")]

    assert len(full) == 4
    assert all(float(load.figures[-1].rstrip("%")) < 50 for load in full)
