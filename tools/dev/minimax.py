#!/usr/bin/env python3
"""Minimax polynomials of codegen/vector/Math*.cpp (needs mpmath).

Each entry fits p in  f(x) ~ p(x)  over [a, b], minimizing the largest  |w(x) (p(x) - f(x))|. Coefficients are rounded
to the type they are evaluated in from the lowest up, the rest fitted again after each rounding. Prints them lowest first.
"""

import argparse

from mpmath import mp, mpf

mp.prec = 160
LN2 = mp.log(2)


def lawson(samples, powers, rounds=12):
    """Weighted least squares, the weights moved towards the largest errors: tends to the minimax fit."""
    n = len(powers)
    rows = [[w * x**p for p in powers] for x, _, w in samples]
    targets = [w * f for _, f, w in samples]
    mass = [mpf(1)] * len(samples)
    best, least = None, None
    for _ in range(rounds):
        a, b = mp.matrix(n, n), mp.matrix(n, 1)
        for row, target, m in zip(rows, targets, mass):
            for i in range(n):
                scaled = m * row[i]
                b[i] += scaled * target
                for j in range(i + 1):
                    a[i, j] += scaled * row[j]
        for i in range(n):
            for j in range(i):
                a[j, i] = a[i, j]
        s = mp.lu_solve(a, b)
        errors = [abs(sum(s[i] * row[i] for i in range(n)) - t) for row, t in zip(rows, targets)]
        worst = max(errors)
        if least is None or worst < least:
            best, least = [s[i] for i in range(n)], worst
        mass = [m * e / worst + mpf("1e-12") for m, e in zip(mass, errors)]
    return best


def rounded(c, bits):
    if c == 0:
        return c
    e = mp.floor(mp.log(abs(c), 2)) - (bits - 1)
    return mp.nint(c / mpf(2) ** e) * mpf(2) ** e


def fit(f, lo, hi, degree, w=lambda x: mpf(1), bits=24, grid=90):
    lo, hi = mpf(lo), mpf(hi)
    nodes = [lo + (hi - lo) * (1 - mp.cos(mp.pi * (i + mpf(1) / 2) / grid)) / 2 for i in range(grid)]
    samples = [(x, f(x), w(x)) for x in nodes]
    fixed = []
    for k in range(degree + 1):
        rest = [(x, fx - sum(c * x**i for i, c in enumerate(fixed)), wx) for x, fx, wx in samples]
        fixed.append(rounded(lawson(rest, list(range(k, degree + 1)))[0], bits))
    return fixed, max(abs(wx * (sum(c * x**i for i, c in enumerate(fixed)) - fx)) for x, fx, wx in samples)


def series(f, center=mpf("1e-12")):
    """f with its removable singularity at zero filled."""
    return lambda x: f(x) if abs(x) > center else f(center)


def lgamma_quotient(x):
    """lgamma x / ((x - 1) (x - 2)); on both zeros its limit."""
    x += mpf("1e-25") if abs((x - 1) * (x - 2)) < mpf("1e-25") else 0
    return mp.loggamma(x).real / ((x - 1) * (x - 2))


def erfinv_quotient(w):
    """erfinv x / x for the x with w = -log(1 - x^2)."""
    if w == 0:
        return mp.sqrt(mp.pi) / 2
    x = mp.sqrt(-mp.expm1(-w))
    rest = mp.exp(-w) / (1 + x)  # 1 - x
    y = mp.erfinv(x) if w < 5 else mp.sqrt(w - mp.log(mp.sqrt(mp.pi * w)) + mp.log(2))
    for _ in range(12):
        y += (mp.erfc(y) - rest) * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
    return y / x


H = LN2 / 2
R = mp.sqrt(mpf(1) / 2)
Q = mp.pi / 4
TABLE = {
    # e^r = 1 + r + r^2 p(r)
    "exp": lambda: fit(series(lambda r: (mp.expm1(r) - r) / r**2), -H * mpf("1.002"), H * mpf("1.002"), 4,
                       lambda r: r**2 / mp.exp(r) + mpf("1e-3")),
    "expm1": lambda: fit(series(lambda r: (mp.expm1(r) - r) / r**2), -H * mpf("1.002"), H * mpf("1.002"), 5,
                         lambda r: abs(r) + mpf("1e-2")),
    # 2^r = 1 + r p(r)
    "exp2": lambda: fit(series(lambda r: mp.expm1(r * LN2) / r), -mpf("0.501"), mpf("0.501"), 5,
                        lambda r: abs(r) / 2**r + mpf("1e-3")),
    # log(1 + f) = f - f^2/2 + f^3 p(f)
    "log": lambda: fit(series(lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3), R - 1, mp.sqrt(2) - 1, 8,
                       lambda f: f**2 + mpf("1e-3")),
    # tanh x = x + x^3 p(x^2)
    "tanh": lambda: fit(series(lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z), 0, mpf("0.3906"), 5,
                        lambda z: z + mpf("1e-3")),
    # erf x = x + x p(x^2)
    "erf": lambda: fit(series(lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1), 0, mpf("0.86"), 6),
    # erf x = 1 - exp(p(x))
    "erf_tail": lambda: fit(lambda t: mp.log(mp.erfc(t)), mpf("0.9"), 4, 8, lambda t: mp.erfc(t)),
    # sin r = r + r^3 p(r^2), cos r = 1 - r^2/2 + r^4 p(r^2)
    "sin": lambda: fit(series(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z), 0, Q**2 * mpf("1.001"), 3,
                       lambda z: z + mpf("1e-3")),
    "cos": lambda: fit(series(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, mpf("1e-9")), 0,
                       Q**2 * mpf("1.001"), 3, lambda z: z**2 + mpf("1e-3")),
    # tan r = r + r^3 p(r^2)
    "tan": lambda: fit(series(lambda z: (mp.tan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z), 0, Q**2 * mpf("1.001"), 7,
                       lambda z: z + mpf("1e-3")),
    # asin x = x + x^3 p(x^2)
    "asin": lambda: fit(series(lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z), 0, mpf("0.25"), 5,
                        lambda z: z + mpf("1e-3")),
    # atan x = x + x^3 p(x^2)
    "atan": lambda: fit(series(lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z), 0, 1, 9,
                        lambda z: z + mpf("1e-3")),
    # In f64: e^r = p(r); log((1+s)/(1-s)) = 2 s + s^3 p(s^2); sinh x = x + x^3 p(x^2)
    "exp64": lambda: fit(mp.exp, -H * mpf("1.001"), H * mpf("1.001"), 9, bits=53),
    "log64": lambda: fit(series(lambda z: (mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) / mp.sqrt(z) - 2) / z,
                                mpf("1e-15")), 0, mpf("0.0295"), 5, bits=53),
    "sinh64": lambda: fit(series(lambda z: (mp.sinh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, mpf("1e-15")), 0, 1, 4, bits=53),
    # erfc(a) exp(a^2) (1 + 2a) = p((a - 2) / (a + 2)), 0 <= a <= 10.5
    "erfc64": lambda: fit(lambda t: (lambda a: mp.erfc(a) * mp.exp(a * a) * (1 + 2 * a))(2 * (1 + t) / (1 - t)),
                          -1, mpf("8.5") / mpf("12.5"), 12, bits=53),
    # lgamma x = (x - 1) (x - 2) p(x - 3/2), 1 <= x <= 2
    "lgamma64": lambda: fit(lambda t: lgamma_quotient(t + mpf(3) / 2), -mpf(1) / 2, mpf(1) / 2, 17, bits=53),
    # sin(pi r) = r p(r^2), cos(pi r) = p(r^2), |r| <= 1/2
    "sinpi64": lambda: fit(series(lambda z: mp.sin(mp.pi * mp.sqrt(z)) / mp.sqrt(z)), 0, mpf(1) / 4, 8, bits=53),
    "cospi64": lambda: fit(lambda z: mp.cos(mp.pi * mp.sqrt(z)), 0, mpf(1) / 4, 8, bits=53),
    # erfinv x = x p(w - 5/2) or x p(sqrt(w) - 4) for w = -log(1 - x^2) below and above 5
    "erfinv64": lambda: fit(lambda t: erfinv_quotient(t + mpf(5) / 2), -mpf(5) / 2, mpf(5) / 2, 13, bits=53),
    "erfinv_tail64": lambda: fit(lambda t: erfinv_quotient((t + 4)**2), mp.sqrt(5) - 4, mpf("2.1"), 13, bits=53),
}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(TABLE)}; all without")
names = parser.parse_args().names or list(TABLE)
if unknown := set(names) - set(TABLE):
    parser.error(f"there is no {', '.join(sorted(unknown))}; --help lists all")
for name in names:
    coeffs, error = TABLE[name]()
    digits = 17 if name.endswith("64") else 9
    print(f"{name}: error {mp.nstr(error, 3)}\n  " + ", ".join(mp.nstr(c, digits) for c in coeffs))
