#include "ir/sizes/Expr.h"
