// SPDX-License-Identifier: Apache-2.0
#include "runtime/store/recording_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "runtime/store/synced_file.hpp"

namespace ecco {

namespace {

namespace fs = std::filesystem;

fs::path part_of(fs::path path) {
  path += ".part";
  return path;
}

std::string reason() {
  return std::strerror(errno);
}

} // namespace

// -- writing --------------------------------------------------------------------------------------------

result<std::unique_ptr<recording_writer>> recording_writer::create(const fs::path& path,
                                                                   const recording_header& header,
                                                                   std::uint64_t most_bytes) {
  std::error_code ignored;
  for (const auto& taken : {path, part_of(path)})
    if (fs::exists(taken, ignored))
      return fail(ec::invalid_argument, taken.string() + " is there already, and is not overwritten",
                  "move it away, or record to another file");
  const auto part = part_of(path);
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return fail(ec::io_failed, part.string() + " cannot be made: " + reason(), "is its folder there, and yours?");
  std::unique_ptr<recording_writer> out{new recording_writer{path, file, most_bytes}};
  if (auto written = out->write(encode_entry(header)); !written)
    return tl::unexpected{written.error()};
  return out;
}

recording_writer::~recording_writer() {
  (void)finish();
}

result<void> recording_writer::append(recorded_message& record) {
  if (!is_open())
    return {};
  record.index = records_;
  std::vector<blob_view> needs;
  const auto entry = encode_entry(record, needs);
  for (const auto& blob : needs)
    if (stored_.insert(blob.sha256).second)
      if (auto written = write(encode_entry(blob)); !written)
        return written;
  if (written_ + entry.size() > most_bytes_)
    return finish("full");
  if (auto written = write(entry); !written)
    return written;
  ++records_;
  return {};
}

result<void> recording_writer::write(const bytes& entry) {
  if (write_all(file_, entry) < entry.size()) {
    const auto why = reason();
    ::close(std::exchange(file_, -1));
    return fail(ec::io_failed, part_of(path_).string() + " cannot be written: " + why,
                "is the disk full? the recording ends here");
  }
  written_ += entry.size();
  return {};
}

result<void> recording_writer::finish(const std::string& why) {
  if (!is_open())
    return {};
  if (auto written = write(encode_entry(recording_end{records_, why})); !written)
    return written;
  ::fsync(file_);
  ::close(std::exchange(file_, -1));
  // A link fails where a file has come to be in the meantime; a rename would replace it.
  const auto part = part_of(path_);
  if (::link(part.c_str(), path_.c_str()) != 0)
    return fail(ec::io_failed, part.string() + " cannot be renamed to " + path_.string() + ": " + reason(),
                "it is complete; rename it yourself");
  ::unlink(part.c_str());
  return {};
}

// -- reading --------------------------------------------------------------------------------------------

result<recording_reader> recording_reader::open(const fs::path& path, recording_blobs blobs) {
  std::error_code ignored;
  const auto there = fs::exists(path, ignored) ? path : fs::exists(part_of(path), ignored) ? part_of(path) : path;
  if (!fs::exists(there, ignored))
    return fail(ec::not_found, path.string() + " does not exist", "record one with --record FILE");
  auto file = entry_file::open(there);
  if (!file)
    return tl::unexpected{file.error()};
  recording_reader out{std::move(*file), blobs};
  auto first = out.next();
  if (!first)
    return tl::unexpected{first.error()};
  return out;
}

tl::unexpected<error> recording_reader::bad(const error& why, std::uint64_t offset) {
  const auto before = records_ == 0 ? std::string{"nothing before it can be used"}
                                    : "the " + std::to_string(records_) + " records before it are good";
  failure_ = error{why.code, file_.path().string() + ": at byte " + std::to_string(offset) + ": " + why.what,
                   why.hint.empty() ? before : why.hint + "; " + before};
  return tl::unexpected<error>{*failure_};
}

result<bytes> recording_reader::find_blob(const std::string& sha256, std::uint64_t size) {
  const auto found = known_.find(sha256);
  if (found == known_.end() || found->second.size != size)
    return fail(ec::malformed_data, "a record refers to blob " + sha256.substr(0, 12) + " of " + std::to_string(size)
                                      + " bytes, which does not stand before it");
  if (blobs_ == recording_blobs::sized)
    return bytes(size);
  const auto& where = found->second;
  const auto entry = file_.again(where.offset, where.entry_bytes);
  if (!entry)
    return tl::unexpected{entry.error()};
  auto again = decode_entry(*entry, {});
  if (!again)
    return tl::unexpected{again.error()};
  const auto content = std::get<recorded_blob>(*again).content.view();
  return bytes{content.begin(), content.end()};
}

result<std::optional<recorded_message>> recording_reader::next() {
  if (failure_)
    return tl::unexpected<error>{*failure_};
  while (true) {
    const auto offset = file_.offset();
    auto entry = file_.next();
    if (!entry)
      return bad(entry.error(), offset);
    if (entry->empty()) {
      if (!begun_)
        return bad({ec::malformed_data, "it is empty", "it is not a recording"}, offset);
      return std::optional<recorded_message>{};
    }
    const auto find = [this](const std::string& name, std::uint64_t size) { return find_blob(name, size); };
    auto decoded = decode_entry(*entry, find);
    if (!decoded)
      return bad(decoded.error(), offset);
    const auto first = !begun_;
    auto record = take(std::move(*decoded), offset, entry->size());
    if (!record)
      return bad(record.error(), offset);
    if (*record || first)
      return record;
  }
}

result<std::optional<recorded_message>> recording_reader::take(recording_entry entry, std::uint64_t offset,
                                                                  std::uint64_t size) {
  if (end_)
    return fail(ec::malformed_data, "an entry after the end");
  if (std::holds_alternative<recording_header>(entry) == begun_)
    return fail(ec::malformed_data, begun_ ? "a second header" : "it does not begin with a header",
                begun_ ? "two recordings were put together; take them apart" : "it is not a recording");
  if (auto* header = std::get_if<recording_header>(&entry)) {
    header_ = std::move(*header);
    begun_ = true;
  } else if (auto* blob = std::get_if<recorded_blob>(&entry)) {
    known_[blob->sha256] = {offset, size, blob->content.size()};
  } else if (auto* end = std::get_if<recording_end>(&entry)) {
    if (end->records != records_)
      return fail(ec::malformed_data, "the end counts " + std::to_string(end->records) + " records, there are "
                                        + std::to_string(records_));
    end_ = std::move(*end);
  } else {
    auto& record = std::get<recorded_message>(entry);
    if (record.index != records_)
      return fail(ec::malformed_data, "record " + std::to_string(record.index) + " where "
                                        + std::to_string(records_) + " should be");
    ++records_;
    return std::optional{std::move(record)};
  }
  return std::optional<recorded_message>{};
}

} // namespace ecco
