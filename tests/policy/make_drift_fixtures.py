#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what river's drift detectors say of a stream, for drift_river_test.cpp.

Run it in a throw-away environment: python3 -m venv V && V/bin/pip install river==0.26.1 &&
V/bin/python tests/policy/make_drift_fixtures.py

tests/data/policy/river_drift.txt: a line a value; after a comment line with river's version,
    value  ph  fallen risen  adwin  width total spread  kswin  p_value
ph, adwin and kswin are 1 where a drift was reported; the numbers after them are the detector's own, as they stand
after the value (p_value: of the newest test, 1 before the first). Page-Hinkley has threshold 2, as 50 is out of
reach of a stream this short; everything else is river's default. KSWIN is river's own class but for its generator: it
draws with runtime/base/random.hpp's, so that both draw the same.
"""

import collections
import math
import pathlib
import random

import river
from river import drift

MASK = (1 << 64) - 1


class Engine:
    """std::mt19937_64."""

    def __init__(self, seed):
        self.state = [seed & MASK]
        for i in range(1, 312):
            last = self.state[-1]
            self.state.append((6364136223846793005 * (last ^ (last >> 62)) + i) & MASK)
        self.at = 312

    def __call__(self):
        if self.at == 312:
            s = self.state
            for i in range(312):
                x = (s[i] & 0xFFFFFFFF80000000) | (s[(i + 1) % 312] & 0x7FFFFFFF)
                s[i] = s[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 if x & 1 else 0)
            self.at = 0
        x = self.state[self.at]
        self.at += 1
        x ^= (x >> 29) & 0x5555555555555555
        x ^= (x << 17) & 0x71D67FFFEDA60000
        x ^= (x << 37) & 0xFFF7EEE000000000
        return (x ^ (x >> 43)) & MASK


class Sampler:
    """Stands where KSWIN has a random.Random; draws as ecco::kswin does."""

    def __init__(self, seed):
        self.engine = Engine(seed)

    def below(self, limit):
        excess = (MASK % limit + 1) % limit
        drawn = self.engine()
        while drawn > MASK - excess:
            drawn = self.engine()
        return drawn % limit

    def sample(self, population, count):
        pool = list(population)
        for i in range(count):
            j = i + self.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]


class Kswin(drift.KSWIN):
    def _reset(self):
        super()._reset()
        self.p_value = 1
        self._rng = Sampler(1)


def stream():
    """Calm, abrupt fall, rise, gradual fall, calm with ties."""
    rng = random.Random(4)
    for i in range(800):
        level = .55 if i < 200 else .35 if i < 350 else .6 if i < 500 else max(.3, .6 - .002 * (i - 500))
        value = rng.gauss(level, .08)
        yield round(value, 1 if i >= 700 else 6)


def main():
    out = pathlib.Path(__file__).resolve().parents[1] / "data" / "policy" / "river_drift.txt"
    ph, adwin, kswin = drift.PageHinkley(threshold=2.0), drift.ADWIN(), Kswin()
    lines = [f"# river {river.__version__}"]
    fired = collections.Counter()
    for value in stream():
        for each in (ph, adwin, kswin):
            each.update(value)
            fired[type(each).__name__] += each.drift_detected
        numbers = [ph._max_decrease - ph._sum_decrease, ph._sum_increase - ph._min_increase]
        assert all(map(math.isfinite, numbers))
        lines.append(f"{value:.6g} {ph.drift_detected:d} {numbers[0]:.10g} {numbers[1]:.10g} "
                     f"{adwin.drift_detected:d} {adwin.width:g} {adwin.total:.10g} {adwin.variance:.10g} "
                     f"{kswin.drift_detected:d} {kswin.p_value:.10g}")
    out.write_text("\n".join(lines) + "\n")
    print(out, dict(fired))


main()
