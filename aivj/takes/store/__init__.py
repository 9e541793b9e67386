"""The store of takes: shards on a disk or in a bucket, written by many at once."""

from aivj.takes.store.reading import StorePlace, TakeStore
from aivj.takes.store.writer import TakeWriter

__all__ = ["StorePlace", "TakeStore", "TakeWriter"]
