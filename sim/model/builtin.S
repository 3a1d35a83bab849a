/* SPDX-License-Identifier: MIT
 * builtin.S: the files of sim/data as read-only bytes. Assemble with sim/data in the include path.
 *
 * NAME is the file, aligned for any integer, and the 32-bit integer NAME_bytes is its size. (A
 * label at the end would be another object to C, and pointers into the file could not be compared
 * with it.) */

    .macro embed name, file
    .globl  \name
    .globl  \name\()_bytes
    .type   \name, %object
    .type   \name\()_bytes, %object
    .balign 16
\name:
    .incbin "\file"
.Lend_\name:
    .size   \name, .Lend_\name - \name
    .balign 4
\name\()_bytes:
    .4byte  .Lend_\name - \name
    .size   \name\()_bytes, 4
    .endm

    .section .rodata,"a",%progbits
    embed   builtin_geo, geo.cne
    embed   builtin_pops, pops.tsv
    embed   builtin_provinces, provinces.tsv
    embed   builtin_countries, countries.tsv

    .section .note.GNU-stack,"",%progbits
