#include "host/cli/program.h"

#include <warp2vec/error.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"
#include "host/io/temporary_files.h"

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <string>

namespace warp2vec::cli {
namespace {

int dispatch(Arguments arguments) {
  if (arguments.empty()) throw UsageError("a command is needed (warp2vec --help lists them)");
  std::string name = arguments.front();
  if (name == "--help" || name == "-h") {
    print_help();
    return 0;
  }
  if (name == "--version") {
    std::cout << "warp2vec " << version() << " (" << commit() << ")\n";
    return 0;
  }
  if (name.starts_with('-')) return run_train(arguments);  // word2vec.c has no command word
  arguments.erase(arguments.begin());
  return require_command(name).run(arguments);
}

// A link that is named like one of word2vec.c's programs does what that does.
bool is_old_program(const std::string& name) {
  const Command* const command = find_command(name);
  return command != nullptr && command->tool == Tool::word2vec_c;
}

constexpr const char* kNotEnoughMemory = "not enough memory";

// There may be no memory.
int fail(int status, const char* message) {
  const SignalGuard guard(
      SignalAction::ignore_closed_pipes);  // the status is returned even if the message cannot be printed
  try {
    // In one piece, between which other processes of an mpirun write nothing.
    std::cerr << "warp2vec: error: " + printable(message) + "\n";
  } catch (const std::bad_alloc&) {
    std::cerr << "warp2vec: error: ";
    write_printable(std::cerr, message);
    std::cerr << "\n";
  }
  return status;
}

// Where an exception cannot be passed on: nlohmann's values allocate while they are destroyed.
[[noreturn]] void end_program() {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    remove_temporary_files();
    std::_Exit(fail(1, kNotEnoughMemory));
  } catch (...) {
  }
  std::abort();
}

}  // namespace

int run_program(const std::string& started_as, Arguments arguments) {
  std::set_terminate(end_program);
  const SignalGuard signals(SignalAction::end);
  const SignalGuard file_limit(SignalAction::ignore_file_limit);
  try {
    int status = 0;
    try {
      const std::string name = std::filesystem::path(started_as).filename().string();
      if (is_old_program(name)) arguments.insert(arguments.begin(), name);
      status = dispatch(std::move(arguments));
    } catch (const HelpRequested& asked) {
      std::cout << asked.help().text;
    }
    std::cout.flush();
    if (!std::cout) throw Error("cannot write to standard output");
    return status;
  } catch (const UsageError& error) {
    return fail(2, error.what());
  } catch (const std::bad_alloc&) {
    return fail(1, kNotEnoughMemory);
  } catch (const std::exception& error) {
    return fail(1, error.what());
  }
}

}  // namespace warp2vec::cli
