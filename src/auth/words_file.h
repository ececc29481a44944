/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words_file.h - the sentences of a language as a file: pages/words.en and its like.
 *
 * One sentence a line, "key = text"; lines that are empty or begin with '#' say nothing. A file is
 * whole: it has every key once, no other, and in each sentence the placeholders of the built-in
 * one. tools/make-words holds the built-in files to the same when the module is built.
 */
#ifndef WECOM_AUTH_WORDS_FILE_H
#define WECOM_AUTH_WORDS_FILE_H

#include "slip.h"
#include "words.h"

/* The key of a word, "sign_in". */
const char *wecom_words_key(wecom_word_t word);

/* WECOM_E_BAD_INPUT and *slip, or the sentences, which keep no pointer into text. */
wecom_status_t wecom_words_file_parse(const wecom_words_t **out, wecom_slip_t *slip,
                                      wecom_lang_t lang, const char *text, apr_size_t len,
                                      apr_pool_t *pool);

#endif
