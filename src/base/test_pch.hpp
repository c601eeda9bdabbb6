// The precompiled header of every test program.
#pragma once

#include "base/pch.hpp"

#include <gtest/gtest.h>
