// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "messages/blob.hpp"
#include "messages/sha256.hpp"

using namespace ecco;

// The examples of FIPS 180-4, and the empty message.
BOOST_AUTO_TEST_CASE(sha256_is_that_of_the_standard) {
  BOOST_TEST(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256_hex(bytes{'a', 'b', 'c'})
             == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_hex(bytes(1'000'000, 'a'))
             == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
