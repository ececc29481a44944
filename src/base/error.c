/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.c - filling an error, naming a status.
 *
 * The switch below has no default on purpose: a status that is added to error.h and forgotten
 * here is a compiler warning, and warnings do not build.
 */
#include "error.h"

#include <stddef.h>

wecom_status_t wecom_error_set(wecom_error_t *err, wecom_status_t status, int upstream,
                               const char *stage, const char *detail)
{
    if (err != NULL) {
        err->status = status;
        err->upstream = upstream;
        err->stage = stage;
        err->detail = detail;
    }
    return status;
}

const char *wecom_error_name(wecom_status_t status)
{
    switch (status) {
    case WECOM_OK:            return "ok";
    case WECOM_E_BAD_INPUT:   return "bad_input";
    case WECOM_E_TOO_LARGE:   return "too_large";
    case WECOM_E_CRYPTO:      return "crypto";
    case WECOM_E_NOT_FOUND:   return "not_found";
    case WECOM_E_EXISTS:      return "exists";
    case WECOM_E_UNAVAILABLE: return "unavailable";
    case WECOM_E_CONNECT:     return "connect";
    case WECOM_E_TIMEOUT:     return "timeout";
    case WECOM_E_HTTP:        return "http";
    case WECOM_E_ANSWER:      return "answer";
    case WECOM_E_REMOTE:      return "remote";
    case WECOM_E_RESTING:     return "resting";
    case WECOM_E_NOT_MEMBER:  return "not_member";
    case WECOM_E_MISMATCH:    return "mismatch";
    }
    return "unknown";
}
