#include "crash_mark.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace cxapian {

thread_local const char *volatile crash_mark = nullptr;

namespace {

constexpr int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
struct sigaction previous[NSIG];

constexpr char advice[] =
    "Reading the index ended this program: it is probably damaged. See what is damaged with: "
    "nearfind doctor --verify. No file is lost; rebuild the index with: nearfind index --rebuild\n";

// Calls nothing but what POSIX allows in a handler, and leaves the end of the process to whoever
// handled the signal before, the system as a rule.
void handle_crash(int signal, siginfo_t *information, void *) {
    int error = errno;
    if (const char *mark = crash_mark) {
        leave_mark(mark);
        [[maybe_unused]] ssize_t written = write(STDERR_FILENO, advice, sizeof advice - 1);
    }
    sigaction(signal, &previous[signal], nullptr);
    // A fault comes again by itself when the instruction is tried again; what was sent does not.
    if (information->si_code <= 0) raise(signal);
    errno = error;
}

} // namespace

void leave_mark(const char *mark) {
    int file = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
}

void leave_marks_on_crashes() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction action = {};
        action.sa_sigaction = handle_crash;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        for (int signal : crashes) sigaction(signal, &action, &previous[signal]);
    });
}

} // namespace cxapian
