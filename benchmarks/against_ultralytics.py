#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training and inference of YOLO11, whole machine against whole machine, ours and Ultralytics' in one run.

  benchmarks/against_ultralytics.py --python VENV/bin/python [--scales n] [--sides 160,320,640] [--rounds 5]
                                    [--device cpu|cuda] [--json FILE]

VENV is a virtual environment of yours with `ultralytics` 8.3 in it; build ours first: `deploy/build.sh release
ecco_train_bench`. Both train on batches of 8 pictures and use every core:

ours         one process a core, one thread each (as workers are run), from 8-bit pictures: letterbox, augmentation, step
ultralytics  its model, loss, AdamW groups, gradient clip and EMA, in the better of two settings: one process with a
             thread a core, or one process a core with one thread. Its pictures are float tensors already: no data
             loader, which is to its advantage.

On a CUDA device both are one process; Ultralytics' pictures are on the card already, and it runs in the better of fp32
and mixed precision (fp16 with a gradient scaler, its default). Ours begins with 8-bit pictures in the host's memory.

Each figure is the median over the rounds; rounds of both alternate, so that a noisy machine disturbs both.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BATCH = 8
CORES = len(os.sched_getaffinity(0))


# -- the peer, run by the other Python ------------------------------------------------------------------------


def peer(work, scale, side, threads, seconds, device, mixed):
    """Prints images a second."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    import torch
    from ultralytics.nn.tasks import DetectionModel
    from ultralytics.utils import DEFAULT_CFG
    from ultralytics.utils.torch_utils import ModelEMA

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    model = DetectionModel(f"yolo11{scale}.yaml", verbose=False).to(device)
    model.args = DEFAULT_CFG
    pictures = torch.rand(BATCH if work == "train" or work == "infer8" else 1, 3, side, side, device=device)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None

    if work == "train":
        model.train()
        groups = [[], [], []]
        for name, parameter in model.named_parameters():
            parameter.requires_grad = ".dfl" not in name
            groups[0 if "bias" in name else 2 if "bn" in name else 1].append(parameter)
        optimiser = torch.optim.AdamW(groups[0], lr=1e-4, betas=(0.9, 0.999), weight_decay=0)
        optimiser.add_param_group({"params": groups[1], "weight_decay": 5e-4})
        optimiser.add_param_group({"params": groups[2], "weight_decay": 0})
        ema = ModelEMA(model)
        boxes = torch.rand(3 * BATCH, 4) * 0.4 + 0.3
        batch = {"img": pictures, "cls": torch.zeros(3 * BATCH, 1), "bboxes": boxes,
                 "batch_idx": torch.arange(BATCH).repeat_interleave(3).float()}
        batch = {k: v.to(device) for k, v in batch.items()}
        scaler = torch.amp.GradScaler(device, enabled=mixed)

        def once():
            with torch.autocast(device, torch.float16, enabled=mixed):
                loss, _ = model(batch)
                loss = loss.sum()
            scaler.scale(loss).backward()
            scaler.unscale_(optimiser)
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
            scaler.step(optimiser)
            scaler.update()
            optimiser.zero_grad()
            ema.update(model)
    else:
        from ultralytics.utils.nms import non_max_suppression as nms

        model.eval()
        model.fuse(verbose=False)
        if mixed:
            model, pictures = model.half(), pictures.half()

        @torch.inference_mode()
        def once():
            nms(model(pictures), 0.05, 0.6)

    for _ in range(10 if device == "cuda" else 2):
        once()
    wait()
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        once()
        wait()
        done += len(pictures)
    rate = done / (time.perf_counter() - begin)
    print(json.dumps({"rate": rate, "torch": torch.__version__}))


# -- both sides ---------------------------------------------------------------------------------------------


def together(commands, environment=None):
    """Runs the commands side by side; what they print, as JSON, and the sum of their peak memory in MiB."""
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                env=os.environ | (environment or {})) for c in commands]
    outputs, kib = [], 0
    for one in running:
        out = one.stdout.read()
        _, status, used = os.wait4(one.pid, 0)
        if status:
            sys.exit(f"failed: {' '.join(commands[0])}")
        outputs.append(json.loads(out[out.index("{"):]))
        kib += used.ru_maxrss
    return outputs, kib / 1024


def theirs(args, work, scale, side, setting):
    """A setting is the number of processes on a CPU, the precision on a card."""
    processes = setting if args.device == "cpu" else 1
    command = [args.python, __file__, "--peer", work, "--scale", scale, "--side", str(side),
               "--threads", str(CORES // processes), "--seconds", str(args.seconds), "--device", args.device]
    if setting == "mixed":
        command.append("--mixed")
    parts, mib = together([command] * processes)
    return sum(p["rate"] for p in parts), mib, parts[0]["torch"]


OURS = {"train": "train_step/{scale}/{side}/{bf16}/real_time$", "floor": "bare_network/{scale}/{side}/{bf16}/real_time$",
        "infer1": "inference/{scale}/{side}/{bf16}/1/real_time$", "infer8": "inference/{scale}/{side}/{bf16}/8/real_time$"}


def ours(args, work, scale, side, bf16=0):
    command = [args.bench, "--benchmark_filter=" + OURS[work].format(scale=ord(scale), side=side, bf16=bf16),
               f"--benchmark_min_time={args.seconds}", "--benchmark_format=json"]
    parts, mib = together([command] * (CORES if args.device == "cpu" else 1), {"ECCO_BENCH_DEVICE": args.device})
    return sum(p["benchmarks"][0]["items_per_second"] for p in parts), mib


def has_bf16(device):
    return device == "cuda" or "avx512_bf16" in Path("/proc/cpuinfo").read_text()


def measure(args, work, scale, side):
    rates, mib = {}, {}
    bf16 = has_bf16(args.device)

    def note(name, rate, memory):
        rates.setdefault(name, []).append(rate)
        mib.setdefault(name, []).append(memory)

    for _ in range(args.rounds):
        note("ours", *ours(args, work, scale, side))
        if bf16:
            note("ours bf16", *ours(args, work, scale, side, bf16=1))
        if work == "train":
            note("floor", *ours(args, "floor", scale, side))
            if bf16:
                note("floor bf16", *ours(args, "floor", scale, side, bf16=1))
        for setting in {1, CORES} if args.device == "cpu" else ("fp32", "mixed"):
            rate, memory, version = theirs(args, work, scale, side, setting)
            note(f"theirs {setting}", rate, memory)
    best = max((n for n in rates if n.startswith("theirs")), key=lambda n: statistics.median(rates[n]))
    row = {"work": work, "scale": scale, "side": side, "torch": version, "their_setting": best}
    for name, values in rates.items():
        row["theirs" if name == best else name] = {"median": statistics.median(values), "min": min(values),
                                                   "max": max(values), "mib": statistics.median(mib[name])}
    return row


def show(row):
    def rate(name):
        f = row.get(name)
        return f"{f['median']:7.1f} ({f['min']:.1f}-{f['max']:.1f})" if f else "-"

    best = max(row[n]["median"] for n in ("ours", "ours bf16") if n in row)
    share = " ".join(f"{100 * row['ours' + p]['median'] / row['floor' + p]['median']:4.1f}" for p in ("", " bf16")
                     if "floor" + p in row) or "-"
    print(f"{row['work']:<7}{row['scale']}{row['side']:>4}  {rate('ours'):<24}{rate('ours bf16'):<24}{rate('theirs'):<24}"
          f"{row['ours']['median'] / row['theirs']['median']:5.2f}{best / row['theirs']['median']:7.2f}  {share:>9} "
          f"  {row['ours']['mib']:5.0f} / {row['theirs']['mib']:.0f} MiB", flush=True)


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--python", help="Python of an environment with ultralytics")
    parse.add_argument("--bench", default=str(ROOT / "build/release/benchmarks/ecco_train_bench"))
    parse.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parse.add_argument("--scales", default="n", help="of n, p and, on a CUDA device, x")
    parse.add_argument("--sides", default="160,320,640")
    parse.add_argument("--work", default="train,infer1,infer8")
    parse.add_argument("--rounds", type=int, default=5)
    parse.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parse.add_argument("--json", help="write the figures to this file")
    parse.add_argument("--peer", help=argparse.SUPPRESS)
    parse.add_argument("--scale", help=argparse.SUPPRESS)
    parse.add_argument("--side", type=int, help=argparse.SUPPRESS)
    parse.add_argument("--mixed", action="store_true", help=argparse.SUPPRESS)
    parse.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    args = parse.parse_args()
    if args.peer:
        return peer(args.peer, args.scale, args.side, args.threads, args.seconds, args.device, args.mixed)
    if not args.python:
        parse.error("--python is needed: Ultralytics runs in an environment of its own")
    print(f"YOLO11, 80 classes, batch {BATCH}, {CORES} cores, {args.device}, images/s: median (least-most) of "
          f"{args.rounds} rounds; share of the floor in %, fp32 and bf16; memory is the host's")
    print(f"{'':<14}{'ours fp32':<24}{'ours bf16':<24}{'ultralytics':<24}{'ratio':>5}{'best':>7}   of floor  memory")
    rows = []
    for work in args.work.split(","):
        for scale in args.scales.split(","):
            for side in map(int, args.sides.split(",")):
                rows.append(measure(args, work, scale, side))
                show(rows[-1])
    if args.json:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
        Path(args.json).write_text(json.dumps({"machine": platform.processor() or platform.machine(), "cores": CORES,
                                               "commit": commit.stdout.strip(), "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
