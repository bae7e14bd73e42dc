#ifndef CXAPIAN_H
#define CXAPIAN_H

// What Swift cannot call of libxapian, as C: parts of an index, written whole, and read.
//
// A *part* is an immutable Xapian database in the glass format. Every function that can fail
// returns a `cxapian_status` and, when that is not `cxapian_ok`, fills the error; no C++ exception
// crosses this border. A handle may be used by one thread at a time. Buffers that are handed out
// stay valid until the next call with the same handle, unless it is said otherwise.

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What the caller can do about a failure decides the case; the text is for people.
typedef enum __attribute__((enum_extensibility(closed))) cxapian_status {
    cxapian_ok = 0,
    // There is no database at the path.
    cxapian_missing = 1,
    // The database is damaged.
    cxapian_corrupt = 2,
    // The database is of a version that this library does not read.
    cxapian_incompatible = 3,
    // The disk is full.
    cxapian_disk_full = 4,
    // The operating system refused something.
    cxapian_input_output = 5,
    // The arguments are wrong: a defect of the caller.
    cxapian_invalid = 6,
    // It was requested to stop; see `cxapian_part_obey`.
    cxapian_stopped = 7,
} cxapian_status;

typedef struct cxapian_error {
    char message[512];
} cxapian_error;

typedef struct cxapian_bytes {
    const uint8_t *data;
    size_t count;
} cxapian_bytes;

// ---- Writing

// Documents in a row that were inverted apart from the others of their part.
typedef struct cxapian_run cxapian_run;

// Inverts a batch without positions, which is most of the work of writing a part; any number of
// threads may do it at once. `first_document` is the number of its first document in the part.
//
// `batch` holds the documents one after the other; all numbers are little-endian:
//
//   u16 key byte count, key          unique within the part; found by its fingerprint
//   i64 size, i64 modified           kept in a value for sorting and ranges
//   u8 hash byte count, hash         0 or 32; kept in a value for collapsing
//   u32 data byte count, data        what the part gives back
//   u16 boolean term count, then u8 byte count and bytes for each
//   u32 term byte count, then for each term: u8 byte count, bytes, u8 occurrences,
//       u16 position count, u32 positions
//
// Terms are distinct within a document.
cxapian_status cxapian_run_make(
    cxapian_bytes batch, uint32_t first_document, cxapian_run **run, cxapian_error *error);
void cxapian_run_free(cxapian_run *run);

// Writes one part from runs.
typedef struct cxapian_writer cxapian_writer;

// Makes the folder, which must not exist. Where anything fails afterwards the folder stays, useless.
// Postings wait for the end in memory, those beyond `memory_limit` bytes in a file without a name.
cxapian_status cxapian_writer_open(
    const char *path, size_t memory_limit, cxapian_writer **writer, cxapian_error *error);

// Takes a run whose first document comes after the last of those before; the first of all is 1.
// The run is empty afterwards, and still to be freed.
cxapian_status cxapian_writer_add(cxapian_writer *writer, cxapian_run *run, cxapian_error *error);

// Completes the part and calls `visit` for each of its files. They are not yet forced to the disk.
cxapian_status cxapian_writer_finish(
    cxapian_writer *writer, void *context,
    void (*visit)(void *context, const char *name, uint64_t byte_count, uint64_t checksum),
    cxapian_error *error);
void cxapian_writer_close(cxapian_writer *writer);

// Writes the documents of a batch, numbered from 1, by Xapian's own writer: for batches with
// positions, and to compare with. Adds to the database that is there already. At most so many
// postings and positions wait in memory; 0 leaves that to Xapian, which counts documents.
cxapian_status cxapian_write_part_plainly(
    const char *path, cxapian_bytes batch, size_t most_waiting, cxapian_error *error);

// Writes to `path` one part that holds the documents of `sources`, with new numbers. Sources must
// not be empty.
cxapian_status cxapian_merge_parts(
    const char *const *sources, size_t source_count, const char *path, cxapian_error *error);

// Removes documents from a part in place; only for a part that no one reads yet. Numbers ascend.
cxapian_status cxapian_remove_documents(
    const char *path, const uint32_t *documents, size_t count, cxapian_error *error);

// Completes a part that Xapian wrote, which nobody changes any more: adds the checksums of its blocks
// and calls `visit` for each of its files. They are not yet forced to the disk.
cxapian_status cxapian_seal_part(
    const char *path, void *context,
    void (*visit)(void *context, const char *name, uint64_t byte_count, uint64_t checksum),
    cxapian_error *error);

// Looks through the whole part for damage.
// `faults` becomes the number of faults found, described in `error`.
cxapian_status cxapian_check_part(const char *path, size_t *faults, cxapian_error *error);

// A number that tells whether the bytes of a file are still the same. Not against intent.
cxapian_status cxapian_file_checksum(
    const char *path, uint64_t *checksum, uint64_t *byte_count, cxapian_error *error);

// ---- Reading

typedef struct cxapian_part cxapian_part;

// The file in a part's folder that says that a process crashed while it read the part, or met with
// damage. Whoever finds it looks at every byte of the part before opening it, and removes the file when all are right.
#define cxapian_crash_mark_name "crashed"

// The file in a part's folder by which each block is checked when it is read. Not in old parts.
#define cxapian_block_checksums_name "block-checksums"

// Opens a part. `removed` are the numbers of documents that count as gone, ascending; copied.
cxapian_status cxapian_part_open(
    const char *path, const uint32_t *removed, size_t removed_count, cxapian_part **part,
    cxapian_error *error);
void cxapian_part_close(cxapian_part *part);

// By which another thread ends what a part is read for.
typedef struct cxapian_stop cxapian_stop;
// Null when out of memory.
cxapian_stop *cxapian_stop_make(void);
void cxapian_stop_free(cxapian_stop *stop);
// From any thread, any number of times.
void cxapian_stop_request(cxapian_stop *stop);

// From now on calls with this handle end with `cxapian_stopped` a moment after it was requested. The
// caller keeps the stop until it sets another, or null for none.
void cxapian_part_obey(cxapian_part *part, const cxapian_stop *stop);

// Totals of the part, removed documents included.
typedef struct cxapian_totals {
    uint32_t document_count;
    uint32_t last_document;
    uint64_t total_length;
} cxapian_totals;
cxapian_totals cxapian_part_totals(cxapian_part *part);

// Makes the allocator give large blocks back to the system when they are freed, and keep the small
// ones of all threads in so many arenas. Of the whole process.
void cxapian_hold_little_memory(int arenas);

// What all parts of the process keep decoded of the words that were asked for more than once, in
// bytes. `limit` is what it may come to from the next search on.
size_t cxapian_kept_byte_count(void);
void cxapian_limit_kept_bytes(size_t limit);
static const size_t cxapian_standard_kept_bytes = (size_t)64 << 20;

// The kinds of leaves that stand for one term or many.
typedef enum __attribute__((enum_extensibility(closed))) cxapian_terms {
    cxapian_terms_exact = 0,
    cxapian_terms_prefix = 1,
    cxapian_terms_infix = 2,
} cxapian_terms;

// Calls `visit` for every term of the family with its document frequency, removed documents
// included, in byte order. Terms that begin with an ASCII capital lie in that letter's namespace: a
// prefix or infix reaches only into the namespace that it begins with, and an infix looks for the
// rest of its text in the rest of the term.
cxapian_status cxapian_part_terms(
    cxapian_part *part, cxapian_terms kind, cxapian_bytes text, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint32_t document_frequency),
    cxapian_error *error);

// The number of the document with this key, 0 where there is none or it is removed.
cxapian_status cxapian_part_find(
    cxapian_part *part, cxapian_bytes key, uint32_t *document, cxapian_error *error);

// The number of 48 bits by which a part finds a key; several keys may share one.
uint64_t cxapian_key_fingerprint(cxapian_bytes key);

// Calls `visit` for the fingerprint of every key, removed documents included.
cxapian_status cxapian_part_fingerprints(
    cxapian_part *part, void *context, void (*visit)(void *context, uint64_t fingerprint),
    cxapian_error *error);

// What is kept of one document.
typedef struct cxapian_document {
    cxapian_bytes data;
    cxapian_bytes key;
    cxapian_bytes hash;
    int64_t size;
    int64_t modified;
    uint32_t length;
} cxapian_document;
// Only what `cxapian_run_make` calls the data.
cxapian_status cxapian_part_data(
    cxapian_part *part, uint32_t document, cxapian_bytes *data, cxapian_error *error);

cxapian_status cxapian_part_document(
    cxapian_part *part, uint32_t document, cxapian_document *result, cxapian_error *error);

// Calls `visit` for every term of a document with its occurrences.
cxapian_status cxapian_part_document_terms(
    cxapian_part *part, uint32_t document, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint8_t occurrences), cxapian_error *error);

// ---- Matching

// What a match asks its caller about a document. Predicates are numbered by the plan.
typedef struct cxapian_callbacks {
    void *context;
    bool (*predicate)(void *context, uint32_t predicate, cxapian_bytes data);
    // The bytes to sort by; they stay valid until the next call of it.
    cxapian_bytes (*sort_key)(void *context, cxapian_bytes data);
    // Sees every matching document; null when nobody wants to.
    void (*visit)(void *context, const cxapian_document *document);
} cxapian_callbacks;

typedef enum __attribute__((enum_extensibility(closed))) cxapian_order {
    cxapian_order_weight = 0,
    cxapian_order_size = 1,
    cxapian_order_modified = 2,
    // By what `sort_key` says.
    cxapian_order_key = 3,
} cxapian_order;

typedef struct cxapian_match_options {
    size_t limit;
    cxapian_order order;
    bool ascending;
    // At most one hit for each content hash.
    bool collapse;
    // The frequency that each of the 128 values of occurrences counts for.
    const double *frequencies;
    double k1;
    double b;
    double average_length;
} cxapian_match_options;

typedef struct cxapian_hit {
    uint32_t document;
    double weight;
    cxapian_bytes key;
    cxapian_bytes sort_key;
    cxapian_bytes hash;
    int64_t size;
    int64_t modified;
} cxapian_hit;

typedef struct cxapian_match_result {
    const cxapian_hit *hits;
    size_t hit_count;
    // The matches lie between these; equal when they were counted.
    uint64_t lower_bound;
    uint64_t upper_bound;
} cxapian_match_result;

// Carries out a plan: a tree of nodes in preorder, numbers little-endian, strings as u32 byte
// count and bytes:
//
//   0                                        nothing
//   1                                        everything, weight 0
//   2 u8 fields, f64 weight, string          the term
//   3 u8 fields, f64 weight, string          terms starting so
//   4 u8 fields, f64 weight, string          terms containing this
//   5 u32 count, nodes                       all of them; weights add up
//   6 u32 count, nodes                       any; weights add up
//   7 u32 count, nodes                       any; the largest weight
//   8 node, node                             the first without the second
//   9 u32 count, strings                     any of these boolean terms, weight 0
//  10 i64 minimum, i64 maximum               size
//  11 i64 earliest, i64 latest               modified
//  12 u32 predicate                          asks the caller, weight 0
//  13 u8 fields, u32 predicate, u32 count, strings, u32 count, nodes
//                                            a phrase in these fields: all of the nodes, and the
//                                            strings in a row in the text, or the caller says so of
//                                            another field; weights add up
//  14 32 bytes                              the content hash
//
// The hits are the best `limit`, in order; equal ones by key.
cxapian_status cxapian_part_match(
    cxapian_part *part, cxapian_bytes plan, const cxapian_match_options *options,
    const cxapian_callbacks *callbacks, cxapian_match_result *result, cxapian_error *error);

// The weight that one plan gives to one document, 0 where it does not match; `matches` tells these
// apart. `occurrences` is the union over the plan's terms.
cxapian_status cxapian_part_weigh(
    cxapian_part *part, cxapian_bytes plan, const cxapian_match_options *options,
    const cxapian_callbacks *callbacks, uint32_t document, bool *matches, double *weight,
    uint8_t *occurrences, cxapian_error *error);

// ---- For comparison

typedef enum __attribute__((enum_extensibility(closed))) cxapian_plain_query {
    cxapian_plain_query_all = 0,
    cxapian_plain_query_any = 1,
    // One term: the beginning.
    cxapian_plain_query_prefix = 2,
} cxapian_plain_query;

// A search of the same parts by Xapian's own matcher and BM25, with its hits' data read; timed from
// the making of the query, the databases being open.
cxapian_status cxapian_plain_search(
    const char *const *paths, size_t path_count, cxapian_plain_query kind,
    const char *const *terms, size_t term_count, size_t limit, double *seconds, size_t *hits,
    cxapian_error *error);

// Reads all of a part here and with Xapian. Fails as damaged where these do not agree.
cxapian_status cxapian_compare_with_xapian(const char *path, cxapian_error *error);

#ifdef __cplusplus
}
#endif

#endif
