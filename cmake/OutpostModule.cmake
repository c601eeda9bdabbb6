# outpost_module(name DEPENDS a b LIBRARIES x y)
#
# One library per folder: every *.cpp of the folder except *_test.cpp and main.cpp, and one test program made of the
# *_test.cpp. DEPENDS names other modules, LIBRARIES names outside libraries; both are public because headers of
# a module may show types of those below it.

add_library(outpost_pch STATIC ${CMAKE_SOURCE_DIR}/src/base/pch.cpp)
target_precompile_headers(outpost_pch PRIVATE ${CMAKE_SOURCE_DIR}/src/base/pch.hpp)
target_include_directories(outpost_pch PUBLIC ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(outpost_pch PUBLIC Threads::Threads)

if(OUTPOST_TESTS)
  add_library(outpost_test_pch STATIC ${CMAKE_SOURCE_DIR}/src/base/pch.cpp)
  target_precompile_headers(outpost_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/src/base/test_pch.hpp)
  target_include_directories(outpost_test_pch PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(outpost_test_pch PUBLIC Threads::Threads GTest::gtest)
endif()

# outpost_test(name SOURCES … DEPENDS … [LABELS …]): one gtest program, known to ctest.
function(outpost_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_precompile_headers(${name} REUSE_FROM outpost_test_pch)
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} ${ARG_LIBRARIES} GTest::gtest GTest::gtest_main Threads::Threads)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()

function(outpost_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|/pch|/main)\\.cpp$")

  if(sources)
    add_library(outpost_${name} STATIC ${sources} ${headers})
    target_include_directories(outpost_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_precompile_headers(outpost_${name} REUSE_FROM outpost_pch)
    set(scope PUBLIC)
  else()
    add_library(outpost_${name} INTERFACE)
    target_include_directories(outpost_${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    set(scope INTERFACE)
  endif()
  list(TRANSFORM ARG_DEPENDS PREPEND outpost_)
  target_link_libraries(outpost_${name} ${scope} ${ARG_DEPENDS} ${ARG_LIBRARIES} Threads::Threads)

  if(OUTPOST_TESTS AND tests)
    list(TRANSFORM ARG_TEST_DEPENDS PREPEND outpost_)
    outpost_test(${name}_test SOURCES ${tests} DEPENDS outpost_${name} ${ARG_TEST_DEPENDS} LABELS unit)
  endif()
endfunction()
