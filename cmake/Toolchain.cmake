# Compiler, language level, warnings and link settings shared by every target.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "GCC < 13 destroys some coroutine temporaries twice (docs/adr/0001). Use clang-19.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# ccache must tolerate the precompiled header.
find_program(OUTPOST_CCACHE ccache)
if(OUTPOST_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${OUTPOST_CCACHE})
endif()
find_program(OUTPOST_MOLD mold)
if(OUTPOST_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(
  -Wall -Wextra -Wpedantic -Werror
  -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wimplicit-fallthrough
  -Wno-missing-field-initializers       # designated initialisers leave the rest at their defaults on purpose
  -fno-omit-frame-pointer -fstack-protector-strong
  -Xclang -fno-pch-timestamp            # lets ccache share the precompiled header
)

add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED
  # Asio's frames and operations then come from operator new, the allocator's fast path; none is over-aligned.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN
  BOOST_BEAST_SEPARATE_COMPILATION
  FMT_HEADER_ONLY
  SPDLOG_FMT_EXTERNAL
  OUTPOST_VERSION="${PROJECT_VERSION}"
)

if(OUTPOST_SANITIZE)
  add_compile_options(-fsanitize=${OUTPOST_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OUTPOST_SANITIZE})
endif()
if(OUTPOST_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
