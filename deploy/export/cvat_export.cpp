// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <map>

#include "deploy/export/export_time.hpp"
#include "deploy/export/frame_exporter.hpp"
#include "deploy/export/one_polygon.hpp"
#include "deploy/report/text_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

/// As the text of an element or in the quotes of an attribute. XML has no way to write most control
/// characters: they become question marks.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  return out;
}

std::string attribute(const char* name, std::string_view value) {
  return std::string{" "} + name + "=\"" + escaped(value) + '"';
}

std::string pixels(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value); // as CVAT itself writes them
  return text.data();
}

class cvat_exporter final : public frame_exporter {
 public:
  cvat_exporter(fs::path folder, std::vector<std::string> classes)
      : folder_(std::move(folder)), classes_(std::move(classes)) {}

  result<void> add(const exported_frame& frame) override {
    const auto name = picture_name(frame);
    auto& image = images_[name];
    image = attribute("name", name) + attribute("width", std::to_string(frame.picture.width))
            + attribute("height", std::to_string(frame.picture.height)) + ">\n";
    for (const auto& one : frame.labels)
      image += shape_of(one, frame.picture);
    image += "  </image>\n";
    return write_png(folder_ / "images" / name, frame.picture);
  }

  result<void> finish() override {
    std::string labels;
    for (const auto& name : classes_)
      labels += "        <label>\n          <name>" + escaped(name)
                + "</name>\n          <attributes>\n"
                  "            "
                  "<attribute><name>ignore</name><mutable>False</mutable><input_type>checkbox</input_type>"
                  "<default_value>false</default_value><values>false</values></attribute>\n"
                  "          </attributes>\n        </label>\n";
    std::string images;
    std::size_t count = 0;
    for (const auto& [name, image] : images_)
      images += "  <image" + attribute("id", std::to_string(count++)) + image;
    return write_text(folder_ / "annotations.xml",
                      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
                      "  <meta>\n    <task>\n      <name>ecco</name>\n      <size>"
                          + std::to_string(count)
                          + "</size>\n      <mode>annotation</mode>\n      <labels>\n" + labels
                          + "      </labels>\n    </task>\n  </meta>\n" + images + "</annotations>\n");
  }

 private:
  std::string shape_of(const label& from, const image& picture) const {
    const double width = picture.width, height = picture.height;
    const auto common = attribute("label", classes_[from.class_id]) + attribute("source", "auto")
                        + attribute("occluded", "0") + attribute("z_order", "0");
    const auto ignored = std::string{">\n      <attribute name=\"ignore\">"}
                         + (from.ignore ? "true" : "false") + "</attribute>\n    ";
    if (from.shape.empty())
      return "    <box" + common + attribute("xtl", pixels(from.where.x1 * width))
             + attribute("ytl", pixels(from.where.y1 * height))
             + attribute("xbr", pixels(from.where.x2 * width))
             + attribute("ybr", pixels(from.where.y2 * height)) + ignored + "</box>\n";
    std::string points;
    for (const auto& corner : one_polygon(from.shape))
      points += (points.empty() ? "" : ";") + pixels(corner.x / 65535. * width) + ','
                + pixels(corner.y / 65535. * height);
    return "    <polygon" + common + attribute("points", points) + ignored + "</polygon>\n";
  }

  fs::path folder_;
  std::vector<std::string> classes_;
  /// By name: CVAT numbers pictures so, and its older versions know an image by its number only.
  std::map<std::string, std::string> images_;
};

} // namespace

std::unique_ptr<frame_exporter> make_cvat_exporter(const fs::path& folder,
                                                   const std::vector<std::string>& classes) {
  return std::make_unique<cvat_exporter>(folder, classes);
}

} // namespace ecco
