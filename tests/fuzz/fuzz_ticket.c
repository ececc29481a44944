/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ticket.c - the session record out of any bytes.
 *
 * The input is taken as a record and as a cookie's value, sealed with the key below. A record
 * that is read must be the one spelling that encoding gives, and every text in it must end.
 */
#include <string.h>

#include <apr_general.h>

#include "../../src/auth/ticket.h"
#include "../../src/wecom/member.h"
#include "insist.h"

/* The key is the bytes 1 to 32, the label "fuzz". */
static const wecom_keyring_t *fixed_ring(apr_pool_t *pool)
{
    unsigned char key[WECOM_KEY_BYTES];
    const unsigned char *masters[1];
    wecom_keyring_t *ring;
    int i;

    for (i = 0; i < WECOM_KEY_BYTES; i++) {
        key[i] = (unsigned char)(i + 1);
    }
    masters[0] = key;
    insist(wecom_crypto_keyring(&ring, masters, 1, "fuzz", pool) == WECOM_OK);
    return ring;
}

static void insist_on_ticket(const wecom_ticket_t *ticket)
{
    apr_size_t i;

    insist(ticket->source[0] != '\0' && ticket->userid[0] != '\0');
    insist(ticket->account != NULL && ticket->name != NULL && ticket->entries != NULL);
    insist(ticket->department_count <= WECOM_MAX_DEPARTMENTS);
    insist(ticket->issued >= 0 && ticket->seen >= 0 && ticket->checked >= 0);
    for (i = 0; i < ticket->department_count; i++) {
        insist(ticket->departments[i] >= 1 && ticket->departments[i] <= 4294967295LL);
        insist(ticket->leads[i] <= WECOM_LEADS_UNTOLD);
    }
    insist(ticket->fields == NULL || apr_table_elts(ticket->fields)->nelts <= 64);
    insist(apr_table_elts(ticket->entries)->nelts <= 64);
}

static void try_record(const uint8_t *data, size_t size, apr_pool_t *pool)
{
    wecom_bytes_t bytes = { data, size };
    wecom_bytes_t again;
    wecom_ticket_t ticket;

    if (wecom_ticket_decode(&ticket, bytes, pool) != WECOM_OK) {
        insist(ticket.userid == NULL && ticket.entries == NULL);
        return;
    }
    insist_on_ticket(&ticket);
    insist(wecom_ticket_encode(&again, &ticket, pool) == WECOM_OK);
    insist(again.len == size && memcmp(again.data, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *root;
    static const wecom_keyring_t *ring;
    static wecom_bytes_t aad;
    wecom_site_t *site;
    wecom_ticket_t ticket;
    const char *text;
    apr_pool_t *pool;
    int key_index;

    if (root == NULL) {
        insist(apr_initialize() == APR_SUCCESS && wecom_crypto_start() == WECOM_OK);
        insist(apr_pool_create(&root, NULL) == APR_SUCCESS);
        ring = fixed_ring(root);
        insist(wecom_site_make(&site, "https://intranet.example.com", "/wecom", NULL, NULL, root)
               == WECOM_OK);
        aad = wecom_ticket_aad(site, root);
    }
    insist(apr_pool_create(&pool, root) == APR_SUCCESS);
    try_record(data, size, pool);
    if (wecom_ticket_open(&ticket, &key_index, (const char *)data, size, ring, aad, pool)
        == WECOM_OK) {
        insist(key_index == 0);
        insist_on_ticket(&ticket);
        insist(wecom_ticket_seal(&text, &ticket, ring, aad, pool) == WECOM_OK);
        insist(strlen(text) == size);
    }
    apr_pool_destroy(pool);
    return 0;
}
