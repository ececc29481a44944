/* SPDX-License-Identifier: Apache-2.0 */
/* insist.h - what every fuzz target needs: its entry, and a word that ends the run when broken. */
#ifndef WECOM_TESTS_INSIST_H
#define WECOM_TESTS_INSIST_H

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void insist(int condition)
{
    if (!condition) {
        abort();
    }
}

#endif
