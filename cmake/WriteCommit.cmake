# Writes OUTPUT, a header with the commit of the sources in SOURCE: "+changes" follows if a tracked file differs from
# it, "unknown" if they are not a git repository. Run in every build, since no file tells when a commit is made; the
# header changes only when its text does.
set(commit "")
find_program(GIT git)
if(GIT AND EXISTS ${SOURCE}/.git)
  execute_process(
    COMMAND ${GIT} -C ${SOURCE} describe --always --dirty=+changes --abbrev=9 --exclude=*
    OUTPUT_VARIABLE commit
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define WARP2VEC_COMMIT \"${commit}\"\n")
