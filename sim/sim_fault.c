/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim_fault.c - errors, delays, cut connections, silence and nonsense.
 */
#include "sim_fault.h"

#include <poll.h>

#include <ap_mpm.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include <apr_portable.h>
#include <apr_strings.h>

#include "sim_api.h"

#define SIM_SLICE_MS      100 /* how late a stopping server may be noticed */
#define SIM_SILENT_MS   30000
#define SIM_HUGE     10485760

/* 1 when nobody waits for this answer any more: the client is gone, or the server stops. */
static int sim_fault_alone(sim_call_t *call)
{
    apr_socket_t *socket = ap_get_conn_socket(call->r->connection);
    struct pollfd gone = {-1, POLLRDHUP, 0};
    int state = 0;

    if (ap_mpm_query(AP_MPMQ_MPM_STATE, &state) == APR_SUCCESS && state == AP_MPMQ_STOPPING) {
        return 1;
    }
    if (socket == NULL || apr_os_sock_get(&gone.fd, socket) != APR_SUCCESS) {
        return 0;
    }
    return poll(&gone, 1, 0) > 0 && (gone.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void sim_fault_wait(sim_call_t *call, int ms)
{
    while (ms > 0 && !sim_fault_alone(call)) {
        int slice = ms < SIM_SLICE_MS ? ms : SIM_SLICE_MS;

        apr_sleep(apr_time_from_msec(slice));
        ms -= slice;
    }
}

/* The connection ends here; what httpd still wants to send goes nowhere. */
static int sim_fault_drop(sim_call_t *call)
{
    conn_rec *c = call->r->connection;
    apr_socket_t *socket = ap_get_conn_socket(c);

    c->aborted = 1;
    c->keepalive = AP_CONN_CLOSE;
    if (socket != NULL) {
        apr_socket_shutdown(socket, APR_SHUTDOWN_READWRITE);
    }
    return OK;
}

static int sim_fault_drop_middle(sim_call_t *call)
{
    static const char half[] =
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: application/json; charset=UTF-8\r\n"
        "Content-Length: 64\r\n"
        "\r\n"
        "{\"errcode\":0,\"errmsg\":\"ok\",\"usert";
    conn_rec *c = call->r->connection;
    apr_bucket_brigade *bb = apr_brigade_create(call->pool, c->bucket_alloc);

    /* Past the request's own filters, which would want to write a header. */
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_immortal_create(half, sizeof(half) - 1,
                                                           c->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(bb, apr_bucket_flush_create(c->bucket_alloc));
    (void)ap_pass_brigade(c->output_filters, bb);
    return sim_fault_drop(call);
}

static int sim_fault_huge(sim_call_t *call)
{
    static const char head[] = "{\"errcode\":0,\"errmsg\":\"ok\",\"junk\":\"";
    static const char tail[] = "\"}";
    char *block = apr_palloc(call->pool, 8192);
    int left = SIM_HUGE - (int)(sizeof(head) + sizeof(tail) - 2);

    memset(block, 'x', 8192);
    ap_set_content_type(call->r, "application/json; charset=UTF-8");
    ap_set_content_length(call->r, SIM_HUGE);
    ap_rwrite(head, (int)sizeof(head) - 1, call->r);
    while (left > 0 && !call->r->connection->aborted) {
        int n = left < 8192 ? left : 8192;

        if (ap_rwrite(block, n, call->r) < 0) {
            return OK;
        }
        left -= n;
    }
    ap_rwrite(tail, (int)sizeof(tail) - 1, call->r);
    return OK;
}

static int sim_fault_http(sim_call_t *call, int status)
{
    const char *body = apr_psprintf(call->pool,
                                    "<html><head><title>%d</title></head><body><center><h1>%d</h1>"
                                    "</center><hr><center>nginx</center></body></html>\n",
                                    status, status);

    return sim_call_send(call, status, "text/html", body, strlen(body));
}

static int sim_fault_answer(sim_call_t *call)
{
    static const char html[] =
        "<!doctype html><html><head><title>Welcome</title></head>"
        "<body><p>Please accept the terms of this network.</p></body></html>\n";
    static const char garbage[] = "{\"errcode\":0,\"errmsg\":\"ok\",,\"userid\":\xff\xfe]";
    const sim_fault_t *fault = &call->fault;

    switch (fault->kind) {
    case SIM_FAULT_ERRCODE:
        return sim_api_fail(call, fault->code);
    case SIM_FAULT_HTTP:
        return sim_fault_http(call, fault->code);
    case SIM_FAULT_DROP:
        return sim_fault_drop(call);
    case SIM_FAULT_DROP_MIDDLE:
        return sim_fault_drop_middle(call);
    case SIM_FAULT_HTML:
        return sim_call_send(call, HTTP_OK, "text/html; charset=UTF-8", html, sizeof(html) - 1);
    case SIM_FAULT_GARBAGE:
        return sim_call_send(call, HTTP_OK, "application/json; charset=UTF-8", garbage,
                             sizeof(garbage) - 1);
    case SIM_FAULT_HUGE:
        return sim_fault_huge(call);
    case SIM_FAULT_SILENT:
        sim_fault_wait(call, fault->ms > 0 ? fault->ms : SIM_SILENT_MS);
        return sim_fault_drop(call);
    default:
        return DECLINED;
    }
}

int sim_fault_strike(int *rv, sim_call_t *call)
{
    int delay_ms = 0;

    sim_lever_fault_take(&call->fault, &delay_ms, call->path);
    if (delay_ms > 0) {
        sim_fault_wait(call, delay_ms);
    }
    *rv = sim_fault_answer(call);
    return *rv != DECLINED;
}
