# The two target helpers: a library per folder, a test executable per purpose.
include(GoogleTest)

# accelsim_library(NAME SOURCES file... DEPENDS target...): a static library, or an interface one without sources.
function(accelsim_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
    if(arg_SOURCES)
        add_library(${name} STATIC ${arg_SOURCES})
        target_link_libraries(${name} PUBLIC accelsim_options ${arg_DEPENDS})
    else()
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE accelsim_options ${arg_DEPENDS})
    endif()
endfunction()

# accelsim_test(NAME SOURCES file... DEPENDS target... LABEL unit|hw|property|golden|cli|slow): every TEST runs in a
# process of its own, as SystemC elaborates once a process.
function(accelsim_test name)
    cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_DEPENDS} accelsim_test_support)
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS
                         "${arg_LABEL}")
endfunction()
