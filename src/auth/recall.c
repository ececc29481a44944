/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recall.c - open addressing with a window: a member is in one of WINDOW slots from home on, before
 * the first one that was never used.
 *
 * The fields of a slot are read and written one by one with relaxed atomics, since a reader may
 * look while they change; the counter in the head, with its fences, tells it afterwards.
 */
#include "recall.h"

#include <string.h>

#define MAGIC   APR_UINT64_C(0x5743524543414c31) /* "WCRECAL1" */
#define WINDOW  64
#define LOOKS   64 /* a writer needs fewer than a hundred instructions */
#define NOISE   16

typedef struct slot_t {
    apr_uint64_t a;        /* both 0: nobody's */
    apr_uint64_t b;
    apr_uint64_t ended;
    apr_uint64_t changed;
    apr_uint64_t read;
    apr_uint64_t print;
    apr_uint64_t written;  /* 0: never used. A wild slot is nobody's, and written */
    apr_uint64_t check;
} slot_t;

#define HEAD_SPARE 3

typedef struct head_t {
    apr_uint64_t magic;
    apr_uint64_t slots;
    apr_uint64_t all_ended;
    apr_uint64_t check;            /* of the three above */
    apr_uint32_t turn;             /* odd: somebody writes */
    apr_uint32_t busy;             /* ... this slot; WECOM_RECALL_SLOTS: the head */
    apr_uint64_t spare[HEAD_SPARE];
} head_t;

struct wecom_recall_t {
    head_t head;
    slot_t slots[WECOM_RECALL_SLOTS];
};

_Static_assert(sizeof(slot_t) == WECOM_RECALL_SLOT_BYTES, "a slot has 64 bytes");
_Static_assert(sizeof(wecom_recall_t) == WECOM_RECALL_BYTES, "the block is head and slots");
_Static_assert(WECOM_RECALL_BYTES <= 1048576, "the table takes at most 1 MiB");

static apr_uint64_t load(const apr_uint64_t *at)
{
    return __atomic_load_n(at, __ATOMIC_RELAXED);
}

static void store(apr_uint64_t *at, apr_uint64_t value)
{
    __atomic_store_n(at, value, __ATOMIC_RELAXED);
}

/* --- keys ------------------------------------------------------------------------------------ */

/* SipHash-2-4 with 128 bits (Aumasson and Bernstein): a few hundred instructions for a userid,
 * where SHA-256 takes some thousands. The key is the print of the app, which is a SHA-256. */
typedef struct sip_t {
    apr_uint64_t v0, v1, v2, v3;
} sip_t;

static apr_uint64_t rotl(apr_uint64_t x, unsigned int n)
{
    return x << n | x >> (64 - n);
}

static inline void sip_rounds(sip_t *s, int n)
{
    while (n-- > 0) {
        s->v0 += s->v1;
        s->v1 = rotl(s->v1, 13) ^ s->v0;
        s->v0 = rotl(s->v0, 32);
        s->v2 += s->v3;
        s->v3 = rotl(s->v3, 16) ^ s->v2;
        s->v0 += s->v3;
        s->v3 = rotl(s->v3, 21) ^ s->v0;
        s->v2 += s->v1;
        s->v1 = rotl(s->v1, 17) ^ s->v2;
        s->v2 = rotl(s->v2, 32);
    }
}

static inline void sip_word(sip_t *s, apr_uint64_t word)
{
    s->v3 ^= word;
    sip_rounds(s, 2);
    s->v0 ^= word;
}

/* Eight characters as a little-endian number; fewer at the end of the text. */
static apr_uint64_t characters(const char *text, apr_size_t len)
{
    apr_uint64_t word = 0;
    apr_size_t i;

    for (i = 0; i < len; i++) {
        word |= (apr_uint64_t)(unsigned char)text[i] << (8 * i);
    }
    return word;
}

void wecom_recall_key(wecom_recall_key_t *key, const char *app, const char *userid, int with_case)
{
    const apr_size_t app_len = strnlen(app, 16);
    const apr_uint64_t k0 = characters(app, app_len < 8 ? app_len : 8);
    const apr_uint64_t k1 = app_len > 8 ? characters(app + 8, app_len - 8) : 0;
    sip_t s = { k0 ^ APR_UINT64_C(0x736f6d6570736575), k1 ^ APR_UINT64_C(0x646f72616e646f83),
                k0 ^ APR_UINT64_C(0x6c7967656e657261), k1 ^ APR_UINT64_C(0x7465646279746573) };
    apr_uint64_t word = 0;
    apr_size_t i;

    for (i = 0; userid[i] != '\0'; i++) {
        unsigned char c = (unsigned char)userid[i];

        if (!with_case && c >= 'A' && c <= 'Z') {
            c = (unsigned char)(c + ('a' - 'A'));
        }
        word |= (apr_uint64_t)c << (8 * (i % 8));
        if (i % 8 == 7) {
            sip_word(&s, word);
            word = 0;
        }
    }
    sip_word(&s, word | (apr_uint64_t)i << 56);
    s.v2 ^= 0xee;
    sip_rounds(&s, 4);
    key->a = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    s.v1 ^= 0xdd;
    sip_rounds(&s, 4);
    key->b = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    if (key->a == 0 && key->b == 0) {
        key->b = 1; /* nobody's otherwise */
    }
}

/* --- checksums ------------------------------------------------------------------------------- */

static apr_uint64_t mix(apr_uint64_t sum, apr_uint64_t word)
{
    sum = (sum ^ word) * APR_UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 32;
}

/* The number of the slot is a part of it: a row of zeros is no row of empty slots, and a page in
 * another's place is noise. */
static apr_uint64_t sum_slot(const slot_t *slot, int at)
{
    apr_uint64_t sum = mix(MAGIC, (apr_uint64_t)at + 1);

    sum = mix(sum, slot->a);
    sum = mix(sum, slot->b);
    sum = mix(sum, slot->ended);
    sum = mix(sum, slot->changed);
    sum = mix(sum, slot->read);
    sum = mix(sum, slot->print);
    return mix(sum, slot->written);
}

static apr_uint64_t sum_head(const head_t *head)
{
    return mix(mix(mix(MAGIC, head->magic), head->slots), head->all_ended);
}

/* --- looking --------------------------------------------------------------------------------- */

static int home_of(const wecom_recall_key_t *key)
{
    return (int)(key->a % WECOM_RECALL_SLOTS);
}

static int next_of(int at)
{
    return at + 1 < WECOM_RECALL_SLOTS ? at + 1 : 0;
}

static void look_once(wecom_recall_marks_t *marks, const wecom_recall_t *table,
                      const wecom_recall_key_t *key)
{
    apr_int64_t ended = (apr_int64_t)load(&table->head.all_ended);
    int at = home_of(key);
    int i;

    memset(marks, 0, sizeof(*marks));
    for (i = 0; i < WINDOW; i++, at = next_of(at)) {
        const slot_t *slot = &table->slots[at];
        apr_uint64_t a = load(&slot->a);
        int is_own = a == key->a && load(&slot->b) == key->b;

        if (is_own) {
            marks->changed = (apr_int64_t)load(&slot->changed);
            marks->read = (apr_int64_t)load(&slot->read);
            marks->print = load(&slot->print);
        }
        if (is_own || (a == 0 && load(&slot->b) == 0)) {
            apr_int64_t mark = (apr_int64_t)load(&slot->ended);

            ended = mark > ended ? mark : ended;
            if (is_own || load(&slot->written) == 0) {
                break;
            }
        }
    }
    marks->ended = ended;
}

wecom_status_t wecom_recall_look(wecom_recall_marks_t *marks, const wecom_recall_t *table,
                                 const wecom_recall_key_t *key)
{
    int i;

    for (i = 0; i < LOOKS; i++) {
        apr_uint32_t turn = __atomic_load_n(&table->head.turn, __ATOMIC_ACQUIRE);

        if (turn % 2 != 0) {
            continue;
        }
        look_once(marks, table, key);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (__atomic_load_n(&table->head.turn, __ATOMIC_RELAXED) == turn) {
            return WECOM_OK;
        }
    }
    return WECOM_E_UNAVAILABLE;
}

apr_int64_t wecom_recall_all_ended(const wecom_recall_t *table)
{
    return (apr_int64_t)load(&table->head.all_ended);
}

/* --- writing --------------------------------------------------------------------------------- */

static void begin(wecom_recall_t *table, int busy)
{
    head_t *head = &table->head;

    __atomic_store_n(&head->busy, (apr_uint32_t)busy, __ATOMIC_RELAXED);
    __atomic_store_n(&head->turn, head->turn | 1, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

static void end(wecom_recall_t *table)
{
    head_t *head = &table->head;

    __atomic_store_n(&head->turn, (head->turn | 1) + 1, __ATOMIC_RELEASE);
}

static void write_slot(wecom_recall_t *table, int at, const slot_t *filled)
{
    slot_t *slot = &table->slots[at];

    begin(table, at);
    store(&slot->check, 0);
    store(&slot->a, filled->a);
    store(&slot->b, filled->b);
    store(&slot->ended, filled->ended);
    store(&slot->changed, filled->changed);
    store(&slot->read, filled->read);
    store(&slot->print, filled->print);
    store(&slot->written, filled->written);
    store(&slot->check, sum_slot(filled, at));
    end(table);
}

static void make_wild(wecom_recall_t *table, int at, apr_int64_t now)
{
    slot_t slot;

    memset(&slot, 0, sizeof(slot));
    slot.ended = (apr_uint64_t)now;
    slot.written = (apr_uint64_t)now;
    write_slot(table, at, &slot);
}

void wecom_recall_end_all(wecom_recall_t *table, apr_int64_t when)
{
    head_t *head = &table->head;
    head_t filled = *head;

    if (when <= (apr_int64_t)head->all_ended) {
        return;
    }
    filled.all_ended = (apr_uint64_t)when;
    begin(table, WECOM_RECALL_SLOTS);
    store(&head->all_ended, filled.all_ended);
    store(&head->check, sum_head(&filled));
    end(table);
}

int wecom_recall_mend(wecom_recall_t *table, apr_int64_t now)
{
    head_t *head = &table->head;
    int at = head->busy < WECOM_RECALL_SLOTS ? (int)head->busy : WECOM_RECALL_SLOTS;

    if (head->turn % 2 == 0) {
        return 0;
    }
    if (at == WECOM_RECALL_SLOTS && head->check != sum_head(head)) {
        head->all_ended = 0;
        wecom_recall_end_all(table, now);
    }
    else if (at < WECOM_RECALL_SLOTS
             && table->slots[at].check != sum_slot(&table->slots[at], at)) {
        make_wild(table, at, now);
    }
    else {
        end(table); /* nothing was begun, or all was done */
    }
    return 1;
}

/* --- where a member goes --------------------------------------------------------------------- */

static int is_free(const slot_t *slot, apr_int64_t oldest)
{
    return (apr_int64_t)slot->written < oldest;
}

/* Does the slot keep somebody out whose session could live? */
static int ends_some(const slot_t *slot, apr_int64_t oldest)
{
    return (apr_int64_t)slot->ended >= oldest && slot->ended != 0;
}

/* Which of two living slots is dropped first? One that ends nothing, and the older one. */
static int is_worse(const slot_t *slot, const slot_t *other, apr_int64_t oldest)
{
    int one = ends_some(slot, oldest);
    int two = ends_some(other, oldest);

    if (one != two) {
        return one < two;
    }
    return one ? slot->ended < other->ended : slot->written < other->written;
}

/* The member's own slot; else a free one; else the one that can best be spared. */
static int place_for(const wecom_recall_t *table, const wecom_recall_key_t *key,
                     apr_int64_t oldest)
{
    int at = home_of(key);
    int spare = -1;
    int worst = at;
    int i;

    for (i = 0; i < WINDOW; i++, at = next_of(at)) {
        const slot_t *slot = &table->slots[at];

        if (slot->a == key->a && slot->b == key->b) {
            return at;
        }
        if (spare < 0 && is_free(slot, oldest)) {
            spare = at;
        }
        if (slot->written == 0) {
            return spare >= 0 ? spare : at;
        }
        if (is_worse(slot, &table->slots[worst], oldest)) {
            worst = at;
        }
    }
    return spare >= 0 ? spare : worst;
}

int wecom_recall_put(wecom_recall_t *table, const wecom_recall_key_t *key,
                     const wecom_recall_marks_t *marks, apr_int64_t now, apr_int64_t oldest)
{
    int at = place_for(table, key, oldest);
    const slot_t *old = &table->slots[at];
    slot_t slot;

    if ((old->a != key->a || old->b != key->b) && ends_some(old, oldest)) {
        wecom_recall_end_all(table, (apr_int64_t)old->ended);
    }
    slot.a = key->a;
    slot.b = key->b;
    /* What holds for everybody is no mark of this one's. */
    slot.ended = marks->ended > wecom_recall_all_ended(table) ? (apr_uint64_t)marks->ended : 0;
    slot.changed = (apr_uint64_t)marks->changed;
    slot.read = (apr_uint64_t)marks->read;
    slot.print = marks->print;
    slot.written = (apr_uint64_t)(now > 0 ? now : 1);
    write_slot(table, at, &slot);
    return at;
}

/* --- blocks ---------------------------------------------------------------------------------- */

wecom_recall_t *wecom_recall_make(void *block)
{
    wecom_recall_t *table = block;
    int i;

    memset(block, 0, WECOM_RECALL_BYTES);
    table->head.magic = MAGIC;
    table->head.slots = WECOM_RECALL_SLOTS;
    table->head.check = sum_head(&table->head);
    for (i = 0; i < WECOM_RECALL_SLOTS; i++) {
        table->slots[i].check = sum_slot(&table->slots[i], i);
    }
    return table;
}

wecom_recall_t *wecom_recall_open(void *block, int *spoilt, apr_int64_t now)
{
    wecom_recall_t *table = block;
    head_t *head = &table->head;
    int i;

    *spoilt = 0;
    if (head->magic != MAGIC || head->slots != WECOM_RECALL_SLOTS
        || head->check != sum_head(head)) {
        return NULL;
    }
    head->turn = 0;
    head->busy = 0;
    memset(head->spare, 0, sizeof(head->spare));
    for (i = 0; i < WECOM_RECALL_SLOTS; i++) {
        *spoilt += table->slots[i].check != sum_slot(&table->slots[i], i);
    }
    if (*spoilt > WECOM_RECALL_SLOTS / NOISE) {
        return NULL;
    }
    for (i = 0; i < WECOM_RECALL_SLOTS && *spoilt > 0; i++) {
        if (table->slots[i].check != sum_slot(&table->slots[i], i)) {
            make_wild(table, i, now);
        }
    }
    return table;
}
