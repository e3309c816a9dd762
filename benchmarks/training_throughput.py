"""How fast a LoRA step is on this machine's CPU, and how little of it is padding.

What is measured: whole optimizer updates of our training loop (batches of 16 made-up rows of 80 to 400 tokens,
the last third supervised; rank-16 LoRA on all layers of data/06_models/pantry-tiny, or of a random model of the
same shape where it is not there), in non-padding input tokens a second of the clock, and of processor time, which
a busy machine disturbs less; after one step of warm-up, without evaluation. Each line is a process of its own; they
run one after the other, each for at most --seconds and the step that is under way. The padding is that of one epoch
of the same rows: ours, and that of mlx-lm's own `iterate_batches`.

    python benchmarks/training_throughput.py [--steps 20] [--seconds 10]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = ROOT / "data" / "06_models" / "pantry-tiny"
BATCH_SIZE = 16
# name -> (BLAS, threads, dtype)
CASES = {
    "tuned BLAS, two threads": ("", 2, "float32"),
    "tuned BLAS, one thread": ("", 1, "float32"),
    "reference BLAS, two threads": ("off", 2, "float32"),
    "tuned BLAS, two threads, bfloat16 as mlx-lm loads it": ("", 2, "bfloat16"),
}


class TimeIsUp(Exception):
    pass


def make_rows(count: int) -> list:
    from pantrypilot.modelling.batching import EncodedRow

    rng = random.Random(0)
    lengths = [rng.randint(80, 400) for _ in range(count)]
    return [EncodedRow(tuple(rng.randrange(5, 1500) for _ in range(n)), n * 2 // 3) for n in lengths]


def load_base():
    """(model, where it comes from)"""
    import yaml

    from pantrypilot.modelling.base import ModelFolder, build_model

    if (BASE / "config.json").is_file():
        return ModelFolder(str(BASE)).load()[0], str(BASE.relative_to(ROOT))
    text = (ROOT / "conf" / "base" / "pretraining" / "parameters.yml").read_text()
    settings = yaml.safe_load(text.replace("${runtime_params:seed, ${globals:seed}}", "0"))["pretraining"]
    config = {**settings["model"], "vocab_size": settings["tokenizer"]["vocabulary_size"]}
    return build_model(config), "a random model of its shape"


def measure(threads: int, dtype: str, steps: int, seconds: float) -> dict:
    from pantrypilot.modelling import adapters, replicas, training
    from pantrypilot.modelling.backend import prepare
    from pantrypilot.modelling.batching import RowBatches
    from pantrypilot.modelling.plan import LoraSettings, TrainingPlan

    import mlx.core as mx  # isort: skip

    mx.set_default_device(mx.cpu)
    model, source_of_model = load_base()
    model.set_dtype(getattr(mx, dtype))
    config = adapters.adapter_config(LoraSettings(rank=16, alpha=32), model, "base")
    adapters.add_lora(model, config, 0)
    replicas.worker_count = lambda: threads
    rows = make_rows(BATCH_SIZE * (steps + 2))
    source = RowBatches(rows, BATCH_SIZE, 0)
    plan = TrainingPlan(
        steps=steps + 2, batch_size=BATCH_SIZE, learning_rate=1e-4, evaluate_every=10**9, checkpoint_every=10**9
    )
    times, cpu = {}, {}

    def on_step(step: int) -> None:
        times[step], cpu[step] = time.perf_counter(), time.process_time()
        if step > steps or (step > 1 and times[step] - times[1] > seconds):
            raise TimeIsUp

    with contextlib.suppress(TimeIsUp):
        training.train(model, source, rows[:1], plan, steps + 2, on_step=on_step)
    last = max(times)
    tokens = sum(len(row.tokens) - 1 for step in range(1, last) for row in source.batch(step))
    spent = times[last] - times[1]
    return {
        "rate": tokens / spent,
        "cpu_rate": tokens / (cpu[last] - cpu[1]),
        "steps": last - 1,
        "blas": prepare().blas,
        "base": source_of_model,
    }


def padding() -> dict[str, float]:
    """Share of padding in an epoch over the same 1,000 rows, by whose batches they are."""
    from mlx_lm.tuner.datasets import CacheDataset
    from mlx_lm.tuner.trainer import iterate_batches

    from pantrypilot.modelling.batching import RowBatches, make_batch

    rows = make_rows(1000)

    class Chats:
        """As mlx-lm's ChatDataset: an item is a dict of one key, and CacheDataset takes its length."""

        def __getitem__(self, index: int) -> dict:
            return {"messages": rows[index]}

        def __len__(self) -> int:
            return len(rows)

        def process(self, item: dict) -> tuple:
            return list(item["messages"].tokens), item["messages"].answer_start

    theirs = [
        (int(lengths[:, 1].sum().item()), inputs.size)
        for inputs, lengths in iterate_batches(CacheDataset(Chats()), BATCH_SIZE, 512)
    ]
    source = RowBatches(rows, BATCH_SIZE, 0)
    ours = []
    for step in range(-(-len(rows) // BATCH_SIZE)):
        batch = source.batch(step)
        ours.append((sum(len(row.tokens) - 1 for row in batch), make_batch(batch).inputs.size))
    return {
        who: 1 - sum(filled for filled, _ in sizes) / sum(size for _, size in sizes)
        for who, sizes in (("ours", ours), ("mlx-lm", theirs))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=20, help="updates a case, at most")
    parser.add_argument("--seconds", type=float, default=10, help="time a case, at most")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.case:
        _, threads, dtype = CASES[given.case]
        print(json.dumps(measure(threads, dtype, given.steps, given.seconds)))
        return
    print((__doc__ or "").split("\n    python")[0].strip(), end="\n\n")
    first, load = None, os.getloadavg()[0]
    for case, (blas, _, _) in CASES.items():
        limits = ["--steps", str(given.steps), "--seconds", str(given.seconds)]
        command = [sys.executable, __file__, "--case", case, *limits]
        environment = {**os.environ, "PANTRYPILOT_BLAS": blas}
        result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(result.stdout.splitlines()[-1])
        if first is None:
            first = found["rate"], found["cpu_rate"]
            print(f"base: {found['base']}; tuned BLAS: {found['blas']}; {os.cpu_count()} cores")
            print(f"load of the machine before: {load:.1f} (figures mean little where it is far above 0)")
        print(
            f"{case:<54} {found['rate']:>6,.0f} tokens/s ({found['rate'] / first[0]:.2f} of the first), "
            f"{found['cpu_rate']:>6,.0f} tokens/CPU s ({found['cpu_rate'] / first[1]:.2f}), {found['steps']} steps"
        )
    waste = padding()
    print(f"padding of an epoch: ours {waste['ours']:.1%}, mlx-lm {waste['mlx-lm']:.1%}")


if __name__ == "__main__":
    main()
