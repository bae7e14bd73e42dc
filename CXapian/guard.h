#ifndef CXAPIAN_GUARD_H
#define CXAPIAN_GUARD_H

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>
#include <xapian.h>

#include "layout.h"
#include "stop.h"

namespace cxapian {

inline void describe(cxapian_error *error, const char *text) {
    if (error) snprintf(error->message, sizeof error->message, "%s", text);
}

inline void describe(cxapian_error *error, const Xapian::Error &exception) {
    if (!error) return;
    const char *cause = exception.get_error_string();
    snprintf(
        error->message, sizeof error->message, "%s%s%s", exception.get_msg().c_str(),
        cause ? ": " : "", cause ? cause : "");
}

// Xapian keeps the system's error only as a text. That of a commit which failed and could not be
// undone stands inside the message.
inline cxapian_status input_output_status(const Xapian::Error &exception) {
    const char *cause = exception.get_error_string();
    for (int code : {ENOSPC, EDQUOT, EFBIG}) {
        const char *text = strerror(code);
        if (cause ? !strcmp(cause, text) : exception.get_msg().find(text) != std::string::npos)
            return cxapian_disk_full;
    }
    // Without a cause from the system: a file that ends early, a block that does not inflate.
    return cause ? cxapian_input_output : cxapian_corrupt;
}

// Runs `body` and turns every exception into a status and a text: nothing that C++ throws leaves.
template <typename Body> cxapian_status guarded(cxapian_error *error, Body body) noexcept {
    try {
        body();
        return cxapian_ok;
    } catch (const Xapian::DatabaseVersionError &exception) {
        describe(error, exception);
        return cxapian_incompatible;
    } catch (const Xapian::DatabaseCorruptError &exception) {
        describe(error, exception);
        return cxapian_corrupt;
    } catch (const Xapian::DatabaseNotFoundError &exception) {
        describe(error, exception);
        return cxapian_missing;
    } catch (const Xapian::DatabaseOpeningError &exception) {
        describe(error, exception);
        return input_output_status(exception);
    } catch (const Xapian::DatabaseError &exception) {
        describe(error, exception);
        return input_output_status(exception);
    } catch (const Xapian::LogicError &exception) {
        describe(error, exception);
        return cxapian_invalid;
    } catch (const Xapian::Error &exception) {
        // Numbers out of range, documents that lists name and that are not there.
        describe(error, exception);
        return cxapian_corrupt;
    } catch (const Stopped &) {
        describe(error, "stopped");
        return cxapian_stopped;
    } catch (const Damage &exception) {
        describe(error, exception.what());
        return cxapian_corrupt;
    } catch (const std::logic_error &exception) {
        // Lengths that the standard library refuses: only a damaged file holds such.
        describe(error, exception.what());
        return cxapian_corrupt;
    } catch (const std::system_error &exception) {
        describe(error, exception.what());
        return cxapian_input_output;
    } catch (const std::bad_alloc &) {
        describe(error, "out of memory");
        return cxapian_input_output;
    } catch (const std::exception &exception) {
        describe(error, exception.what());
        return cxapian_invalid;
    } catch (...) {
        describe(error, "an unknown C++ exception");
        return cxapian_invalid;
    }
}

} // namespace cxapian

#endif
