# outpost_embed_destination(target NAMESPACE ns [FOLDER folder] [ICON file] [NAME constant])
#
# Turns metadata.json, instructions.md and icon.svg of a destination folder into a generated .cpp of `target`:
#
#   namespace <ns> { extern constinit const outpost::model::DestinationTypeFiles <constant>; }
#
# The source that uses it declares the constant (`extern const model::DestinationTypeFiles kFiles;` in that namespace);
# the struct is in model/destination_type_files.hpp. FOLDER is relative to the calling folder (default: itself), ICON names
# another icon, NAME defaults to kFiles. The files are read again when they change, without configuring anew.

set(OUTPOST_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/EmbedFiles.cmake)

function(outpost_embed_destination target)
  cmake_parse_arguments(ARG "" "NAMESPACE;FOLDER;ICON;NAME" "" ${ARGN})
  if(NOT ARG_NAME)
    set(ARG_NAME kFiles)
  endif()
  set(folder ${CMAKE_CURRENT_SOURCE_DIR})
  if(ARG_FOLDER)
    set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_FOLDER})
  endif()
  set(icon ${folder}/icon.svg)
  if(ARG_ICON)
    set(icon ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_ICON})
  endif()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}_${ARG_NAME}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${ARG_NAMESPACE} -DNAME=${ARG_NAME}
            -DMETADATA=${folder}/metadata.json -DINSTRUCTIONS=${folder}/instructions.md -DICON=${icon}
            -P ${OUTPOST_EMBED_SCRIPT}
    DEPENDS ${folder}/metadata.json ${folder}/instructions.md ${icon} ${OUTPOST_EMBED_SCRIPT}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
