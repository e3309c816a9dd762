"""Files by name in a folder or a bucket, with fsspec: `data/…`, `s3://…`, `gs://…`, a MinIO by `endpoint_url`.

pantry.receipt_bucket:
  type: pantrypilot.datasets.FilesDataset
  path: s3://household/receipts
  credentials: receipt_bucket      # {key: …, secret: …, endpoint_url: http://localhost:9000}

kedro-datasets has the bucket (`PartitionedDataset`), but no dataset for a file's bytes as they are, and it uploads
everything anew each time.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kedro.io import AbstractDataset, DatasetError
from kedro.io.core import get_protocol_and_path
from kedro_datasets._typing import TablePreview
from kedro_datasets.partitions import PartitionedDataset


class BytesDataset(AbstractDataset[bytes, bytes]):
    """One file as its bytes. A local file is written whole or not at all; stores show only whole objects anyway."""

    def __init__(
        self, *, filepath: str, credentials: dict[str, Any] | None = None, fs_args: dict[str, Any] | None = None
    ) -> None:
        import fsspec

        self._protocol, self._filepath = get_protocol_and_path(filepath)
        self._fs = fsspec.filesystem(self._protocol, **(credentials or {}), **(fs_args or {}))

    def load(self) -> bytes:
        return self._fs.cat_file(self._filepath)

    def save(self, data: bytes) -> None:
        if self._protocol != "file":
            self._fs.pipe_file(self._filepath, data)
            return
        target = Path(self._filepath)
        new = target.with_name(f".writing-{target.name}")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_bytes(data)
            os.replace(new, target)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def same(self, data: bytes) -> bool:
        """The file there has these bytes; by the MD5 that the store tells, otherwise by reading it."""
        try:
            info = self._fs.info(self._filepath)
        except FileNotFoundError:
            return False
        if info["size"] != len(data):
            return False
        digest = hashlib.md5(data, usedforsecurity=False)
        told = {str(info.get("ETag", "")).strip('"'), str(info.get("md5Hash", ""))}
        return bool(told & {digest.hexdigest(), base64.b64encode(digest.digest()).decode()}) or self.load() == data

    def _exists(self) -> bool:
        return self._fs.exists(self._filepath)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._filepath, "protocol": self._protocol}


class FilesDataset(PartitionedDataset):
    """Name → bytes. Saving writes what is new or changed and leaves the rest as it is; nothing is deleted.

    Loads name → a function that reads the file; `{}` where there is no file yet. Credentials are those of fsspec's
    filesystem, or what its library finds by itself (`AWS_…`, GOOGLE_APPLICATION_CREDENTIALS).
    """

    def __init__(
        self,
        *,
        path: str,
        credentials: dict[str, Any] | None = None,
        fs_args: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            path=path, dataset=BytesDataset, credentials=credentials, fs_args=fs_args, metadata=metadata
        )

    def load(self) -> dict[str, Callable[[], bytes]]:
        """Every file below the path, by its path from there."""
        self._invalidate_caches()
        return {name: self._file(name).load for name in map(self._path_to_partition, self._list_partitions())}

    def save(self, data: Mapping[str, bytes | Callable[[], bytes]]) -> None:
        """Raises DatasetError naming the file where one cannot be written; those before it are there."""
        written = 0
        for name, content in sorted(data.items()):
            file = self._file(name)
            given = content() if callable(content) else content
            try:
                if not file.same(given):
                    file.save(given)
                    written += 1
            except Exception as error:  # every store's library has its own
                raise DatasetError(
                    f"{name} could not be written to {self._path} ({error.__cause__ or error}). Check that the "
                    f"bucket exists and that its credentials may write there; {written} files before it were written."
                ) from None
        self._logger.info("%d files written to %s, %d there already", written, self._path, len(data) - written)
        self._invalidate_caches()

    def preview(self, nrows: int = 20) -> TablePreview:
        """The first names and where they lie."""
        names = sorted(self.load())[:nrows]
        data = [[name, f"{self._path}/{name}"] for name in names]
        return TablePreview({"index": list(range(len(names))), "columns": ["name", "place"], "data": data})

    def _file(self, name: str) -> BytesDataset:
        place = self._join_protocol(self._partition_to_path(name))
        return BytesDataset(filepath=place, credentials=self._credentials, fs_args=self._fs_args)
