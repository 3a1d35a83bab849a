/* SPDX-License-Identifier: MIT
 * mmdb_record.h: what the records of a MaxMind DB say of where a client is. Room scenario. */
#ifndef CNEDGE_SIM_SCENARIO_MMDB_RECORD_H
#define CNEDGE_SIM_SCENARIO_MMDB_RECORD_H

#include "cnedge/model/topology.h"
#include "mmdb_tree.h"
#include "names.h"

enum {
    MMDB_PATH_BYTES = 128, /* of a field's path in the scenario */
    MMDB_STEPS_MAX = 8,    /* keys and indices of it */
    MMDB_VALUE_MAX = 256,  /* bytes of a value that is looked at, NUL included */
};

/* How many values of records are looked at in one file, each record once. */
#define MMDB_VALUES_MAX (UINT64_C(1) << 29)

/* A path such as "subdivisions.0.iso_code", taken apart. */
struct mmdb_path {
    const char *text;                 /* as written; NULL: the field is not asked for */
    char buffer[MMDB_PATH_BYTES + 1]; /* the steps, each ended by NUL */
    const char *step[MMDB_STEPS_MAX];
    unsigned count;
    bool seen; /* in some record */
};

enum mmdb_field { MMDB_LINE, MMDB_COUNTRY, MMDB_PROVINCE, MMDB_CARRIER, MMDB_FIELD_COUNT };

/* What records say, in one number: a line, and what differs from it: a country, a province, a
 * carrier, as far as they are known. */
typedef uint32_t mmdb_says;

#define MMDB_SAYS_NOTHING ((mmdb_says)0)

struct mmdb_mapped { /* an entry of "carriers" */
    enum carrier carrier;
    bool seen; /* its value is in some record that may be of the mainland */
};

struct mmdb_reader {
    struct MMDB_s *db;
    struct mmdb_bytes data;
    const struct topology *topology;
    const struct names *lines;
    struct mmdb_path path[MMDB_FIELD_COUNT];
    const struct names *carriers; /* value -> index in `mapped`; NULL: values are carriers' names */
    struct mmdb_mapped *mapped;
    uint64_t budget;
    struct mmdb_bytes record; /* the value that was counted last, with all that is in it */
};

/* False when `text` has too many steps. */
CN_NONNULL CN_MUSTUSE bool mmdb_path_read(struct mmdb_path *p, const char *text);

/* What the record at an offset says. On failure `why`. */
CN_NONNULL CN_MUSTUSE enum cn_status mmdb_record_read(struct mmdb_reader *r, uint32_t offset,
                                                      mmdb_says *out, char why[DIAG_TEXT_MAX]);

/* What is said by two records, of which the second one wins. */
CN_CONST mmdb_says mmdb_says_over(mmdb_says below, mmdb_says above);

/* Whether a field is said. */
CN_CONST bool mmdb_says_has(mmdb_says says, enum mmdb_field f);

enum { MMDB_BASIS_BEFORE = 1 << MMDB_FIELD_COUNT };

/* What mmdb_says_line goes by: bits 1 << enum mmdb_field of what is said, and MMDB_BASIS_BEFORE for
 * the line of before. */
CN_NONNULL CN_PURE unsigned mmdb_says_basis(const struct topology *t, mmdb_says says,
                                            uint16_t before);

/* The line of clients of whom that is said and who were on `before` without it. */
CN_NONNULL CN_PURE uint16_t mmdb_says_line(const struct topology *t, mmdb_says says,
                                           uint16_t before);

#endif
