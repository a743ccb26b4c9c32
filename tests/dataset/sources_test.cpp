// SPDX-License-Identifier: Apache-2.0
#include "deploy/dataset/coco_sequence.hpp"
#include "deploy/dataset/dataset_source.hpp"
#include "deploy/dataset/dataset_summary.hpp"
#include "deploy/dataset/find_sequences.hpp"
#include "deploy/dataset/read_dataset.hpp"

#include <boost/test/unit_test.hpp>

#include "runtime/dataset/class_map.hpp"
#include "runtime/score/rle.hpp"
#include "tests/dataset/copied.hpp"

using namespace ecco;
using namespace ecco::test;
using namespace std::chrono_literals;

namespace {

const std::string coco_file = "annotations/instances_val2017.json";

dataset_sequence read(const std::string& source) {
  const auto place = dataset_named_by(source);
  BOOST_TEST_REQUIRE(place.has_value());
  return whole(read_dataset({place->layout, (made_sets / place->path).string(), place->options}, 10, false));
}

/// The brightest pixel's column on the block's rows, which moves.
std::size_t block_at(const image& picture) {
  for (std::size_t x = 0; x < picture.width; ++x)
    if (picture.rgb.view()[3 * (std::size_t{picture.height} * 5 / 12 * picture.width + x)] > 150)
      return x;
  return SIZE_MAX;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dataset_sources)

BOOST_AUTO_TEST_CASE(a_source_names_a_layout) {
  BOOST_TEST((dataset_named_by("mot:a/b:c")->path == "a/b:c"));
  BOOST_TEST((dataset_named_by("mot:a?b?classes=c:d")->path == "a?b"));
  BOOST_TEST((dataset_named_by("mot:a?b?classes=c:d")->options == "classes=c:d"));
  BOOST_TEST((dataset_named_by("mot:a?b?")->path == "a?b"));
  for (const auto* other :
       {"video.mp4", "rtsp://host/a", "mot:", "mot:?classes=a:b", "file:a", "/dev/video0", "world:north"})
    BOOST_TEST(!dataset_named_by(other).has_value());
}

BOOST_AUTO_TEST_CASE(what_lies_there_is_recognised) {
  const std::pair<const char*, dataset_layout> table[] = {
      {"mot/MOT17-02-FRCNN", dataset_layout::mot},
      {"visdrone/sequences/uav0000001_00000_v", dataset_layout::visdrone},
      {"mdot/two/md2001/md2001-1", dataset_layout::mdot},
      {"cityflow/train/S03/c010/", dataset_layout::cityflow},
      {"carla/recording", dataset_layout::carla},
      {"coco/annotations/instances_val2017.json", dataset_layout::coco},
      {"yolo", dataset_layout::yolo},
      {"yolo/images/train", dataset_layout::yolo},
  };
  for (const auto& [path, layout] : table)
    BOOST_TEST((guess_layout(made_sets / path) == layout), path);
  BOOST_TEST(whole(find_sequences(made_sets / "cityflow", {})).size() == 2u);
  BOOST_TEST(whole(find_sequences(made_sets / "mdot", {})).size() == 2u);
  BOOST_TEST(whole(find_sequences(made_sets, dataset_layout::visdrone)).size() == 1u);
  check_refused(find_sequences(made_sets / "mot/MOT17-02-FRCNN/img1", {}), "looks like a data set");
  check_refused(find_sequences(made_sets / "none", {}), "there is no such file or folder");
}

BOOST_AUTO_TEST_CASE(options_are_read_as_they_are_written) {
  const auto read_options = [](const std::string& text) { return read_dataset_options(dataset_layout::carla, text); };
  const auto both = whole(read_options("classes=person on vehicle : person,van:&tags=0.9.13"));
  BOOST_TEST((both.classes == std::vector<class_choice>{{"person on vehicle", "person"}, {"van", ""}}));
  BOOST_TEST((both.tags == carla_tags::before_0_9_14));
  BOOST_TEST((whole(read_options("")) == dataset_options{}));
  for (const auto* bad : {"classes=", "classes=a", "classes=:b", "classes=a:b,", "classes=a:b:c", "classes=a:b,A:c",
                          "tags=", "tags=2", "classes=a:b&classes=c:d", "&", "fps=3", "a:b"})
    BOOST_TEST(!read_options(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(classes_of_every_layout_are_what_the_user_says) {
  const std::pair<const char*, const char*> table[] = {
      {"mot:mot/MOT17-02-FRCNN", "pedestrian"},
      {"visdrone:visdrone/sequences/uav0000001_00000_v", "van"},
      {"mdot:mdot/two/md2001/md2001-1", "target"},
      {"cityflow:cityflow/train/S03/c010", "vehicle"},
      {"carla:carla/recording", "rider"},
      {"coco:coco/annotations/instances_val2017.json", "toothbrush"},
      {"yolo:yolo", "car"},
  };
  for (const auto& [source, name] : table) {
    const auto sequence = read(std::string{source} + "?classes=" + name + ":robot");
    const auto fates = whole(map_classes(sequence.classes, {"robot"}));
    for (std::size_t i = 0; i < fates.size(); ++i)
      BOOST_TEST((fates[i].what == class_fate::kind::object) == (sequence.classes[i].name == name), source);
    const auto place = *dataset_named_by(std::string{source} + "?classes=nobody:robot");
    const auto refused = read_dataset({place.layout, (made_sets / place.path).string(), place.options}, 10, false);
    check_refused(refused, "?classes=nobody:robot: it has no class 'nobody'");
  }
}

BOOST_AUTO_TEST_CASE(labels_stand_where_the_pictures_do) {
  for (const auto* source : {"mot:mot/MOT17-02-FRCNN", "cityflow:cityflow/train/S03/c010",
                             "cityflow:cityflow/train/S03/c015", "carla:carla/recording"}) {
    const auto sequence = read(source);
    auto shown = whole(open_dataset_source(sequence, true, {}));
    for (int i = 0; i < 12; ++i) { // twice around, and more
      const auto picture = whole(shown->next());
      const auto* frame = frame_at(sequence, picture.media_time);
      if (!frame)
        continue; // CityFlow's third has no vehicle
      const auto objects = whole(objects_of(sequence, *frame, false));
      BOOST_TEST_REQUIRE(!objects.empty());
      bool found = false;
      for (const auto& object : objects)
        found |= std::abs(object.where.x - double(block_at(picture.picture))) <= 1; // MJPEG blurs
      BOOST_TEST(found, source << " at " << seconds_of(picture.media_time));
    }
  }
}

BOOST_AUTO_TEST_CASE(cameras_of_a_scene_keep_their_distance) {
  auto ten = whole(open_dataset_source(read("cityflow:cityflow/train/S03/c010"), false, {}));
  auto fifteen = whole(open_dataset_source(read("cityflow:cityflow/train/S03/c015"), false, {}));
  const auto first = whole(ten->next()), second = whole(ten->next());
  BOOST_TEST((first.media_time == 0ms && first.stream_time == 8715ms));
  BOOST_TEST((second.media_time == 100ms && second.stream_time == 8815ms));
  const auto other = whole(fifteen->next()), next = whole(fifteen->next());
  BOOST_TEST((other.stream_time == 8492ms && next.stream_time == 8617ms)); // 8 a second
}

BOOST_AUTO_TEST_CASE(a_filter_strikes_all_cameras_of_a_scene_at_once) {
  const auto sequence = read("cityflow:cityflow/train/S03/c010");
  auto shown = whole(open_dataset_source(sequence, false, {{8800ms, "scale=8:8"}}));
  BOOST_TEST(whole(shown->next()).picture.width == 64);
  BOOST_TEST(whole(shown->next()).picture.width == 8); // 8815 ms
}

BOOST_AUTO_TEST_CASE(a_missing_frame_leaves_a_gap) {
  auto shown = whole(open_dataset_source(read("visdrone:visdrone/sequences/uav0000001_00000_v"), false, {}));
  BOOST_TEST((whole(shown->next()).media_time == 0ms));
  BOOST_TEST((whole(shown->next()).media_time == 100ms));
  BOOST_TEST((whole(shown->next()).media_time == 300ms));
}

BOOST_AUTO_TEST_CASE(coco_keeps_its_ids_and_crowds_do_not_count) {
  const auto sequence = whole(read_coco_sequence(made_sets / "coco" / coco_file, 10, true));
  BOOST_TEST_REQUIRE(sequence.frames.size() == 2u);
  BOOST_TEST(sequence.frames[0].picture.filename() == "000000000139.png"); // by id, not as written
  BOOST_TEST((sequence.classes.at(2).id == 90 && sequence.classes[2].name == "toothbrush"));
  const auto& objects = sequence.frames[0].objects;
  BOOST_TEST_REQUIRE(objects.size() == 2u);
  BOOST_TEST((objects[0].counts && !objects[1].counts));
  BOOST_TEST(area(objects[0].mask) == 144u);
  BOOST_TEST(area(objects[1].mask) == 192u);
  BOOST_TEST((bounding_box(objects[1].mask) == objects[1].where));
}

BOOST_AUTO_TEST_CASE(bad_coco_is_named) {
  const copied made{"coco"};
  std::ifstream in{made / coco_file};
  const std::string good{std::istreambuf_iterator<char>{in}, {}};
  const auto spoiled = [&](const std::string& from, const std::string& to) {
    auto text = good;
    text.replace(text.find(from), from.size(), to);
    made.write(coco_file, text);
    return read_coco_sequence(made / coco_file, 10, false);
  };
  check_refused(spoiled("000000000285.png", "../secret.png"),
                "image 285 has the file_name ../secret.png, which leaves");
  check_refused(spoiled("000000000285.png", "000000000139.png"),
                "image 285 has the file_name 000000000139.png, which another");
  check_refused(spoiled("\"width\": 40", "\"width\": 41"), "image 285 is said to be 41 x 30, but");
  check_refused(spoiled("\"category_id\": 90", "\"category_id\": 89"), "annotations[2].category_id: 89 is none");
  check_refused(spoiled("000000000285.png", "none.png"), "none.png: there is no such picture");
  check_refused(spoiled("000000000139.png", "none.png"), "its picture none.png is not where it was looked for");
}

BOOST_AUTO_TEST_CASE(a_summary_counts_what_is_there) {
  const auto city = whole(summarise({dataset_layout::cityflow, (made_sets / "cityflow/train/S03/c015").string()}, 10));
  BOOST_TEST((city.frames == 6u && city.width == 64u && city.height == 48u && city.fps == 8));
  BOOST_TEST(city.standing_regions == 1u); // above the dark third
  BOOST_TEST_REQUIRE(city.classes.size() == 1u);
  BOOST_TEST((city.classes[0].name == "vehicle" && city.classes[0].objects == 5u));
  BOOST_TEST(city.tracks == 1u);
  const auto drone =
      whole(summarise({dataset_layout::visdrone, (made_sets / "visdrone/sequences/uav0000001_00000_v").string()}, 10));
  BOOST_TEST((drone.frames == 3u && drone.last == 4 && drone.regions == 1u));
  const auto carla = whole(summarise({dataset_layout::carla, (made_sets / "carla/recording").string()}, 10));
  BOOST_TEST_REQUIRE(carla.classes.size() == 2u);
  BOOST_TEST((carla.classes[1].name == "car" && carla.classes[1].not_counted == 3u));
}

BOOST_AUTO_TEST_CASE(a_video_shorter_than_its_labels_is_refused) {
  const copied made{"cityflow"};
  made.append("train/S03/c010/gt/gt.txt", "7,17,1,1,4,4,1,-1,-1,-1\n");
  check_refused(summarise({dataset_layout::cityflow, (made / "train/S03/c010").string()}, 10),
                "objects on frame 7, but the video only 6 frames");
}

BOOST_AUTO_TEST_SUITE_END()
