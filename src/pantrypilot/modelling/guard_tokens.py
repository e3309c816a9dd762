"""What each token of a vocabulary writes, as bytes, and the vocabulary as a tree of bytes."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any


class UnreadableTokenizer(ValueError):
    """The tokenizer's tokens could not be turned into text; the message says where it failed."""


def token_bytes(tokenizer: Any) -> list[bytes]:
    """The bytes that every token id adds to a text; empty for special tokens, which no answer may hold.

    Reads the three ways of Hugging Face tokenizers: byte-level (Qwen, SmolLM, ours), SentencePiece with byte
    fallback (Phi-3, Gemma), and anything else by decoding each token after another one.
    """
    from mlx_lm.tokenizer_utils import TokenizerWrapper

    plain = tokenizer._tokenizer if isinstance(tokenizer, TokenizerWrapper) else tokenizer
    kinds = _decoder_kinds(plain)
    special = set(plain.all_special_ids)
    ids = plain.get_vocab()
    found = [b""] * (max(ids.values()) + 1)
    anchor = plain.encode("a", add_special_tokens=False)
    before = plain.decode(anchor)
    for token, index in ids.items():
        if index in special:
            continue
        if "ByteLevel" in kinds:
            found[index] = _from_byte_level(token)
        elif "ByteFallback" in kinds:
            found[index] = _from_pieces(token)
        else:
            found[index] = plain.decode([*anchor, index])[len(before) :].encode()
    _check(plain, found)
    return found


def _decoder_kinds(plain: Any) -> set[str]:
    backend = getattr(plain, "backend_tokenizer", None)
    decoder = json.loads(backend.to_str())["decoder"] if backend is not None else None
    if decoder is None:
        return set()
    return {part["type"] for part in decoder.get("decoders", [decoder])}


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table: printable bytes stand for themselves, the others for characters from U+0100 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in set(printable)]
    return table | {chr(0x100 + place): byte for place, byte in enumerate(others)}


_BYTES = _byte_of_character()


def _from_byte_level(token: str) -> bytes:
    # as the decoder does it: a token with any other character (an added one) stands for itself
    return bytes(_BYTES[c] for c in token) if all(c in _BYTES for c in token) else token.encode()


def _from_pieces(token: str) -> bytes:
    if len(token) == 6 and token.startswith("<0x") and token.endswith(">"):
        return bytes([int(token[3:5], 16)])
    return token.replace("\u2581", " ").encode()


def _check(plain: Any, found: list[bytes]) -> None:
    for text in ("- cr\u00e8me fra\u00eeche\n- tofu\nInstructions:\n1. Fry 2 eggs.",):
        written = b"".join(found[index] for index in plain.encode(text, add_special_tokens=False))
        if written.decode("utf-8", "replace").strip() != text:
            raise UnreadableTokenizer(
                f"the guard cannot read this tokenizer: {text!r} came back as {written!r}. Generate with --no-guard."
            )


class TokenTree:
    """Tokens sorted by their bytes: a node is a range with a common beginning. Children are found when asked."""

    def __init__(self, texts: list[bytes]) -> None:
        self.order = sorted((index for index, text in enumerate(texts) if text), key=lambda index: texts[index])
        self.texts = [texts[index] for index in self.order]
        self.root = Node(0, len(self.texts), 0)

    def children(self, node: Node) -> list[tuple[int, Node]]:
        """(byte, node) of every way on from a node."""
        if node.children is None:
            node.children = []
            here = node.low + self.ending(node)
            while here < node.high:
                byte = self.texts[here][node.depth]
                end = bisect_right(self.texts, byte, here, node.high, key=lambda text: text[node.depth])
                node.children.append((byte, Node(here, end, node.depth + 1)))
                here = end
        return node.children

    def ending(self, node: Node) -> int:
        """How many tokens end here: they come first in the node's range."""
        if node.ends is None:
            count = 0
            while node.low + count < node.high and len(self.texts[node.low + count]) == node.depth:
                count += 1
            node.ends = count
        return node.ends


class Node:
    """Tokens `low` to `high` of the sorted ones share their first `depth` bytes."""

    __slots__ = ("children", "depth", "ends", "high", "low")

    def __init__(self, low: int, high: int, depth: int) -> None:
        self.low, self.high, self.depth = low, high, depth
        self.children: list[tuple[int, Node]] | None = None
        self.ends: int | None = None
