// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/share_news.hpp"

#include <boost/test/unit_test.hpp>

using namespace ecco;

namespace {

using shares = std::vector<job_share>;

const group_id one{1}, two{2};

} // namespace

BOOST_AUTO_TEST_SUITE(share_news_test)

BOOST_AUTO_TEST_CASE(a_share_is_told_when_it_is_new_and_when_it_moved) {
  share_news news;
  BOOST_TEST((news.tell(shares{{one, .5}, {two, .5}}, false) == shares{{one, .5}, {two, .5}}));
  BOOST_TEST((news.tell(shares{{one, .505}, {two, .495}}, false).empty()));
  BOOST_TEST((news.tell(shares{{one, .52}, {two, .495}}, false) == shares{{one, .52}}));
}

BOOST_AUTO_TEST_CASE(small_moves_add_up_until_they_are_told) {
  share_news news;
  news.tell(shares{{one, .5}}, false);
  BOOST_TEST(news.tell(shares{{one, .508}}, false).empty());
  BOOST_TEST((news.tell(shares{{one, .516}}, false) == shares{{one, .516}})); // from .5, which was told
}

BOOST_AUTO_TEST_CASE(when_a_window_opens_all_are_told) {
  share_news news;
  news.tell(shares{{one, .5}, {two, .5}}, false);
  BOOST_TEST((news.tell(shares{{one, .5}, {two, .5}}, true) == shares{{one, .5}, {two, .5}}));
}

BOOST_AUTO_TEST_CASE(a_job_whose_members_changed_is_told_its_share_again) {
  share_news news;
  news.tell(shares{{one, .5}, {two, .5}}, false);
  news.forget(two);
  BOOST_TEST((news.tell(shares{{one, .5}, {two, .5}}, false) == shares{{two, .5}}));
}

BOOST_AUTO_TEST_SUITE_END()
