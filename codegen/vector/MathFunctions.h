// The elementary functions on f32, as polynomials: no call, no table. docs/math.md lists their measured errors.
//
// Arguments and results are f32 scalars or vectors. All of them give the IEEE results for NaN, infinities and signed zeros.
// Those marked f64 compute in double precision inside: half the speed, correctly rounded but for one case in thousands.
#pragma once
#include "codegen/vector/MathBuilder.h"

namespace ingot::codegen::f32 {

// Exponentials.
Num exp(Num x);
Num exp2(Num x);
Num expm1(Num x);
Num pow(Num x, Num y); // f64

// Logarithms.
Num log(Num x);
Num log2(Num x);  // f64
Num log10(Num x); // f64
Num log1p(Num x); // f64

// Hyperbolic functions.
Num sinh(Num x); // f64
Num cosh(Num x); // f64
Num tanh(Num x);
Num asinh(Num x); // f64
Num acosh(Num x); // f64
Num atanh(Num x); // f64

// The error function and its complement.
Num erf(Num x);
Num erfc(Num x); // f64

// Of f64, too.
Num lgamma(Num x);  // f64
Num digamma(Num x); // f64
/// The n-th derivative of digamma, 0 < n <= 20.
Num polygamma(int64_t n, Num x); // f64
Num erfinv(Num x);               // f64

// Trigonometric functions, accurate for every finite argument. Vectors with an element of 2^17 or beyond take a slow path.
Num sin(Num x);
Num cos(Num x);
Num tan(Num x);
Num asin(Num x);
Num acos(Num x);
Num atan(Num x);
Num atan2(Num y, Num x);

// Roots.
Num rsqrt(Num x);
Num cbrt(Num x); // f64

// Rounding to integers, without instructions for it.
Num floor(Num x);
Num ceil(Num x);
Num trunc(Num x);
Num round(Num x);
Num roundEven(Num x);

/// C's fmod: x - y * trunc(x / y), exact, with the sign of x. One iteration for each 2^27 of |x / y|.
Num fmod(Num x, Num y); // f64

// Building blocks in f64.
/// e^x to 2e-14, |x| <= 700.
Num expF64(Num x);
/// log(u) to 1e-13, u > 0 and normal.
Num logF64(Num u);
/// log(1 + x) to 1e-13, x > -1, exact to the last digits of small x.
Num log1pF64(Num x);

} // namespace ingot::codegen::f32
