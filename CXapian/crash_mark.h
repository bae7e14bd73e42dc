#ifndef CXAPIAN_CRASH_MARK_H
#define CXAPIAN_CRASH_MARK_H

namespace cxapian {

// The path of the mark that this thread leaves if it crashes now; null while it reads no part.
extern thread_local const char *volatile crash_mark;

// Where a part's blocks have no checksums, a flipped bit may end whoever reads them. Nothing can be
// saved then, but the next one to open the part can be warned: a mark beside the files says to look
// at all of them before believing any.
void leave_marks_on_crashes();

// The same for damage that was found. Where it cannot be noted, who reads finds it again.
void leave_mark(const char *mark);

// While one of these lives, this thread reads the part with that mark.
class Reading {
    const char *outer;

  public:
    explicit Reading(const char *mark) : outer(crash_mark) { crash_mark = mark; }
    ~Reading() { crash_mark = outer; }
    Reading(const Reading &) = delete;
    Reading &operator=(const Reading &) = delete;
};

} // namespace cxapian

#endif
