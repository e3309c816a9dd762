"""Files in a folder, in memory, and in an S3 store (moto's server, where moto and s3fs are installed)."""

import importlib.util

import pytest
from kedro.io import DatasetError

from pantrypilot.datasets import FilesDataset
from pantrypilot.datasets.buckets import BytesDataset

NO_S3 = not all(importlib.util.find_spec(name) for name in ("moto", "flask", "s3fs"))
S3 = [pytest.param("s3", marks=pytest.mark.skipif(NO_S3, reason="moto[server] or s3fs is not installed"))]


@pytest.fixture(scope="module")
def s3():
    """An S3-compatible server on this machine: what a MinIO is to the dataset."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    options = {"key": "a-key", "secret": "a-secret", "endpoint_url": f"http://{host}:{port}"}
    client = boto3.client(
        "s3", endpoint_url=options["endpoint_url"], aws_access_key_id="a-key", aws_secret_access_key="a-secret",
        region_name="us-east-1",
    )  # fmt: skip
    client.create_bucket(Bucket="household")
    yield options
    server.stop()


@pytest.fixture(params=["folder", "memory", *S3])
def bucket(request, tmp_path) -> FilesDataset:
    if request.param == "folder":
        return FilesDataset(path=str(tmp_path / "deep" / "bucket"))
    if request.param == "memory":
        return FilesDataset(path=f"memory://{tmp_path.name}/receipts")
    return FilesDataset(path=f"s3://household/{tmp_path.name}", credentials=request.getfixturevalue("s3"))


def contents(files: FilesDataset) -> dict[str, bytes]:
    return {name: read() for name, read in files.load().items()}


@pytest.fixture
def written(monkeypatch) -> list[str]:
    """Names of the files that were written, as they are."""
    names, save = [], BytesDataset.save

    def counted(self, data):
        names.append(str(self._filepath).rpartition("/")[2])
        save(self, data)

    monkeypatch.setattr(BytesDataset, "save", counted)
    return names


def test_what_is_saved_is_there_byte_by_byte(bucket):
    assert contents(bucket) == {}
    files = {"a.png": b"\x89PNG\x00", "june/b.png": b""}
    bucket.save(files)
    assert contents(bucket) == files and bucket.exists()
    assert bucket.preview()["data"][0][0] == "a.png"


def test_only_what_is_new_or_changed_is_sent(bucket, written):
    bucket.save({"a.png": b"one", "b.png": lambda: b"two"})
    bucket.save({"a.png": b"one", "b.png": lambda: b"TWO", "c.png": b"three"})
    assert written == ["a.png", "b.png", "b.png", "c.png"]
    assert contents(bucket) == {"a.png": b"one", "b.png": b"TWO", "c.png": b"three"}


def test_what_the_bucket_has_besides_stays(bucket):
    bucket.save({"a.png": b"one"})
    bucket.save({"b.png": b"two"})
    assert set(contents(bucket)) == {"a.png", "b.png"}


def test_a_name_cannot_lead_out_of_the_bucket(bucket):
    with pytest.raises(DatasetError, match=r"escape|outside|traversal|Invalid"):
        bucket.save({"../../elsewhere.png": b"one"})


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    bucket = FilesDataset(path=str(tmp_path))
    bucket.save({"a.png": b"good"})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(DatasetError, match=r"a\.png could not be written .*disk full"):
        bucket.save({"a.png": b"better"})
    assert contents(bucket) == {"a.png": b"good"}


@pytest.mark.parametrize("store", S3)
def test_an_error_of_a_store_names_the_bucket_and_no_secret(store, request):
    credentials = request.getfixturevalue("s3")
    missing = FilesDataset(path="s3://nobodys/receipts", credentials=credentials)
    with pytest.raises(DatasetError, match=r"a\.png could not be written to s3://nobodys/receipts") as told:
        missing.save({"a.png": b"one"})
    assert "a-secret" not in str(told.value) + repr(missing)


def test_an_unreachable_store_is_an_error_that_says_so():
    pytest.importorskip("s3fs")
    options = {"key": "a-key", "secret": "a-secret", "endpoint_url": "http://127.0.0.1:9",
               "config_kwargs": {"retries": {"max_attempts": 1}, "connect_timeout": 2}}  # fmt: skip
    with pytest.raises(DatasetError, match="could not be written to s3://household") as told:
        FilesDataset(path="s3://household/r", credentials=options).save({"a.png": b"one"})
    assert "a-secret" not in str(told.value)
