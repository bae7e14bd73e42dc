#ifndef CXAPIAN_INPUT_FILE_H
#define CXAPIAN_INPUT_FILE_H

#include <cstddef>
#include <cstdint>
#include <string>

namespace cxapian {

// A file of a part that is open for reading for as long as the object lives, also when its name is
// gone. It is read, not mapped: what somebody cuts off is an error then and no signal.
class InputFile {
    const std::string path_;
    int descriptor = -1;

  public:
    InputFile() = default;
    // Where there is no such file nothing is open.
    explicit InputFile(const std::string &path);
    ~InputFile();
    InputFile(const InputFile &) = delete;
    InputFile &operator=(const InputFile &) = delete;

    const std::string &path() const { return path_; }
    bool is_open() const { return descriptor >= 0; }

    // Fills `place`. A file that ends before is `Damage`.
    void read(void *place, size_t count, uint64_t offset) const;
};

} // namespace cxapian

#endif
