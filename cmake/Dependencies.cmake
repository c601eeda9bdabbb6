# Libraries, all from the distribution's packages. The release binary links what it can statically.

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json container system)

# Static archives keep the artefact self-contained (design.md §7).
function(outpost_static_library name archive header)
  find_library(OUTPOST_${name}_ARCHIVE NAMES ${archive} REQUIRED)
  find_path(OUTPOST_${name}_INCLUDE ${header} REQUIRED)
  add_library(outpost_dep_${name} INTERFACE)
  target_link_libraries(outpost_dep_${name} INTERFACE ${OUTPOST_${name}_ARCHIVE} ${ARGN})
  target_include_directories(outpost_dep_${name} SYSTEM INTERFACE ${OUTPOST_${name}_INCLUDE})
endfunction()

outpost_static_library(sqlite libsqlite3.a sqlite3.h m dl Threads::Threads)
outpost_static_library(cares libcares.a ares.h)
outpost_static_library(yaml libyaml-cpp.a yaml-cpp/yaml.h)
outpost_static_library(xxhash libxxhash.a xxhash.h)
outpost_static_library(jemalloc libjemalloc.a jemalloc/jemalloc.h m dl Threads::Threads)
outpost_static_library(zlib libz.a zlib.h)
outpost_static_library(boost_json libboost_json.a boost/json.hpp Boost::container)

if(OUTPOST_TESTS)
  find_package(GTest REQUIRED)
endif()
