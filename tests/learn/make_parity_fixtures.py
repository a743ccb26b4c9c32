#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the real Ultralytics and writes what it answers: tests/data/learn/ultralytics.safetensors.

    python3 -m venv V && V/bin/pip install 'ultralytics==8.3.*' torch safetensors
    V/bin/python tests/learn/make_parity_fixtures.py tests/data/learn/ultralytics.safetensors

Run with ultralytics 8.3.253, torch 2.15.0, opencv 5.0.0, numpy 2.4.6. Two runs on one machine give the same bytes.

Weights and inputs come from a formula that ultralytics_test.cpp repeats (`draw`), so that only answers are stored,
and of the long ones a sample (`sample`).
"""
import copy
import math
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from ultralytics.cfg import get_cfg
from ultralytics.data.augment import LetterBox
from ultralytics.nn.tasks import DetectionModel, SegmentationModel, yaml_model_load
from ultralytics.utils.loss import v8DetectionLoss, v8SegmentationLoss
from ultralytics.utils.nms import non_max_suppression
from ultralytics.utils.ops import process_mask, xyxy2xywhn

VARIANTS = [size + task for size in "pnsmlx" for task in ("", "-seg")]
ECCO_PICO = [0.50, 0.125, 1024]
HEIGHT, WIDTH = 64, 96
KEPT = 300  # values of a long answer
MASK64 = (1 << 64) - 1


def fnv1a(text):
    """64-bit FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & MASK64
    return value


def draw(name, shape, low=-1.0, high=1.0):
    """Uniform numbers in [low, high): splitmix64 from the hash of `name`, upper 24 bits, combined in float32."""
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
    values = np.float32(low) + unit * np.float32(np.float32(high) - np.float32(low))
    return torch.from_numpy(values).reshape(shape)


def weight(name, shape):
    """Values for a tensor of a state dict."""
    if name.endswith("running_mean"):
        return draw(name, shape, -0.1, 0.1)
    if name.endswith("running_var"):
        return draw(name, shape, 0.5, 1.5)
    if name.endswith("bn.weight"):
        return draw(name, shape, 0.5, 1.0)
    if name.endswith("bias"):
        return draw(name, shape)
    bound = math.sqrt(6.0 / math.prod(shape[1:]))
    return draw(name, shape, -bound, bound)


def sample(tensor):
    """At most KEPT values, evenly spread over the flattened tensor."""
    flat = tensor.detach().reshape(-1)
    step = max(1, -(-flat.numel() // KEPT))
    return flat[::step].contiguous().float()


def build(variant, classes=80):
    task = SegmentationModel if variant.endswith("-seg") else DetectionModel
    config = copy.deepcopy(yaml_model_load("yolo11-seg.yaml" if task is SegmentationModel else "yolo11.yaml"))
    config["scales"]["p"] = ECCO_PICO
    config["scale"] = variant[0]
    config["yaml_file"] = f"yolo11{variant}.yaml"
    model = task(config, nc=classes, verbose=False)
    model.args = get_cfg()
    state = {
        name: value if "dfl" in name or "num_batches" in name else weight(name, value.shape)
        for name, value in model.state_dict().items()
    }
    model.load_state_dict(state)
    return model


def cells_first(levels):
    """Per level (b, c, h, w) -> (b, anchors, c), as ecco lays it out."""
    return torch.cat([x.flatten(2).transpose(1, 2) for x in levels], 1)


def count_multiplications(model, picture):
    """Of all convolutions of an inference pass."""
    count = 0

    def add(layer, _, answer):
        nonlocal count
        transposed = isinstance(layer, torch.nn.ConvTranspose2d)  # kernel 2, stride 2: one kernel cell an output cell
        count += answer.numel() * (layer.in_channels if transposed else layer.weight[0].numel())

    hooks = [
        layer.register_forward_hook(add)
        for name, layer in model.named_modules()
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)) and "dfl" not in name
    ]
    with torch.no_grad():
        model.eval()(picture)
    for hook in hooks:
        hook.remove()
    return count


def networks(out):
    """The answer of every variant to two pictures, its size, and a digest of its state dict's names and shapes.

    In inference mode and in training mode.
    """
    pictures = draw("pictures", (2, 3, HEIGHT, WIDTH), 0, 1)
    for variant in VARIANTS:
        model = build(variant)
        lines = sorted(f"{n} {list(v.shape)}\n" for n, v in model.state_dict().items() if "num_batches" not in n)
        parameters, tensors = sum(p.numel() for p in model.parameters()), len(model.state_dict())
        key = f"yolo11{variant}/"
        with torch.no_grad():
            answer, inferred = model.eval()(pictures)
            raw = model.train()(pictures)
        out[key + "inferred"] = sample(cells_first(inferred[0] if variant.endswith("-seg") else inferred))
        out[key + "boxes_and_scores"] = sample(answer[:, :84])
        heads = cells_first(raw[0] if variant.endswith("-seg") else raw)
        out[key + "trained"] = sample(heads)
        if variant.endswith("-seg"):
            out[key + "coefficients"] = sample(raw[1].transpose(1, 2))
            out[key + "prototypes"] = sample(raw[2])
        multiplications = count_multiplications(model, pictures[:1])
        fused = sum(p.numel() for p in model.eval().fuse(verbose=False).parameters())
        digest = fnv1a("".join(lines)) & (1 << 63) - 1
        out[key + "size"] = torch.tensor([parameters, fused, tensors, multiplications, digest])
        print(variant, parameters, fused, tensors, 2e-9 * multiplications * 640**2 / (HEIGHT * WIDTH), "spread", float(heads.std(1).mean()))


def truth(name, counts, snapped):
    """Objects of a batch: (picture, class, corner box in pixels), a box at least 24 x 20.

    `snapped` puts corners on cells of the mask: where boxes are few, Ultralytics rounds them on the CPU, else (and on
    a GPU always) it compares; so both say the same.
    """
    rows = []
    for picture, count in enumerate(counts):
        numbers = draw(f"{name}/{picture}", (count, 5), 0, 1)
        for x, y, w, h, c in numbers.tolist():
            w, h = 24 + w * 36, 20 + h * 24
            x, y = x * (WIDTH - w), y * (HEIGHT - h)
            box = [x, y, x + w, y + h]
            if snapped:
                box = [math.floor(v / 4) * 4 for v in box]
            rows.append([picture, math.floor(c * 3), *box])
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 6)


def owners(rows, batch):
    """Index map of the masks: an ellipse in each box, the larger first."""
    maps = torch.zeros(batch, HEIGHT // 4, WIDTH // 4)
    y, x = torch.meshgrid(torch.arange(HEIGHT // 4) * 4 + 2.0, torch.arange(WIDTH // 4) * 4 + 2.0, indexing="ij")
    for picture in range(batch):
        mine = rows[rows[:, 0] == picture]
        areas = (mine[:, 4] - mine[:, 2]) * (mine[:, 5] - mine[:, 3])
        for i in torch.argsort(areas, descending=True, stable=True).tolist():
            x1, y1, x2, y2 = mine[i, 2:].tolist()
            inside = ((2 * x - x1 - x2) / (x2 - x1)) ** 2 + ((2 * y - y1 - y2) / (y2 - y1)) ** 2 < 1
            maps[picture][inside] = i + 1
    return maps


def batch_of(rows, batch):
    return {
        "batch_idx": rows[:, 0],
        "cls": rows[:, 1],
        "bboxes": xyxy2xywhn(rows[:, 2:], w=WIDTH, h=HEIGHT),
        "masks": owners(rows, batch),
    }


SCENES = {"many": ([40, 33], False), "few": ([2, 0, 1], True), "none": ([0, 0], True)}


def synthetic_head(scene, batch, classes=3):
    """Predictions of plausible boxes without a network: distances of one to four cells."""
    distances, scores, coefficients = [], [], []
    for stride in (8, 16, 32):
        cells = (batch, HEIGHT // stride, WIDTH // stride)
        centre = draw(f"{scene}/centre{stride}", (*cells, 4, 1), 24 / stride, 40 / stride)
        bins = torch.arange(16.0)
        noise = draw(f"{scene}/noise{stride}", (*cells, 4, 16))
        distances.append((noise - (bins - centre).abs()).reshape(*cells, 64))
        scores.append(draw(f"{scene}/scores{stride}", (*cells, classes), -4, 1))
        coefficients.append(draw(f"{scene}/coefficients{stride}", (*cells, 32)))
    flat = lambda parts: torch.cat([p.reshape(batch, -1, p.shape[-1]) for p in parts], 1).requires_grad_()
    return flat(distances), flat(scores), flat(coefficients)


def levels_of(flat):
    """Back to Ultralytics' layout of levels."""
    out, at = [], 0
    for stride in (8, 16, 32):
        h, w = HEIGHT // stride, WIDTH // stride
        out.append(flat[:, at : at + h * w].transpose(1, 2).reshape(flat.shape[0], -1, h, w))
        at += h * w
    return out


def losses(out):
    """Terms of both losses, with their gradients towards the predictions."""
    for scene, (counts, snapped) in SCENES.items():
        batch = len(counts)
        rows = truth(scene, counts, snapped)
        out[f"{scene}/truth"] = rows
        out[f"{scene}/owners"] = owners(rows, batch).to(torch.uint8)
        for task, model in (("detect", build("p", 3)), ("segment", build("p-seg", 3))):
            distances, scores, coefficients = synthetic_head(scene, batch)
            prototypes = draw(f"{scene}/prototypes", (batch, 32, HEIGHT // 4, WIDTH // 4)).requires_grad_()
            levels = levels_of(torch.cat([distances, scores], 2))
            if task == "detect":
                criterion, predicted, inputs = v8DetectionLoss(model), levels, (distances, scores)
            else:
                criterion = v8SegmentationLoss(model)
                predicted = (levels, coefficients.transpose(1, 2), prototypes)
                inputs = (distances, scores, coefficients, prototypes)
            assigned = []
            original = criterion.assigner.forward
            criterion.assigner.forward = lambda *a: assigned.append(original(*a)) or assigned[-1]
            total, terms = criterion(predicted, batch_of(rows, batch))
            # Positives without any overlap would be arbitrary among equals: ecco leaves them out.
            _, _, target_scores, foreground, _ = assigned[-1]
            assert (target_scores.sum(-1) > 0).sum() == foreground.sum(), scene
            total.sum().backward()
            out[f"{scene}/{task}/terms"] = terms.detach()
            for name, tensor in zip(("distances", "classes", "coefficients", "prototypes"), inputs):
                gradient = torch.zeros_like(tensor) if tensor.grad is None else tensor.grad
                out[f"{scene}/{task}/d_{name}"] = sample(gradient)
            print(scene, task, terms.tolist(), "positives", int(foreground.sum()))


def one_step(out):
    """Gradients of whole networks, and one step of AdamW in Ultralytics' parameter groups after clipping."""
    from ultralytics.engine.trainer import BaseTrainer

    counts = [2, 3]
    rows = truth("few", counts, True)
    out["step/truth"] = rows
    out["step/owners"] = owners(rows, 2).to(torch.uint8)
    pixels = (draw("pixels", (2, 3, HEIGHT, WIDTH), 0, 256).floor() / 255).float()
    for variant in ("p", "p-seg"):
        model = build(variant, 3).train()
        for name, p in model.named_parameters():
            p.requires_grad_("dfl" not in name)
        loss, _ = model({"img": pixels, **batch_of(rows, 2)})
        loss.sum().backward()
        key = f"step/yolo11{variant}/"
        out[key + "loss"] = loss.detach()
        named = sorted((n, p) for n, p in model.named_parameters() if p.requires_grad)
        out[key + "gradient_norms"] = torch.stack([p.grad.norm() for _, p in named])
        out[key + "gradients"] = torch.cat([p.grad.reshape(-1)[:3] for _, p in named])
        if variant == "p":
            shell = BaseTrainer.__new__(BaseTrainer)
            optimizer = shell.build_optimizer(model, "AdamW", lr=1e-3, momentum=0.9, decay=0.5)
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=10.0)
            optimizer.step()
            print("gradient norm", float(norm), [len(g["params"]) for g in optimizer.param_groups])
            out[key + "stepped"] = torch.cat([p.detach().reshape(-1)[:3] for _, p in named])
            state = model.state_dict()
            statistics = sorted(n for n in state if "running" in n)
            out[key + "statistics"] = torch.cat([state[n].reshape(-1)[:2] for n in statistics])


def suppression(out):
    """Which of 400 boxes stay, by the best class only and with every class above the threshold."""
    count, classes = 400, 3
    numbers = draw("nms", (count, 4), 0, 1)
    centre, size = numbers[:, :2] * torch.tensor([200.0, 150.0]), 20 + numbers[:, 2:] * 60
    scores = draw("nms/scores", (count, classes), 0, 1)
    prediction = torch.cat([centre, size, scores], 1).T[None]
    for name, options in {
        "best": {"conf_thres": 0.25, "iou_thres": 0.7},
        "every": {"conf_thres": 0.001, "iou_thres": 0.7, "multi_label": True},
        "strict": {"conf_thres": 0.25, "iou_thres": 0.3},
    }.items():
        kept = non_max_suppression(prediction.clone(), **options)[0]
        out[f"nms/{name}"] = kept
        print("nms", name, len(kept))


def letterboxes(out):
    """Where pictures of many sizes come to lie: width, height, target side, left, top, new width, new height."""
    lengths = draw("letterbox", (300, 2), 0, 1)
    rows = []
    edge = [(1, 1), (1, 2), (2, 1), (2000, 2000), (1999, 2000), (2000, 1), (1, 2000), (3, 997), (640, 640), (641, 640)]
    for w, h in edge + [(1 + int(a * 2000), 1 + int(b * 2000)) for a, b in lengths.tolist()]:
        for side in (64, 320):
            scale = min(side / h, side / w)
            if round(w * scale) < 1 or round(h * scale) < 1:
                rows.append([w, h, side, -1, -1, -1, -1])  # OpenCV refuses
                continue
            drawn = LetterBox((side, side), auto=False, scaleup=True)(image=np.full((h, w, 3), 255, np.uint8))
            ys, xs = np.nonzero(drawn[..., 0] == 255)
            rows.append([w, h, side, xs[0], ys[0], xs.max() - xs.min() + 1, ys.max() - ys.min() + 1])
    out["letterbox/geometry"] = torch.tensor(rows, dtype=torch.int32)
    for w, h in ((37, 23), (150, 90), (64, 40)):
        picture = draw(f"letterbox/{w}x{h}", (h, w, 3), 0, 256).floor().to(torch.uint8).numpy()
        out[f"letterbox/{w}x{h}"] = torch.from_numpy(LetterBox((64, 64), auto=False)(image=picture).copy())


def masks(out):
    """process_mask of 60 detections (from 50 on, Ultralytics crops without rounding)."""
    count, h, w = 60, 16, 24
    prototypes = draw("masks/prototypes", (32, h, w))
    coefficients = draw("masks/coefficients", (count, 32))
    numbers = draw("masks/boxes", (count, 4), 0, 1)
    corner = numbers[:, :2] * torch.tensor([80.0, 50.0]) - 5
    boxes = torch.cat([corner, corner + 2 + numbers[:, 2:] * 50], 1)
    drawn = process_mask(prototypes, coefficients, boxes, (4 * h, 4 * w), upsample=True)
    out["masks/boxes"] = boxes
    out["masks/bits"] = torch.from_numpy(np.packbits(drawn.numpy().astype(np.uint8).reshape(count, -1), axis=1))
    print("masks", drawn.shape, float(drawn.float().mean()))


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    out = {}
    for part in (networks, losses, one_step, suppression, letterboxes, masks):
        part(out)
    save_file({k: v.contiguous() for k, v in out.items()}, sys.argv[1])


if __name__ == "__main__":
    main()
