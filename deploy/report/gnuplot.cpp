// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/gnuplot.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ecco {

namespace fs = std::filesystem;

std::string gnuplot_literal(std::string_view text) {
  std::string result = "'";
  for (const char c : text)
    if (c == '\'')
      result += "''";
    else if (static_cast<unsigned char>(c) >= ' ')
      result += c;
  return result + "'";
}

std::string gnuplot_output(std::string_view name, std::size_t width, std::size_t height) {
  return fmt::format(R"(# Draws {0}.svg, or {0}.png: gnuplot -e "kind='png'" {0}.gp
if (!exists("kind")) kind = 'svg'
if (kind eq 'png') {{
  set terminal pngcairo noenhanced size {1},{2} font 'DejaVu Sans,11' background 'white'
}} else {{
  set terminal svg noenhanced size {1},{2} font 'DejaVu Sans,14' background 'white'
}}
set output '{0}.'.kind
)",
                     name, width, height);
}

result<void> run_gnuplot(const fs::path& folder, const std::string& script, const std::string& kind) {
  const auto log = (folder / "gnuplot.log").string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  std::string program = "gnuplot", option = "-e", choice = fmt::format("kind='{}'", kind), file = script;
  char* const arguments[] = {program.data(), option.data(), choice.data(), file.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT)
    return fail(ec::unsupported, "gnuplot is not installed",
                fmt::format("apt-get install gnuplot-nox fonts-dejavu-core, then: cd {} && gnuplot {}",
                            folder.string(), script));
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

} // namespace ecco
