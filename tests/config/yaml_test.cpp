// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <boost/test/unit_test.hpp>

#include "config/yaml.hpp"
#include "tests/config/scratch.hpp"

BOOST_AUTO_TEST_SUITE(yaml)

using namespace ecco;

namespace {

result<yaml_node> parse(std::string_view text) {
  return parse_yaml(text, std::make_shared<const yaml_origin>(yaml_origin{"t.yaml", "/"}));
}

scalar_kind kind(const std::string& text) {
  return kind_of({text, scalar_style::plain});
}

} // namespace

BOOST_AUTO_TEST_CASE(every_value_and_key_knows_its_place) {
  const auto root = parse("a: 1\nb:\n  - x\n  - {c: \"y\"}\n");
  BOOST_REQUIRE(root);
  const auto& entries = std::get<yaml_node::map>(root->value);
  BOOST_TEST(to_string(entries[0].where) == "t.yaml:1:1");
  BOOST_TEST(to_string(entries[0].node.where) == "t.yaml:1:4");
  const auto& list = std::get<yaml_node::list>(entries[1].node.value);
  BOOST_TEST(to_string(list[0].where) == "t.yaml:3:5");
  const auto& inner = std::get<yaml_node::map>(list[1].value).front();
  BOOST_TEST(to_string(inner.where) == "t.yaml:4:6");
  BOOST_TEST(to_string(inner.node.where) == "t.yaml:4:9");
  BOOST_TEST(std::get<yaml_scalar>(inner.node.value).text == "y");
}

BOOST_AUTO_TEST_CASE(scalars_mean_what_yaml_1_2_says) {
  for (const auto* text : {"true", "False", "TRUE"})
    BOOST_TEST((kind(text) == scalar_kind::boolean));
  for (const auto* text : {"0", "12", "-3", "+4"})
    BOOST_TEST((kind(text) == scalar_kind::integer));
  for (const auto* text : {"0.5", "-.5", "1e3", "2.", "1E-3"})
    BOOST_TEST((kind(text) == scalar_kind::real));
  for (const auto* text :
       {"yes", "off", "010", "-010", "0x10", "0o7", "1_000", "1:30", ".inf", "nan", "1e", "", "tRUE"})
    BOOST_TEST((kind(text) == scalar_kind::text), text);
  BOOST_TEST((kind_of({"1", scalar_style::quoted}) == scalar_kind::text));
}

BOOST_AUTO_TEST_CASE(null_is_empty_or_a_word) {
  for (const auto* text : {"", "# nothing", "~", "null"})
    BOOST_TEST(std::holds_alternative<std::monostate>(parse(text).value().value), text);
}

BOOST_AUTO_TEST_CASE(each_text_that_is_no_yaml_of_ours_is_refused_with_its_place) {
  for (auto [title, text] : read_table("not_yaml.txt")) {
    const auto root = parse(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_REQUIRE(!root);
      BOOST_TEST((root.error().code == ec::malformed_data));
      BOOST_TEST(root.error().what == "t.yaml:" + title);
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_refused) {
  BOOST_TEST(parse("a: \xff").error().what == "t.yaml: is not UTF-8 text");
  BOOST_TEST(parse(std::string_view{"a: \0", 4}).error().what == "t.yaml: is not UTF-8 text");
}

BOOST_AUTO_TEST_CASE(aliases_cannot_make_little_text_large) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const auto last = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + last + ", " + last + ", " + last + ", " + last + ", " + last + "]\n";
  }
  const auto root = parse(bomb);
  BOOST_REQUIRE(!root);
  BOOST_TEST(root.error().what.ends_with("more than 50000 values"));
}

BOOST_AUTO_TEST_CASE(depth_is_bounded_before_the_stack_is) {
  for (const std::string_view open : {"[", "{a: ", "- ", "? ", "{? "}) {
    std::string deep;
    while (deep.size() < 200'000)
      deep += open;
    BOOST_TEST(!parse(deep).has_value(), open);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_never_crash) {
  std::mt19937_64 random{1};
  const std::string_view alphabet = "ab1 .:,-?[]{}\"'\n\n  \t#&*!|>%@`~<\\/$=\r\xc3\xa9";
  for (int round = 0; round < 5000; ++round) {
    std::string text(random() % 64, ' ');
    for (auto& c : text)
      c = alphabet[random() % alphabet.size()];
    (void)parse(text);
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_example_is_read_or_refused_but_never_crashes) {
  const scratch_folder folder;
  const auto example = read_text(ECCO_CONFIG_FOLDER "/ecco.yaml");
  std::mt19937_64 random{2};
  int accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    auto text = example;
    for (auto cuts = random() % 4; cuts-- > 0;) {
      const auto from = random() % text.size(), to = random() % text.size();
      switch (random() % 4) {
        case 0: text.erase(from, random() % 8); break;
        case 1: text.insert(to, text.substr(from, random() % 32)); break;
        case 2: text[from] = text[to]; break;
        case 3: text[from] = static_cast<char>(random()); break;
      }
    }
    if (const auto loaded = load_text(folder, text)) {
      ++accepted;
      BOOST_TEST_CONTEXT(text) {
        const auto again = load_text(folder, to_yaml(*loaded));
        BOOST_REQUIRE_MESSAGE(again, (again ? "" : sentence(again.error())));
        BOOST_TEST((*again == *loaded));
      }
    }
  }
  BOOST_TEST(accepted > 0);
}

BOOST_AUTO_TEST_SUITE_END()
