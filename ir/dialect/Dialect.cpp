#include "ir/dialect/Dialect.h"
#include "ir/dialect/Sizes.h"
#include "ir/ops/Infer.h"
#include "ir/ops/Ops.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ingot;
using namespace ingot::ir;

// A vector of expressions is no trivially destructible key: the storage owns it, and the uniquer destroys it.
namespace ingot::ir::detail {
struct SizesAttrStorage : AttributeStorage {
  using KeyTy = std::vector<sizes::Expr>;
  explicit SizesAttrStorage(KeyTy sizes) : sizes(std::move(sizes)) {}
  bool operator==(const KeyTy &key) const { return key == sizes; }
  static llvm::hash_code hashKey(const KeyTy &key) {
    llvm::hash_code code = key.size();
    for (const sizes::Expr &size : key)
      code = llvm::hash_combine(code, size.hash());
    return code;
  }
  static SizesAttrStorage *construct(AttributeStorageAllocator &allocator, KeyTy key) {
    return new (allocator.allocate<SizesAttrStorage>()) SizesAttrStorage(std::move(key));
  }
  KeyTy sizes;
};
} // namespace ingot::ir::detail

SizesAttr SizesAttr::get(MLIRContext *context, std::vector<sizes::Expr> sizes) {
  return Base::get(context, std::move(sizes));
}

const std::vector<sizes::Expr> &SizesAttr::getSizes() const { return getImpl()->sizes; }

// expr   ::= term (('+' | '-') term)*
// term   ::= factor (('*' | 'floordiv' | 'mod') factor)*
// factor ::= integer | '-' factor | name | ('min' | 'max') '(' expr ',' expr ')' | '(' expr ')'
namespace {
struct SizeParser {
  AsmParser &p;

  FailureOr<sizes::Expr> factor() {
    int64_t value;
    if (OptionalParseResult number = p.parseOptionalInteger(value); number.has_value())
      return failed(*number) ? FailureOr<sizes::Expr>(failure()) : sizes::Expr(value);
    if (succeeded(p.parseOptionalMinus())) {
      FailureOr<sizes::Expr> e = factor();
      return failed(e) ? e : FailureOr<sizes::Expr>(sizes::Expr(0) - *e);
    }
    if (succeeded(p.parseOptionalLParen())) {
      FailureOr<sizes::Expr> e = expr();
      return failed(e) || p.parseRParen() ? FailureOr<sizes::Expr>(failure()) : e;
    }
    StringRef name;
    if (p.parseKeyword(&name))
      return failure();
    if (name != "min" && name != "max")
      return sizes::Expr::dim(name.str());
    if (p.parseLParen())
      return failure();
    FailureOr<sizes::Expr> a = expr();
    if (failed(a) || p.parseComma())
      return failure();
    FailureOr<sizes::Expr> b = expr();
    if (failed(b) || p.parseRParen())
      return failure();
    return name == "min" ? min(*a, *b) : max(*a, *b);
  }

  FailureOr<sizes::Expr> term() {
    FailureOr<sizes::Expr> a = factor();
    while (succeeded(a)) {
      char op = succeeded(p.parseOptionalStar())                ? '*'
                : succeeded(p.parseOptionalKeyword("floordiv")) ? '/'
                : succeeded(p.parseOptionalKeyword("mod"))      ? '%'
                                                                : 0;
      if (!op)
        return a;
      llvm::SMLoc at = p.getCurrentLocation();
      FailureOr<sizes::Expr> b = factor();
      if (failed(b))
        return b;
      if (op != '*' && *b == sizes::Expr(0))
        return p.emitError(at, "division of a size by zero");
      a = op == '*' ? *a * *b : op == '/' ? floordiv(*a, *b) : mod(*a, *b);
    }
    return a;
  }

  FailureOr<sizes::Expr> expr() {
    FailureOr<sizes::Expr> a = term();
    while (succeeded(a)) {
      bool plus = succeeded(p.parseOptionalPlus());
      if (!plus && failed(p.parseOptionalMinus()))
        return a;
      FailureOr<sizes::Expr> b = term();
      if (failed(b))
        return b;
      a = plus ? *a + *b : *a - *b;
    }
    return a;
  }
};
} // namespace

static ParseResult parseSizes(AsmParser &p, std::vector<sizes::Expr> &sizes) {
  auto element = [&]() -> ParseResult {
    llvm::SMLoc at = p.getCurrentLocation();
    try { // an overflow, a name that is no dimension's
      FailureOr<sizes::Expr> e = SizeParser{p}.expr();
      if (succeeded(e))
        sizes.push_back(*e);
      return failure(failed(e));
    } catch (const std::exception &error) {
      return p.emitError(at, error.what());
    }
  };
  return p.parseCommaSeparatedList(AsmParser::Delimiter::Square, element);
}

Attribute SizesAttr::parse(AsmParser &p, Type) {
  std::vector<sizes::Expr> sizes;
  if (p.parseLess() || parseSizes(p, sizes) || p.parseGreater())
    return {};
  return SizesAttr::get(p.getContext(), std::move(sizes));
}

ParseResult ir::parseSizesList(OpAsmParser &p, SizesAttr &sizes) {
  std::vector<sizes::Expr> list;
  if (parseSizes(p, list))
    return failure();
  sizes = SizesAttr::get(p.getContext(), std::move(list));
  return success();
}

void ir::printSizesList(OpAsmPrinter &p, Operation *, SizesAttr sizes) { p << toString(sizes.getSizes()); }

void SizesAttr::print(AsmPrinter &p) const { p << "<" << toString(getSizes()) << ">"; }

LogicalResult SizesAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                                        function_ref<InFlightDiagnostic()> error) const {
  const std::vector<sizes::Expr> &sizes = getSizes();
  if (sizes.size() != shape.size())
    return error() << "sizes " << toString(sizes) << " on a tensor of rank " << shape.size();
  for (auto [size, extent] : llvm::zip(sizes, shape))
    if (ShapedType::isDynamic(extent) == size.isConstant() ||
        (size.isConstant() && size.constant() != extent))
      return error() << "sizes " << toString(sizes) << " do not describe the shape of the tensor";
  if (llvm::none_of(shape, ShapedType::isDynamic))
    return error() << "a static tensor has no #ingot.sizes";
  return success();
}

LogicalResult DimAttr::verify(function_ref<InFlightDiagnostic()> error, StringRef name, int64_t min,
                              int64_t max) {
  auto parsed = sizes::Expr::parse(name);
  if (!parsed || parsed->dims() != std::vector<std::string>{name.str()})
    return error() << "a dimension is named by an identifier, got '" << name << "'";
  if (min < 0 || max < -1 || (max != -1 && max < min))
    return error() << "dimension '" << name
                   << "' must have a range from at least 0 to at least its minimum, or to -1, got " << min
                   << " to " << max;
  return success();
}

#include "ir/dialect/Dialect.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/dialect/Attributes.cpp.inc"

void IngotDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/dialect/Attributes.cpp.inc"
      >();
  registerAttentionOps();
  registerContractionOps();
  registerIndexOps();
  registerLoopOps();
  registerPointwiseOps();
  registerProgramOps();
  registerReduceOps();
  registerScalarOps();
  registerShapeOps();
  registerSourceOps();
  registerWindowOps();
}

Operation *IngotDialect::materializeConstant(OpBuilder &b, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  return elements ? ConstantOp::create(b, loc, elements).getOperation() : nullptr;
}
