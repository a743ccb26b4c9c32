// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sample_pool.hpp"

#include <boost/test/unit_test.hpp>

namespace ecco {

using namespace std::chrono_literals;

namespace {

const camera_id a{"a"}, b{"b"};

sample_batch batch(const camera_id& camera, int count, sample_role role, std::uint32_t seen_by = 1) {
  sample_batch out{camera, {}};
  for (int i = 0; i < count; ++i)
    out.frames.push_back({{camera, std::chrono::seconds{i}, role, {}}, {}, {}, seen_by});
  return out;
}

void give(sample_pool& pool, sample_batch frames) {
  pool.add(frames);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sample_pool_of_a_job)

BOOST_AUTO_TEST_CASE(each_member_keeps_its_newest_frames_of_each_role) {
  sample_pool pool{4, 2};
  pool.join(a);
  pool.join(b);
  give(pool, batch(a, 6, sample_role::train));
  give(pool, batch(b, 1, sample_role::train));
  give(pool, batch(a, 3, sample_role::held_out));
  BOOST_TEST(pool.train_frames() == 5u);
  BOOST_TEST(pool.all().size() == 7u);
  const auto held_out = pool.held_out();
  BOOST_TEST_REQUIRE(held_out.at(a).size() == 2u);
  BOOST_TEST((held_out.at(a).front().shot.media_time == 1s));
  BOOST_TEST(held_out.at(b).empty());
}

BOOST_AUTO_TEST_CASE(frames_from_before_the_drift_are_kept_beside_the_others_and_are_no_reason_to_train) {
  sample_pool pool{4, 2};
  pool.join(a);
  auto old = batch(a, 2, sample_role::train);
  for (auto& sample : old.frames)
    sample.before_drift = true;
  pool.add(old);
  BOOST_TEST(pool.train_frames() == 0u);
  give(pool, batch(a, 6, sample_role::train));
  BOOST_TEST(pool.train_frames() == 4u);
  BOOST_TEST(pool.all().size() == 6u);
  BOOST_TEST(pool.all().front().before_drift);
}

BOOST_AUTO_TEST_CASE(held_out_frames_from_before_the_drift_are_kept_apart_and_sent_to_no_worker) {
  sample_pool pool{4, 2};
  pool.join(a);
  auto old = batch(a, 3, sample_role::held_out);
  for (auto& sample : old.frames)
    sample.before_drift = true;
  pool.add(old);
  give(pool, batch(a, 1, sample_role::held_out));
  BOOST_TEST(pool.held_out_before_drift().at(a).size() == 2u);
  BOOST_TEST(pool.held_out().at(a).size() == 1u);
  BOOST_TEST(pool.all().size() == 1u);
  BOOST_TEST(pool.fresh().size() == 1u);
  pool.leave(a);
  BOOST_TEST(pool.held_out_before_drift().empty());
}

BOOST_AUTO_TEST_CASE(frames_of_strangers_and_of_those_who_left_are_not_kept) {
  sample_pool pool{4, 2};
  pool.join(a);
  give(pool, batch(b, 2, sample_role::train));
  BOOST_TEST(pool.all().empty());
  pool.join(b);
  give(pool, batch(a, 1, sample_role::train));
  give(pool, batch(b, 2, sample_role::train));
  pool.leave(b);
  BOOST_TEST(pool.all().size() == 1u);
  BOOST_TEST(pool.fresh().size() == 1u);
  BOOST_TEST((pool.cameras() == std::vector{a}));
}

BOOST_AUTO_TEST_CASE(fresh_frames_are_those_not_handed_out_yet) {
  sample_pool pool{4, 2};
  pool.join(a);
  give(pool, batch(a, 2, sample_role::train));
  pool.handed_out();
  BOOST_TEST(pool.fresh().empty());
  give(pool, batch(a, 1, sample_role::held_out));
  BOOST_TEST(pool.fresh().size() == 1u);
  BOOST_TEST(!pool.overflowed());
}

BOOST_AUTO_TEST_CASE(frames_nobody_fetches_overflow_until_all_is_handed_out) {
  sample_pool pool{4, 2};
  pool.join(a);
  give(pool, batch(a, 5, sample_role::train));
  BOOST_TEST(pool.overflowed());
  give(pool, batch(a, 1, sample_role::train));
  BOOST_TEST(pool.overflowed());
  pool.handed_out();
  BOOST_TEST(!pool.overflowed());
}

BOOST_AUTO_TEST_CASE(who_comes_back_before_all_is_handed_out_makes_the_next_order_complete) {
  sample_pool pool{4, 2};
  pool.join(a);
  pool.handed_out();
  pool.leave(a);
  BOOST_TEST(!pool.overflowed());
  pool.join(b);
  BOOST_TEST(!pool.overflowed());
  pool.join(a);
  BOOST_TEST(pool.overflowed());
  pool.handed_out();
  pool.join(a); // it is there already
  BOOST_TEST(!pool.overflowed());
}

BOOST_AUTO_TEST_CASE(frames_know_which_model_looked_at_them) {
  sample_pool pool{4, 8};
  pool.join(a);
  give(pool, batch(a, 3, sample_role::held_out, 1));
  give(pool, batch(a, 2, sample_role::held_out, 2));
  const auto frames = pool.held_out().at(a);
  BOOST_TEST(frames.size() == 5u);
  BOOST_TEST(seen_by(1, frames).size() == 3u);
  BOOST_TEST(seen_by(2, frames).size() == 2u);
  BOOST_TEST(seen_by(3, frames).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace ecco
