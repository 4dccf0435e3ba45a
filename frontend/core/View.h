// The recipes of views, forwards and backwards. Not a public header.
#pragma once
#include "frontend/core/Recorder.h"

namespace ingot::detail {

/// The view's value, made from the base's. The base itself where the step changes nothing.
mlir::Value applyView(const Site &site, const ViewStep &step, mlir::Value base, mlir::RankedTensorType type);
/// The base's value after `value` has been written to the view.
mlir::Value writeView(const Site &site, const ViewStep &step, mlir::Value base, mlir::Value value);

/// A view whose base has got a history by a change in place has it, too.
void followBase(TensorImpl &view);

} // namespace ingot::detail
