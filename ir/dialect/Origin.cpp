#include "ir/dialect/Origin.h"

using namespace mlir;

namespace ingot::ir {

Origin Origin::of(Location location) {
  Origin origin;
  location->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part); named && !origin.path)
      origin.path = named.getName();
    if (auto fused = dyn_cast<FusedLoc>(part); fused && !origin.function)
      origin.function = dyn_cast_or_null<StringAttr>(fused.getMetadata());
    if (auto line = dyn_cast<FileLineColLoc>(part); line && !line.getFilename().empty())
      origin.line = line;
    return origin.line ? WalkResult::interrupt() : WalkResult::advance();
  });
  return origin;
}

Location Origin::location() const {
  Location place = line;
  if (function)
    place = FusedLoc::get(line.getContext(), place, function);
  return path ? NameLoc::get(path, place) : place;
}

} // namespace ingot::ir
