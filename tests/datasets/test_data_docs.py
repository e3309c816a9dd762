"""The data docs: pages that a browser shows without a network, made whole or not at all."""

import re
import shutil
import subprocess

import pytest
from kedro.io import DatasetError

from household_checks import checked, inventory, put, receipts
from pantrypilot.datasets import DataDocsDataset

MARKUP = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def results():
    bad = put(put(inventory(), "unit", [1, 2], MARKUP), "quantity", [3], -1.0)
    checks = [checked("inventory", bad)[0], checked("receipts", receipts())[0]]
    return [{"as_of": check["as_of"], "table": check["table"], "result": check["gx"]} for check in checks]


@pytest.fixture(scope="module")
def site(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs") / "data_docs"
    DataDocsDataset(filepath=str(folder / "index.html")).save(results)
    return folder


def pages(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_there_is_an_index_and_a_page_for_every_suite_and_result(site):
    found = pages(site)
    assert len(found) == 5 and "expectations/inventory_suite.html" in found
    links = re.findall(r'<a [^>]*href="([^"#]+)"', found["index.html"])
    inside = {link for link in links if not link.startswith("http")} - {"index.html"}
    assert links.index("expectations/inventory_suite.html") < links.index("expectations/receipts_suite.html")
    assert len(inside) == 4 and all((site / link.replace("%20", " ")).is_file() for link in inside)


def test_the_pages_say_what_is_expected_in_our_own_words_and_what_was_found(site):
    page = next(text for name, text in pages(site).items() if name.endswith("inventory.html"))
    assert "the food is measured in a unit that fits its category (critical: unit_fits_food)" in page
    assert "≈8.3333% unexpected" in page


def test_nothing_is_fetched_from_the_network(site):
    for name, page in pages(site).items():
        assert not re.search(r"""(src|<link[^>]*href)=["']?(https?:)?//""", page), name
        assert not re.search(r"url\(|@import", page), name


def test_values_of_a_table_are_text_on_the_page_never_markup(site):
    page = next(text for name, text in pages(site).items() if name.endswith("inventory.html"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and MARKUP not in page


def test_the_same_results_make_the_same_bytes(site, results, tmp_path):
    DataDocsDataset(filepath=str(tmp_path / "again/index.html")).save(results)
    assert pages(tmp_path / "again") == pages(site)


def test_a_page_that_cannot_be_made_is_an_error_not_a_gap(results, tmp_path, monkeypatch):
    from pantrypilot.datasets import data_docs_pages

    views = tmp_path / "views"
    shutil.copytree(data_docs_pages.VIEWS, views)
    (views / "bootstrap_table.j2").write_text("{{ rows | nothing_such }}")
    monkeypatch.setattr(data_docs_pages, "VIEWS", views)
    with pytest.raises(DatasetError, match="4 pages could be made for 2 tables"):
        DataDocsDataset(filepath=str(tmp_path / "docs/index.html")).save(results)
    assert not (tmp_path / "docs").exists()


def test_a_new_site_takes_the_old_ones_place_whole_and_a_failed_one_leaves_it(results, tmp_path):
    docs = DataDocsDataset(filepath=str(tmp_path / "docs/index.html"))
    docs.save(results)
    before = pages(tmp_path / "docs")
    with pytest.raises(DatasetError):
        docs.save([*results, {"as_of": "2026-11-01T00:00:00", "table": "x", "result": {"suite_name": "x"}}])
    assert pages(tmp_path / "docs") == before
    docs.save(results[:1])
    assert len(pages(tmp_path / "docs")) == 3 and docs.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["docs"], "nothing is left beside it"
    with pytest.raises(DatasetError, match="for a browser"):
        docs.load()


@pytest.mark.skipif(not shutil.which("chromium"), reason="no browser")
def test_a_browser_without_a_network_shows_the_index_as_a_table(site, tmp_path):
    words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom"]
    blocked = "--host-resolver-rules=MAP * ~NOTFOUND"
    shown = subprocess.run(
        [*words, blocked, str(site / "index.html")], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert "inventory_suite" in shown and shown.count("<tr>") >= 4
