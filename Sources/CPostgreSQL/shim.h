// The way to PostgreSQL is its own client library, Debian's libpq-dev.
#include <libpq-fe.h>
