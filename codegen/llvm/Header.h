// The header P.h of an export named P, and the symbols by which the header and the object P.o meet.
//
// The object defines, with C linkage (int64_t is i64, int32_t is i32, pointers are of address space 0):
//
//   const int32_t P_interface_1_<hash>;                   // interfaceSymbol(module); value 1; the header refers to it
//   int64_t P_state_size(void);                           // bytes of the prepared block, a multiple of 64
//   const ingot_state_entry *P_states(int32_t *count);    // static table, order of ModuleInfo::states; null if empty
//   const ingot_site *P_sites(int32_t *count);            // static table, order of ModuleInfo::sites; null if empty
//   int32_t P_prepare(P_state *state, const void *const canonical[]);     // canonical[i]: row-major, element-aligned,
//   int32_t P_unprepare(const P_state *state, void *const canonical[]);   //   one for each row of P_states()
//   const P_state *P_embedded_state(void);                // only with embeddedWeights: 64-byte aligned, read-only
//
// and for each function f:
//
//   int32_t P_f(const P_state *state, const T *in..., int64_t dim..., T *out..., void *workspace, const P_host *host);
//                                                         // `P_state *state` where writesState
//   int64_t P_f_workspace(int64_t dim..., int32_t workers);   // bytes; the dims must be in range, workers >= 1
//
// P_host is ingot_host, P_state is opaque. T is float, double, ingot_f16, ingot_bf16 (both uint16_t), int64_t, int32_t,
// int16_t, int8_t, uint8_t or bool (one byte, 0 or 1). `state` is passed even where the module has none (it is null then,
// and P_state_size() is 0, P_prepare and P_unprepare do nothing). Structs are those of runtime/abi/abi.h.
//
// P_f checks every dimension before it writes anything. Where one is out of range it fills *host->error, if host and
// host->error are not null, with {INGOT_ERROR_DIMENSION, -1, "N", value, min, max or INT64_MAX} and returns that code.
#pragma once
#include "codegen/llvm/Interface.h"
#include <optional>
#include <string>

namespace ingot::codegen {

/// The version of the interface above. A change of a signature, of abi.h or of a meaning makes a new version.
inline constexpr int interfaceVersion = 1;

/// P_interface_1_<hash>: the object defines it, the header refers to it, so that a header and an object of different
/// versions, or of different functions, dimensions or states, do not link. The hash covers all that a caller sees but
/// sizes of state and workspace, which the header asks the object for.
std::string interfaceSymbol(const ModuleInfo &module);

/// Why no header can be emitted for `module`, or nullopt: the name of the export or of a function is not a C identifier,
/// is a keyword, or collides with another symbol; a dtype is unknown. One line: who, what was required, what was got.
std::optional<std::string> checkInterface(const ModuleInfo &module);

/// The text of P.h: self-contained C11, and C++17 with the loader of runtime/ embedded. Depends on `module` alone.
/// Precondition: checkInterface(module) found nothing.
std::string emitHeader(const ModuleInfo &module);

} // namespace ingot::codegen
