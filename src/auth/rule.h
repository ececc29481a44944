/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule.h - one line "Require wecom-...": what it asks, and whether a member satisfies it.
 *
 * A rule is parsed once, into words that are or-ed: one that fits is enough. Judging is pure:
 * ticket, source and shape of the enterprise come in, a verdict and a sentence come out.
 *
 * There are four verdicts, because a "no" is not always the careful side: under `not` and inside
 * <RequireNone> it lets in. DENIED is said only where the answer is known to be no. MISSING: the
 * data that would tell is not there, so nobody comes in by it, and nobody may come in by its
 * negation either. UNKNOWN: it cannot be judged at all, yet or until the line is mended.
 *
 * Words. Of departments digits are ids, and a leading slash begins a path of names
 * ("/Acme/Research"). Of tags digits are ids and all else is a name. Each may stand behind the id
 * of a source and a slash, as in acme/12, acme//Acme/Research and acme/vpn, and then counts for
 * members who came by that source alone; so a tag whose name holds a slash is written with its
 * source. Of attributes: NAME=VALUE, NAME!=VALUE, NAME~REGEX, NAME!~REGEX.
 */
#ifndef WECOM_AUTH_RULE_H
#define WECOM_AUTH_RULE_H

#include <apr_tables.h>

#include "shape.h"
#include "source.h"
#include "ticket.h"

typedef enum wecom_rule_kind_t {
    WECOM_RULE_USER = 0,            /* no words: every member */
    WECOM_RULE_DEPARTMENT,          /* in it or below it */
    WECOM_RULE_DEPARTMENT_EXACT,    /* in it */
    WECOM_RULE_LEADER,              /* leads it; no words: leads anything */
    WECOM_RULE_TAG,                 /* has it, or is in or below a department that has it */
    WECOM_RULE_ATTRIBUTE,
    WECOM_RULE_SOURCE,              /* came by it */
    WECOM_RULE_KINDS
} wecom_rule_kind_t;

/* Where a rule stands decides what a plain "no" does there. */
typedef enum wecom_rule_under_t {
    WECOM_RULE_PLAIN = 0,
    WECOM_RULE_NOT,     /* Require not ... */
    WECOM_RULE_NONE,    /* somewhere inside <RequireNone> */
    WECOM_RULE_ALIAS    /* <AuthzProviderAlias>: used anywhere, also under `not` */
} wecom_rule_under_t;

/* Regular expressions are those of the web server: compiled when the rule is parsed, matched when
 * it is judged. matches: 1, 0, or -1 where it gives up, as PCRE does after too many steps; a member
 * who writes a field himself can make it, so that is no "does not fit". */
typedef struct wecom_rule_regex_t {
    const void *(*compile)(const char *pattern, apr_pool_t *pool);  /* NULL: not well-formed */
    int (*matches)(const void *compiled, const char *text);
} wecom_rule_regex_t;

typedef enum wecom_rule_how_t {
    WECOM_RULE_IS = 0,      /* = */
    WECOM_RULE_IS_NOT,      /* != */
    WECOM_RULE_LIKE,        /* ~ */
    WECOM_RULE_NOT_LIKE     /* !~ */
} wecom_rule_how_t;

typedef struct wecom_rule_word_t {
    const char *text;       /* as written */
    const char *source;     /* for members who came by it; NULL: by any */
    apr_int64_t id;         /* of a department or tag; 0: it is named */
    const char *name;       /* userid, path, name of a tag, id of a source, value or pattern */
    const char *field;      /* of an attribute; else NULL */
    wecom_rule_how_t how;
    const void *regex;      /* of LIKE and NOT_LIKE */
    volatile apr_uint32_t *memo;    /* where the path was found last; two words; else NULL */
} wecom_rule_word_t;

/* Which line it is, for the log. */
typedef struct wecom_rule_stand_t {
    const char *text;           /* "wecom-tag vpn 7" */
    wecom_rule_under_t under;
    const char *file;           /* NULL: not known */
    int line;
} wecom_rule_stand_t;

typedef struct wecom_rule_t {
    wecom_rule_stand_t stand;           /* text is filled by parse, the rest is the caller's */
    wecom_rule_kind_t kind;
    const apr_array_header_t *words;    /* wecom_rule_word_t */
    const char *bare;                   /* the first word that means another thing in another corp;
                                         * NULL: none */
    const wecom_rule_regex_t *regex;
} wecom_rule_t;

typedef enum wecom_rule_verdict_t { /* of several words the greatest counts */
    WECOM_RULE_DENIED = 0,
    WECOM_RULE_MISSING,
    WECOM_RULE_UNKNOWN,
    WECOM_RULE_GRANTED
} wecom_rule_verdict_t;

typedef struct wecom_rule_facts_t {
    const wecom_ticket_t *ticket;
    const wecom_source_t *source;   /* of the ticket */
    int is_mixed;                   /* the place admits members of several corps */
    const wecom_shape_t *shape;     /* of the source */
    apr_uint32_t print[2];          /* of the tree: no other one that this process ever sees has
                                     * the same. Zeros: no path is remembered */
} wecom_rule_facts_t;

typedef struct wecom_rule_finding_t {
    wecom_rule_verdict_t verdict;
    const char *why;        /* of MISSING and UNKNOWN: a sentence; else NULL */
    int wants_tree;         /* it is UNKNOWN because the tree is not there */
    const char *wants_tag;  /* ... or a tag's members: its id or name; NULL: no */
} wecom_rule_finding_t;

/* "wecom-user", ... */
const char *wecom_rule_name(wecom_rule_kind_t kind);

/* Parse the words (const char *) of a line. NULL and *rule filled, or a sentence that says what to
 * write. `regex` is kept. The words are kept too, not copied. */
const char *wecom_rule_parse(wecom_rule_t *rule, wecom_rule_kind_t kind,
                             const apr_array_header_t *words, const wecom_rule_regex_t *regex,
                             apr_pool_t *pool);

/* Do departments or tags matter to it? Then facts need the shape. */
int wecom_rule_needs_shape(const wecom_rule_t *rule);

/* Judge. Whoever reads a shape that may change under the eyes judges again (shape_shm.h). */
void wecom_rule_judge(wecom_rule_finding_t *finding, const wecom_rule_t *rule,
                      const wecom_rule_facts_t *facts, apr_pool_t *pool);

/* What the member has of that which the rule asks: "the member is in /Acme/Sales (5)". granted:
 * the rule grants, and refuses under `not`. For the log: clean, and cut at a sane length. */
const char *wecom_rule_explain(const wecom_rule_t *rule, const wecom_rule_facts_t *facts,
                               int granted, apr_pool_t *pool);

#endif
