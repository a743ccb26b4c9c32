// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/plot.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deploy/report/plot_files.hpp"

extern char** environ;

namespace ecco {

namespace {

namespace fs = std::filesystem;

result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary | std::ios::trunc};
  file << text;
  file.close();
  if (!file)
    return fail(ec::io_failed, fmt::format("{}: cannot write: {}", path.string(), std::strerror(errno)),
                "choose another folder for the picture, or free space");
  return {};
}

/// Runs gnuplot once in `folder`, its complaints in gnuplot.log there.
result<void> run_gnuplot(const fs::path& folder, std::string kind) {
  const auto log = (folder / "gnuplot.log").string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::string program = "gnuplot", option = "-e", choice = fmt::format("kind='{}'", kind), file = "run.gp";
  char* const arguments[] = {program.data(), option.data(), choice.data(), file.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT)
    return fail(ec::unsupported, "gnuplot is not installed",
                fmt::format("apt-get install gnuplot-nox fonts-dejavu-core, then: cd {} && gnuplot run.gp",
                            folder.string()));
  if (failed != 0)
    return fail(ec::io_failed, fmt::format("cannot start gnuplot: {}", std::strerror(failed)));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return fail(ec::io_failed, fmt::format("lost gnuplot: {}", std::strerror(errno)));
  if (status != 0)
    return fail(ec::io_failed, "gnuplot failed", fmt::format("its complaint is in {}", log));
  return {};
}

} // namespace

result<void> write_plot_data(const run_results& results, const fs::path& folder) {
  for (const auto& [name, text] : plot_files(results))
    if (auto written = write_file(folder / name, text); !written)
      return written;
  return {};
}

result<picture_files> draw(const run_results& results, const fs::path& folder) {
  return write_plot_data(results, folder)
      .and_then([&] { return run_gnuplot(folder, "svg"); })
      .and_then([&] { return run_gnuplot(folder, "png"); })
      .map([&] {
        return picture_files{folder / "run.svg", folder / "run.png"};
      });
}

} // namespace ecco
