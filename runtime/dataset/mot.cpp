// SPDX-License-Identifier: Apache-2.0
#include "runtime/dataset/mot.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "runtime/dataset/picture_folder.hpp"
#include "runtime/dataset/text_rows.hpp"

namespace ecco {

namespace {

constexpr std::int64_t pedestrian = 1;
constexpr std::size_t most_classes = 1000;
constexpr std::int64_t most_tracks = INT32_MAX;
/// Visibilities are rounded.
constexpr double rounding = 1e-3;

// -- seqinfo.ini -----------------------------------------------------------------------------------------

class info_reader {
 public:
  explicit info_reader(const std::string& name) : faults_(name) {}

  result<mot_info> operator()(std::string_view text) {
    for_each_line(text, [&](std::string_view line, std::size_t number) { read(line, number); });
    for (const auto* key : {"frameRate", "seqLength", "imWidth", "imHeight"})
      if (!seen_.contains(key))
        faults_.add(0, 0, "'" + std::string{key} + "' is missing");
    if (!faults_.empty())
      return faults_.as_error("lines are key=value: name, imDir, frameRate, seqLength, imWidth, imHeight, imExt");
    return info_;
  }

 private:
  void read(std::string_view line, std::size_t number) {
    const auto first = line.find_first_not_of(" \t");
    if (line[first] == '[' || line[first] == ';' || line[first] == '#')
      return;
    const text_row row{line, number, '=', faults_};
    if (row.size() != 2)
      return row.refuse(text_row::whole_line, "is neither [section] nor key=value");
    const std::string key{row.text(0)};
    if (!seen_.insert(key).second)
      return row.refuse(0, key + " is set twice");
    if (key == "name")
      info_.name = row.text(1);
    else if (key == "imDir")
      read_folder(row);
    else if (key == "frameRate")
      info_.fps = row.number(1, key, .01, 1000).value_or(0);
    else if (key == "seqLength")
      info_.length = row.whole(1, key, 1, most_frames).value_or(0);
    else if (key == "imWidth")
      info_.width = static_cast<std::uint32_t>(row.whole(1, key, 1, 65535).value_or(0));
    else if (key == "imHeight")
      info_.height = static_cast<std::uint32_t>(row.whole(1, key, 1, 65535).value_or(0));
  }

  void read_folder(const text_row& row) {
    info_.pictures = row.text(1);
    if (!stays_within(info_.pictures))
      row.refuse(1, "imDir must name a folder within that of the sequence");
  }

  fault_list faults_;
  mot_info info_;
  std::set<std::string> seen_;
};

// -- gt.txt ----------------------------------------------------------------------------------------------

/// Fields 7 to 9 of MOT16, 17 and 20.
bool read_challenge(const text_row& fields, std::int64_t classes, mot_row& row) {
  const auto flag = fields.whole(6, "flag", 0, 1);
  const auto class_id = fields.whole(7, "class", 1, classes);
  const auto visibility = fields.number(8, "visibility", 0, 1 + rounding);
  if (!flag || !class_id || !visibility)
    return false;
  row.flag = *flag == 1;
  row.class_id = *class_id;
  row.visibility = std::min(*visibility, 1.);
  return true;
}

/// Fields 7 to 10 of CityFlow, which say nothing.
bool read_cityflow(const text_row& fields, mot_row& row) {
  const auto flag = fields.whole(6, "flag", 0, 1);
  for (std::size_t i = 7; i < 10; ++i)
    if (!fields.number(i, "world coordinate", -largest_place, largest_place))
      return false;
  row.flag = flag == 1;
  row.class_id = -1;
  row.visibility = -1;
  return flag.has_value();
}

std::optional<mot_row> read_row(const text_row& fields, mot_flavour flavour, std::int64_t length,
                                std::int64_t classes) {
  const std::size_t wanted = flavour == mot_flavour::challenge ? 9 : 10;
  if (!fields.has(wanted, wanted))
    return std::nullopt;
  const auto frame = fields.whole(0, "frame", 1, length);
  const auto track = fields.whole(1, "id", 0, most_tracks);
  const auto left = fields.number(2, "left", -largest_place, largest_place);
  const auto top = fields.number(3, "top", -largest_place, largest_place);
  const auto width = fields.number(4, "width", 0, largest_place);
  const auto height = fields.number(5, "height", 0, largest_place);
  mot_row row;
  const bool rest =
      flavour == mot_flavour::challenge ? read_challenge(fields, classes, row) : read_cityflow(fields, row);
  if (!frame || !track || !left || !top || !width || !height || !rest)
    return std::nullopt;
  if (*width == 0 || *height == 0) {
    fields.refuse(*width == 0 ? 4 : 5, "width and height must be more than 0");
    return std::nullopt;
  }
  row.frame = *frame;
  row.track = *track;
  row.where = {*left - 1, *top - 1, *width, *height};
  return row;
}

} // namespace

result<mot_info> parse_seqinfo(std::string_view text, const std::string& name) {
  return info_reader{name}(text);
}

result<std::vector<mot_row>> parse_mot_truth(std::string_view text, const std::string& name, mot_flavour flavour,
                                             std::int64_t length, std::int64_t classes) {
  fault_list faults{name};
  std::vector<mot_row> rows;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> lines;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row fields{line, number, ',', faults};
    const auto row = read_row(fields, flavour, length, classes);
    if (!row)
      return;
    const auto [first, is_new] = lines.try_emplace({row->frame, row->track}, number);
    if (!is_new)
      return fields.refuse(1, "object " + std::to_string(row->track) + " is on frame " + std::to_string(row->frame)
                                  + " already, by line " + std::to_string(first->second));
    rows.push_back(*row);
  });
  if (!faults.empty())
    return faults.as_error(flavour == mot_flavour::challenge
                               ? "lines are frame,id,left,top,width,height,flag,class,visibility"
                               : "lines are frame,id,left,top,width,height,1,-1,-1,-1");
  return rows;
}

std::string write_mot_truth(std::span<const mot_row> rows) {
  std::string out;
  for (const auto& row : rows)
    out += std::to_string(row.frame) + ',' + std::to_string(row.track) + ',' + shortest(row.where.x + 1) + ','
           + shortest(row.where.y + 1) + ',' + shortest(row.where.width) + ',' + shortest(row.where.height) + ','
           + (row.flag ? "1," : "0,") + std::to_string(row.class_id) + ',' + shortest(row.visibility) + '\n';
  return out;
}

std::vector<dataset_class> mot_classes() {
  const std::vector<std::string> people{"person", "pedestrian"};
  return {
      {1, "pedestrian", {"person"}},
      {2, "person on vehicle", {}, people},
      {3, "car"},
      {4, "bicycle"},
      {5, "motorbike", {"motorcycle"}},
      {6, "non motorized vehicle", {}, {"person", "pedestrian", "bicycle"}},
      {7, "static person", {}, people},
      {8, "distractor", {}, people},
      {9, "occluder"},
      {10, "occluder on the ground"},
      {11, "occluder full"},
      {12, "reflection", {}, people},
      {13, "crowd", {}, people},
  };
}

result<std::vector<dataset_class>> parse_mot_names(std::string_view text, const std::string& name) {
  fault_list faults{name};
  const auto known = mot_classes();
  std::vector<dataset_class> out;
  std::set<std::string> used;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const text_row fields{line, number, '\n', faults};
    const std::string word{fields.text(0)};
    if (word.starts_with(byte_order_mark)) // written first, it would be taken for the file's own
      return fields.refuse(text_row::whole_line, "begins with a byte-order mark");
    if (out.size() == most_classes || !used.insert(word).second)
      return fields.refuse(text_row::whole_line, out.size() == most_classes ? "is one class too many"
                                                                            : "names a class that is there already");
    const auto place = out.size();
    if (place < known.size() && known[place].name == word)
      out.push_back(known[place]);
    else
      out.push_back({static_cast<std::int64_t>(place) + 1, word});
  });
  if (faults.empty() && out.empty())
    faults.add(0, 0, "names no class");
  if (!faults.empty())
    return faults.as_error("a name a line: that of class 1, of class 2, ...");
  return out;
}

std::string write_mot_names(std::span<const dataset_class> classes) {
  std::string out;
  for (const auto& one : classes)
    out += one.name + '\n';
  return out;
}

namespace {

/// @param flags_hold flag 0 leaves out an object of any class
void add_objects(dataset_sequence& sequence, const std::vector<mot_row>& rows, bool flags_hold) {
  for (const auto& row : rows) {
    dataset_object object;
    object.track = row.track;
    object.kind = static_cast<std::uint32_t>(row.class_id - 1);
    object.where = row.where;
    object.counts = row.flag || (!flags_hold && row.class_id != pedestrian);
    object.visibility = row.visibility;
    find_frame(sequence.frames, row.frame)->objects.push_back(std::move(object));
  }
}

result<void> check_numbers(const std::vector<dataset_frame>& frames, const mot_info& info,
                           const std::filesystem::path& folder) {
  fault_list faults{folder.string()};
  for (std::int64_t n = 1; n <= info.length && faults.count() < 10; ++n)
    if (!find_frame(frames, n))
      faults.add(0, 0, "the picture of frame " + std::to_string(n) + " is missing");
  for (const auto& frame : frames)
    if (frame.number < 1 || frame.number > info.length)
      faults.add(0, 0,
                 frame.picture.filename().string() + " is none of the " + std::to_string(info.length)
                     + " frames of seqinfo.ini");
  if (!faults.empty())
    return faults.as_error("fetch the sequence again, or mend seqLength in seqinfo.ini");
  return {};
}

} // namespace

result<dataset_sequence> read_mot(const std::filesystem::path& folder) {
  const auto info_file = folder / "seqinfo.ini", truth_file = folder / "gt" / "gt.txt",
             names_file = folder / "gt" / "labels.txt";
  const auto info = parse_file(info_file, parse_seqinfo);
  if (!info)
    return tl::unexpected{info.error()};
  dataset_sequence out;
  out.layout = dataset_layout::mot;
  out.name = info->name.empty() ? folder.filename().string() : info->name;
  out.fps = info->fps;
  out.classes = mot_classes();
  auto frames = numbered_frames(folder / info->pictures);
  if (!frames)
    return tl::unexpected{frames.error()};
  out.frames = std::move(*frames);
  if (auto good = check_numbers(out.frames, *info, folder / info->pictures); !good)
    return tl::unexpected{good.error()};
  if (auto good = fill_in_sizes(out.frames, {info->width, info->height}); !good)
    return tl::unexpected{good.error()};
  std::error_code ignored;
  if (!std::filesystem::exists(truth_file, ignored)) {
    out.notes.push_back("there is no gt/gt.txt: a sequence for tests, without labels");
    return out;
  }
  const bool has_names = std::filesystem::exists(names_file, ignored);
  if (has_names) {
    auto names = parse_file(names_file, parse_mot_names);
    if (!names)
      return tl::unexpected{names.error()};
    out.classes = std::move(*names);
  }
  const auto rows = parse_file(truth_file, parse_mot_truth, mot_flavour::challenge, info->length,
                               static_cast<std::int64_t>(out.classes.size()));
  if (!rows)
    return tl::unexpected{rows.error()};
  add_objects(out, *rows, has_names);
  out.has_truth = true;
  return out;
}

} // namespace ecco
