// All of ingot::data.
#pragma once
#include "ingot/data/DataLoader.h"
#include "ingot/data/Mnist.h"
#include "ingot/data/Progress.h"
