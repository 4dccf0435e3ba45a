#include "frontend/core/Element.h"
#include "frontend/core/Context.h"
#include "frontend/core/Error.h"
#include "frontend/core/Half.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/APFloat.h"
#include <atomic>
#include <cstring>

using namespace mlir;

namespace ingot {

int64_t elementSize(Dtype type) {
  switch (type) {
  case Dtype::Bool:
  case Dtype::UInt8:
  case Dtype::Int8: return 1;
  case Dtype::Int16:
  case Dtype::Float16:
  case Dtype::BFloat16: return 2;
  case Dtype::Int32:
  case Dtype::Float32: return 4;
  case Dtype::Int64:
  case Dtype::Float64: return 8;
  }
  return 0;
}

static std::atomic<Dtype> defaultDtype = kFloat32;

Dtype get_default_dtype() { return defaultDtype; }

void set_default_dtype(Dtype type) {
  if (!isFloatingType(type))
    throw Error(std::string("the default element type must be a floating-point type, got ") + toString(type));
  defaultDtype = type;
}

const char *toString(Dtype type) {
  constexpr const char *names[] = {"bool",  "uint8",   "int8",     "int16",   "int32",
                                   "int64", "float16", "bfloat16", "float32", "float64"};
  return names[static_cast<size_t>(type)];
}

const char *detail::libtorchName(Dtype type) {
  constexpr const char *names[] = {"Bool", "Byte", "Char",     "Short", "Int",
                                   "Long", "Half", "BFloat16", "Float", "Double"};
  return names[static_cast<size_t>(type)];
}

Scalar::Scalar(const Size &size) : kind_(size.isNumber() ? Kind::Integer : Kind::Size) {
  if (size.isNumber())
    integer = size;
  else
    size_ = size;
}

Scalar Scalar::operator-() const {
  Scalar result = *this;
  result.real = -real;
  result.integer = -integer;
  if (kind_ == Kind::Size)
    result.size_ = 0 - size_;
  else if (kind_ == Kind::Bool)
    result.kind_ = Kind::Integer;
  return result;
}

static uint16_t bitsOf(float value, Dtype type) {
  uint16_t bits;
  std::memcpy(&bits, detail::storeElement(value, type).data(), sizeof bits);
  return bits;
}
Half::Half(float value) : x(bitsOf(value, kFloat16)) {}
Half::operator float() const { return detail::loadElement(&x, kFloat16).toFloat(); }
BFloat16::BFloat16(float value) : x(bitsOf(value, kBFloat16)) {}
BFloat16::operator float() const { return detail::loadElement(&x, kBFloat16).toFloat(); }

namespace detail {

Type elementType(Dtype type) {
  Builder b(&context());
  switch (type) {
  case Dtype::Bool: return b.getI1Type();
  case Dtype::UInt8: return b.getIntegerType(8, /*isSigned=*/false);
  case Dtype::Int8: return b.getI8Type();
  case Dtype::Int16: return b.getI16Type();
  case Dtype::Int32: return b.getI32Type();
  case Dtype::Int64: return b.getI64Type();
  case Dtype::Float16: return b.getF16Type();
  case Dtype::BFloat16: return b.getBF16Type();
  case Dtype::Float32: return b.getF32Type();
  case Dtype::Float64: return b.getF64Type();
  }
  return {};
}

Dtype dtypeOf(Type type) {
  type = getElementTypeOrSelf(type);
  if (type.isBF16())
    return Dtype::BFloat16;
  unsigned bits = type.getIntOrFloatBitWidth();
  if (isa<FloatType>(type))
    return bits == 16 ? Dtype::Float16 : bits == 32 ? Dtype::Float32 : Dtype::Float64;
  if (type.isUnsignedInteger(8))
    return Dtype::UInt8;
  return bits == 1    ? Dtype::Bool
         : bits == 8  ? Dtype::Int8
         : bits == 16 ? Dtype::Int16
         : bits == 32 ? Dtype::Int32
                      : Dtype::Int64;
}

static llvm::APFloat roundTo(double value, Dtype type) {
  llvm::APFloat result(value);
  bool exact;
  result.convert(cast<FloatType>(elementType(type)).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                 &exact);
  return result;
}

ElementBytes storeElement(const Scalar &number, Dtype type) {
  ElementBytes bytes{};
  auto put = [&](auto value) { std::memcpy(bytes.data(), &value, sizeof value); };
  switch (type) {
  case Dtype::Bool: put(static_cast<uint8_t>(number.toBool())); break;
  case Dtype::UInt8: put(static_cast<uint8_t>(number.to<int64_t>())); break;
  case Dtype::Int8: put(number.to<int8_t>()); break;
  case Dtype::Int16: put(number.to<int16_t>()); break;
  case Dtype::Int32: put(number.to<int32_t>()); break;
  case Dtype::Int64: put(number.to<int64_t>()); break;
  case Dtype::Float16:
  case Dtype::BFloat16:
    put(static_cast<uint16_t>(roundTo(number.toDouble(), type).bitcastToAPInt().getZExtValue()));
    break;
  case Dtype::Float32: put(number.to<float>()); break;
  case Dtype::Float64: put(number.to<double>()); break;
  }
  return bytes;
}

Scalar loadElement(const void *from, Dtype type) {
  auto get = [&]<class T>(T value) {
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  switch (type) {
  case Dtype::Bool: return get(uint8_t()) != 0;
  case Dtype::UInt8: return get(uint8_t());
  case Dtype::Int8: return get(int8_t());
  case Dtype::Int16: return get(int16_t());
  case Dtype::Int32: return get(int32_t());
  case Dtype::Int64: return get(int64_t());
  case Dtype::Float16:
  case Dtype::BFloat16: {
    llvm::APFloat value(cast<FloatType>(elementType(type)).getFloatSemantics(),
                        llvm::APInt(16, get(uint16_t())));
    return value.convertToDouble();
  }
  case Dtype::Float32: return get(float());
  case Dtype::Float64: return get(double());
  }
  return 0;
}

Attribute elementAttr(const Scalar &number, Dtype type) {
  Type element = elementType(type);
  if (isFloatingType(type))
    return FloatAttr::get(element, number.toDouble());
  if (type == Dtype::UInt8)
    return IntegerAttr::get(element, llvm::APInt(8, static_cast<uint8_t>(number.toLong())));
  return IntegerAttr::get(element, type == Dtype::Bool ? number.toBool() : number.toLong());
}

} // namespace detail
} // namespace ingot
