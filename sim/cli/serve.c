/* SPDX-License-Identifier: MIT
 * serve.c: `cnedge serve`. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/cli/cli.h"
#include "cnedge/replay/run.h"
#include "cnedge/server/clock.h"
#include "serve_args.h"

struct serve_plan {
    struct listen_at metrics;
    struct dnstap_at dnstap;
    struct server_listener listeners[SERVER_LISTENERS_MAX];
    struct server_options options;
};

static int unknown_line(const struct topology *t, const char *option, const char *text,
                        const char *line)
{
    const char *names[TOPOLOGY_LINES_MAX];
    for (uint16_t i = 0; i < t->line_count; i++) {
        names[i] = t->lines[i].name;
    }
    const char *near = diag_nearest(line, names, t->line_count);
    return cli_usage("serve", "--%s %s: expected a line (see: cnedge list lines), got \"%s\"%s%s%s",
                     option, text, line, near != NULL ? "; did you mean \"" : "",
                     near != NULL ? near : "", near != NULL ? "\"?" : "");
}

static int not_loopback(const char *option, const char *text)
{
    return cli_usage("serve",
                     "--%s %s: expected a loopback address, since others can reach this one; add "
                     "--public if they shall",
                     option, text);
}

static int plan_listener(const struct topology *t, const char *text, bool public,
                         struct server_listener *out)
{
    char error[LISTEN_ERROR_MAX];
    out->line = CN_NONE16;
    if (!listen_read(text, &out->at, error)) return cli_usage("serve", "--listen: %s", error);
    if (!public && !listen_is_loopback(&out->at)) return not_loopback("listen", text);
    if (out->at.line[0] == '\0') return CLI_OK;
    out->line = topology_find_line(t, out->at.line);
    return out->line != CN_NONE16 ? CLI_OK : unknown_line(t, "listen", text, out->at.line);
}

static int plan_metrics(const struct serve_args *a, struct serve_plan *p)
{
    char error[LISTEN_ERROR_MAX];
    if (a->metrics == NULL) return CLI_OK;
    if (!listen_read(a->metrics, &p->metrics, error)) {
        return cli_usage("serve", "--metrics: %s", error);
    }
    if (p->metrics.tls || p->metrics.line[0] != '\0') {
        return cli_usage("serve", "--metrics: expected ADDR:PORT alone, got \"%s\"", a->metrics);
    }
    p->options.metrics = &p->metrics;
    if (a->public || listen_is_loopback(&p->metrics)) return CLI_OK;
    return not_loopback("metrics", a->metrics);
}

static int plan_log(const struct serve_args *a, struct serve_plan *p)
{
    p->options.log = LOG_TEXT;
    while (a->log_format != NULL && strcmp(a->log_format, log_format_name(p->options.log)) != 0) {
        if (++p->options.log < LOG_FORMAT_COUNT) continue;
        return cli_usage("serve", "--log-format expects text or json, got \"%s\"", a->log_format);
    }
    return CLI_OK;
}

static int plan_dnstap(const struct serve_args *a, struct serve_plan *p)
{
    if (a->dnstap == NULL) return CLI_OK;
    if (!dnstap_read(a->dnstap, &p->dnstap)) {
        return cli_usage("serve", "--dnstap expects " DNSTAP_FORM ", got \"%s\"", a->dnstap);
    }
    p->options.dnstap = &p->dnstap;
    return CLI_OK;
}

static int plan_time(const struct scenario *s, const struct serve_args *a, struct serve_plan *p)
{
    const char *text = a->at != NULL ? a->at : a->from;
    p->options.from = SIMTIME_START;
    p->options.speed_ppm = a->at != NULL ? 0 : CLOCK_PPM;
    if (a->speed != NULL && !clock_read_speed(a->speed, &p->options.speed_ppm)) {
        return cli_usage("serve", "--speed expects " CLOCK_SPEED_FORM ", got \"%s\"", a->speed);
    }
    if (text == NULL) return CLI_OK;
    return cli_time("serve", a->at != NULL ? "--at" : "--from", s, text, &p->options.from);
}

/* Reads the file of --cookie-secrets: one or two lines of 32 hexadecimal digits, the first makes
 * new cookies, both are recognised. */
static int read_secrets(const char *path, struct cookie_keys *out)
{
    enum { LINE_MAX_BYTES = 128 };
    char line[LINE_MAX_BYTES];
    int code = CLI_OK;
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "cnedge serve: cannot read %s: %s\n", path, strerror(errno));
        return CLI_SYSTEM;
    }
    while (code == CLI_OK && fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (out->count == COOKIE_SECRETS_MAX ||
            !cookie_read_secret(line, out->secret[out->count++])) {
            code = CLI_USAGE;
        }
    }
    fclose(f);
    if (code == CLI_OK && out->count > 0) return CLI_OK;
    return cli_usage("serve",
                     "--cookie-secrets %s: expected one or two lines of %d hexadecimal digits",
                     path, SIPHASH_KEY_BYTES * 2);
}

static int plan_identity(const struct serve_args *a, struct serve_plan *p)
{
    p->options.no_cookies = a->no_cookies;
    p->options.nsid = a->nsid;
    p->options.program_version = CNEDGE_VERSION;
    p->options.version = a->chaos ? "cnedge " CNEDGE_VERSION : NULL;
    if (a->nsid != NULL && (*a->nsid == '\0' || strlen(a->nsid) > RESPONDER_NSID_MAX)) {
        return cli_usage("serve", "--nsid expects 1 to %d bytes, got \"%s\"", RESPONDER_NSID_MAX,
                         a->nsid);
    }
    if (a->secrets == NULL) return CLI_OK;
    if (a->no_cookies) {
        return cli_usage("serve", "expected --cookie-secrets or --no-cookies, got both");
    }
    return read_secrets(a->secrets, &p->options.cookies);
}

static int plan_keys(const struct topology *t, const struct serve_args *a, struct serve_plan *p)
{
    char why[KEYS_WHY_MAX];
    if (a->keys == NULL) return CLI_OK;
    if (!keys_read(a->keys, &p->options.keys, why)) {
        return cli_usage("serve", "--transfer-keys %s", why);
    }
    for (size_t i = 0; i < p->options.keys.count; i++) {
        const char *line = p->options.keys.key[i].line;
        if (topology_find_line(t, line) == CN_NONE16) {
            return unknown_line(t, "transfer-keys", a->keys, line);
        }
    }
    return CLI_OK;
}

static int plan(const struct scenario *s, const struct serve_args *a, struct serve_plan *p)
{
    int code = plan_time(s, a, p);
    if (code == CLI_OK) code = plan_identity(a, p);
    if (code == CLI_OK) code = plan_keys(s->world.topology, a, p);
    if (code == CLI_OK) code = plan_metrics(a, p);
    if (code == CLI_OK) code = plan_log(a, p);
    if (code == CLI_OK) code = plan_dnstap(a, p);
    for (size_t i = 0; i < a->listen_count && code == CLI_OK; i++) {
        code = plan_listener(s->world.topology, a->listen[i], a->public, &p->listeners[i]);
    }
    p->options.tcp = a->tcp;
    p->options.user = a->user;
    p->options.tls_cert = a->tls_cert;
    p->options.tls_key = a->tls_key;
    p->options.workers = a->workers;
    p->options.rrl_slip = a->rrl_slip;
    p->options.rrl = a->rrl != SERVE_ARGS_UNSAID ? a->rrl : a->public ? SERVER_RRL : 0;
    p->options.listeners = p->listeners;
    p->options.listener_count = a->listen_count;
    return code;
}

/* --- the world that is served, and the ones that come after it ---------------------------------
 */

struct served {
    struct engine engine; /* first: all that the server knows of it */
    struct cli_scenario of;
};

static void unload(struct engine *e)
{
    struct served *v = (struct served *)e;
    cli_unload(&v->of);
    free(v);
}

static bool begin(struct served *v)
{
    if (!engine_init(&v->engine, &v->of.arena, v->of.scenario)) return false;
    heap_populate(&v->of.heap); /* or an event would wait for it */
    return true;
}

static struct engine *load(const char *file, struct diag_list *diags)
{
    const struct diag_at at = {.file = file};
    enum cn_status status;
    struct served *v = calloc(1, sizeof(*v));
    if (v == NULL) {
        (void)diag_add(diags, CN_E_IO, at, "out of memory");
        return NULL;
    }
    heap_init(&v->of.heap, &v->of.arena);
    v->of.scenario = scenario_load(&v->of.arena, file, diags, &status);
    if (v->of.scenario != NULL) {
        if (begin(v)) return &v->engine;
        (void)diag_add(diags, CN_E_LIMIT, at, RUN_LIMIT_TEXT);
    }
    unload(&v->engine);
    return NULL;
}

static int serve(struct served *v, const struct serve_plan *p, const char *file)
{
    const struct server_source source = {load, unload, file};
    if (begin(v)) {
        enum cn_status status = server_run(&v->engine, &source, &p->options);
        return status == CN_OK ? cli_finish(CLI_OK) : CLI_SYSTEM;
    }
    fprintf(stderr, "cnedge serve: %s: " RUN_LIMIT_TEXT "\n", file);
    unload(&v->engine);
    return CLI_SYSTEM;
}

static int serve_file(const struct serve_args *a)
{
    struct serve_plan p = {.options = {0}};
    struct served *v = calloc(1, sizeof(*v));
    if (v == NULL) {
        fprintf(stderr, "cnedge serve: out of memory\n");
        return CLI_SYSTEM;
    }
    int code = cli_load(&v->of, a->file, false);
    if (code != CLI_OK) {
        free(v);
        return code;
    }
    code = plan(v->of.scenario, a, &p);
    if (code == CLI_OK) return serve(v, &p, a->file);
    unload(&v->engine);
    return code;
}

int cli_serve(int argc, char **argv)
{
    struct serve_args a;
    int code = serve_args_read(argc, argv, &a);
    return code == CLI_OK ? serve_file(&a) : code;
}
