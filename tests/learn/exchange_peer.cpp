// SPDX-License-Identifier: Apache-2.0
// ecco_exchange_peer TOKEN RANK SIZE STEPS boxes|masks: trains as one rank, prints the loss of each step. With fewer
// than all steps it dies at once after the last of them, as if by the power switch, and closes nothing.
#include <csignal>
#include <iomanip>
#include <string>

#include "tests/learn/joint_run.hpp"

using namespace ecco;

int main(int count, char** arguments) {
  if (count != 6)
    return 2;
  const rendezvous where{std::stoull(arguments[1]), static_cast<std::uint16_t>(std::stoul(arguments[2])),
                         static_cast<std::uint16_t>(std::stoul(arguments[3]))};
  const auto steps = std::stoi(arguments[4]);
  const auto what = std::string{arguments[5]} == "masks" ? lesson::masks : lesson::boxes;
  const auto run = joint_trainer(where.rank, what);
  auto with = gradient_exchange::join(where, patience);
  if (!run || !with)
    return 3;
  const auto losses = train_jointly(*run, **with, steps, what);
  if (!losses)
    return 4;
  if (steps < joint_steps)
    std::raise(SIGKILL);
  for (const auto loss : *losses)
    std::cout << std::setprecision(17) << loss << '\n';
  return 0;
}
