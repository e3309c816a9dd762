"""Great Expectations' data docs as a catalog entry: results go in, a site for a browser without a network comes out.

pantry.data_docs:
  type: pantrypilot.datasets.DataDocsDataset
  filepath: ${globals:paths.reporting}/pantry/data_docs/index.html
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

_VIEWS = "pantrypilot.datasets.data_docs_pages"
_PAGE = {"view": {"module_name": _VIEWS, "class_name": "OfflinePage"}}


class DataDocsDataset(AbstractDataset[Sequence[Mapping[str, Any]], NoReturn]):
    """Saves `[{"as_of": "2026-11-01T00:00:00", "table": "inventory", "result": {…}}, …]` as pages; loads nothing.

    `result` is an `ExpectationSuiteValidationResult` as JSON. The folder of `filepath` is the site: it is made anew
    beside the old one and takes its place whole. The time on the pages is `as_of`: the same results, the same bytes.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath, self.metadata = str(filepath), metadata

    def save(self, data: Sequence[Mapping[str, Any]]) -> None:
        """Raises DatasetError when a page could not be made."""
        from pantrypilot.kitchen.folders import written_whole

        with written_whole(Path(self._filepath).parent) as folder:
            _build_site(data, folder)
            shutil.rmtree(folder / "static", ignore_errors=True)  # 4 MB of pictures that no page of ours shows
            # Great Expectations logs a page that it cannot make, and goes on
            whole = [page for page in folder.rglob("*.html") if "</html>" in page.read_text(encoding="utf-8")]
            if len(whole) != 2 * len(data) + 1:
                raise DatasetError(f"{len(whole)} pages could be made for {len(data)} tables; the log above says why.")

    def load(self) -> NoReturn:
        raise DatasetError(f"{self._filepath} is for a browser; the results are in the checks of each table.")

    def _exists(self) -> bool:
        return Path(self._filepath).is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath}


def _build_site(data: Sequence[Mapping[str, Any]], folder: Path) -> None:
    import great_expectations as gx
    from great_expectations.core import ExpectationSuite
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(), analytics_enabled=False, data_docs_sites=_site(folder)
    )
    context = gx.get_context(mode="ephemeral", project_config=config)
    for entry in data:
        result = expectationSuiteValidationResultSchema.load(_escaped(entry["result"]))
        run = RunIdentifier(run_name=f"as of {entry['as_of'][:10]}", run_time=f"{entry['as_of']}+00:00")
        result.meta["run_id"] = run
        suite = ExpectationSuiteIdentifier(result.suite_name)
        key = ValidationResultIdentifier(suite, run, batch_identifier=entry["table"])
        context.validation_results_store.set(key, result)
        context.suites.add(
            ExpectationSuite(result.suite_name, expectations=[found.expectation_config for found in result.results])
        )
    context.build_data_docs()


def _site(folder: Path) -> dict[str, Any]:
    return {
        "PantryPilot": {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())},
            "site_section_builders": {"expectations": _PAGE, "validations": _PAGE, "profiling": "None"},
            "site_index_builder": {
                "class_name": "DefaultSiteIndexBuilder",
                "view": {"module_name": _VIEWS, "class_name": "OfflineIndex"},
            },
        }
    }


def _escaped(value: Any) -> Any:
    """Texts with what HTML would read as its own made harmless: values of a table are nobody's markup."""
    import html

    if isinstance(value, Mapping):
        return {key: _escaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return html.escape(value, quote=False) if isinstance(value, str) else value
