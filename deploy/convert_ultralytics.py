#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns weights of Ultralytics (YOLO11, .pt) into safetensors that ecco reads, and back.

  convert_ultralytics.py yolo11n.pt yolo11n.safetensors          for `student.weights` in ecco.yaml
  convert_ultralytics.py trained.safetensors trained.pt --architecture yolo11n --names person,car

Needs a Python with `ultralytics` 8.3 and `safetensors` (pip), which ecco itself does not. A .pt file is a pickle: opening
one runs what its author put into it. Only open those you trust.
"""
import argparse
import sys
from pathlib import Path

MALFORMED, MISSING_INPUT, WRITE_FAILED, MISSING_PACKAGE = 65, 66, 74, 1


def give_up(code, what, hint=""):
    print(f"convert_ultralytics: {what}" + (f"\n  {hint}" if hint else ""), file=sys.stderr)
    sys.exit(code)


def packages():
    try:
        import torch
        from safetensors.torch import load_file, save_file
        from ultralytics.nn.tasks import DetectionModel, SegmentationModel
    except ImportError as missing:
        give_up(MISSING_PACKAGE, f"{missing.name} is not installed for {sys.executable}",
                "python3 -m venv V && V/bin/pip install 'ultralytics>=8.3,<8.4' safetensors, then use V/bin/python")
    return torch, load_file, save_file, {"detect": DetectionModel, "segment": SegmentationModel}


def to_safetensors(source, target):
    torch, _, save_file, _ = packages()
    try:
        # Their file holds whole objects, not only tensors.
        kept = torch.load(source, map_location="cpu", weights_only=False)
    except Exception as why:  # pickle can raise anything
        give_up(MALFORMED, f"{source} cannot be read: {why}", "is it a .pt file of Ultralytics?")
    # The averaged weights are what they validate and export.
    model = kept.get("ema") or kept.get("model") if isinstance(kept, dict) else None
    if model is None or not hasattr(model, "state_dict"):
        give_up(MALFORMED, f"{source} holds no model", "a bare state dict has no architecture: save the model itself")
    state = {name: tensor.float().contiguous() if tensor.is_floating_point() else tensor.contiguous()
             for name, tensor in model.state_dict().items()}
    if "model.23.cv2.0.0.conv.weight" not in state:
        give_up(MALFORMED, f"{source} is no YOLO11", "ecco reads YOLO11, detect and segment")
    names = getattr(model, "names", {})
    save_file(state, target, {"classes": ",".join(str(names[i]) for i in sorted(names))})
    print(f"{target}: {len(state)} tensors, {sum(t.numel() for t in state.values()):,} values,"
          f" classes: {', '.join(str(names[i]) for i in sorted(names))}")


def to_pt(source, target, architecture, names):
    torch, load_file, _, models = packages()
    try:
        state = load_file(source)
    except Exception as why:
        give_up(MALFORMED, f"{source} cannot be read: {why}", "is it a safetensors file?")
    kind = "segment" if architecture.endswith("-seg") else "detect"
    model = models[kind](f"{architecture}.yaml", nc=len(names), verbose=False)
    # ecco keeps neither the counters of batch normalisation nor the constants of the head.
    derived = [n for n in model.state_dict() if n.endswith("num_batches_tracked") or n.endswith("dfl.conv.weight")]
    try:
        missing, unexpected = model.load_state_dict(state, strict=False)
    except RuntimeError as why:
        give_up(MALFORMED, f"{source} is no {architecture} of {len(names)} classes: {str(why).splitlines()[1].strip()}")
    if unexpected or set(missing) - set(derived):
        odd = (sorted(unexpected) + sorted(set(missing) - set(derived)))[0]
        give_up(MALFORMED, f"{source} is no {architecture}: {odd} is unknown or missing")
    model.names = dict(enumerate(names))
    torch.save({"model": model.half(), "train_args": {"task": kind}, "date": None, "version": None}, target)
    print(f"{target}: {architecture}, classes: {', '.join(names)}")


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("source", type=Path)
    parse.add_argument("target", type=Path)
    parse.add_argument("--architecture", help="back to .pt: yolo11n, yolo11s-seg, ...")
    parse.add_argument("--names", help="back to .pt: the classes, in order, with commas between")
    args = parse.parse_args()
    if not args.source.is_file():
        give_up(MISSING_INPUT, f"{args.source} is not there")
    kinds = args.source.suffix, args.target.suffix
    try:
        if kinds == (".pt", ".safetensors"):
            return to_safetensors(args.source, args.target)
        if kinds == (".safetensors", ".pt"):
            if not args.architecture or not args.names:
                parse.error("back to .pt, --architecture and --names are needed: safetensors hold neither")
            return to_pt(args.source, args.target, args.architecture, args.names.split(","))
    except OSError as why:
        give_up(WRITE_FAILED, f"{args.target} cannot be written: {why}")
    parse.error("one file ends in .pt, the other in .safetensors")


if __name__ == "__main__":
    main()
