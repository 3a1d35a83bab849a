/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnedge/server/log.h"

enum {
    SERIAL_BITS = 63,
    DAYS = 30 * 24 * 3600, /* how long a certificate that we make is valid, seconds */
    DIGEST_BYTES = 32,
    PIN_TEXT_BYTES = 48, /* base64 of the digest, NUL included */
};

struct tls {
    SSL_CTX *context;
};

static void complain(const char *what)
{
    char why[256];
    ERR_error_string_n(ERR_get_error(), why, sizeof(why));
    fprintf(stderr, "cnedge serve: %s: %s\n", what, why);
}

/* --- a certificate of our own ----------------------------------------------------------------- */

static bool add_names(X509 *cert)
{
    X509_NAME *name = X509_get_subject_name(cert);
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    bool ok = names != NULL && X509_add_ext(cert, names, -1) == 1 &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"cnedge",
                                         -1, -1, 0) == 1;
    X509_EXTENSION_free(names);
    return ok && X509_set_issuer_name(cert, name) == 1;
}

static bool set_serial(X509 *cert)
{
    BIGNUM *serial = BN_new();
    bool ok = serial != NULL &&
              BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert)) != NULL;
    BN_free(serial);
    return ok;
}

static bool fill(X509 *cert, EVP_PKEY *key)
{
    return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != NULL && /* clocks differ */
           X509_gmtime_adj(X509_getm_notAfter(cert), DAYS) != NULL &&
           X509_set_pubkey(cert, key) == 1 && add_names(cert) &&
           X509_sign(cert, key, EVP_sha256()) != 0;
}

/* The pin that a client can check instead of a chain (RFC 7858 section 4.2, kdig +tls-pin). */
static void tell_pin(enum log_format f, const X509 *cert)
{
    unsigned char digest[DIGEST_BYTES];
    unsigned char text[PIN_TEXT_BYTES];
    unsigned char *der = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    if (len > 0 && EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL) == 1) {
        EVP_EncodeBlock(text, digest, sizeof(digest));
        log_text(f, "made a TLS certificate for this run, pin %s", (const char *)text);
    }
    OPENSSL_free(der);
}

static bool make_certificate(SSL_CTX *context, enum log_format log)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    bool ok = key != NULL && cert != NULL && fill(cert, key) &&
              SSL_CTX_use_certificate(context, cert) == 1 &&
              SSL_CTX_use_PrivateKey(context, key) == 1;
    if (ok) tell_pin(log, cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    if (!ok) complain("cannot make a TLS certificate");
    return ok;
}

static bool read_certificate(SSL_CTX *context, const struct server_options *o)
{
    char what[512];
    const char *bad = NULL;
    if (SSL_CTX_use_certificate_chain_file(context, o->tls_cert) != 1) {
        bad = o->tls_cert;
    } else if (SSL_CTX_use_PrivateKey_file(context, o->tls_key, SSL_FILETYPE_PEM) != 1 ||
               SSL_CTX_check_private_key(context) != 1) {
        bad = o->tls_key;
    }
    if (bad == NULL) return true;
    snprintf(what, sizeof(what), "cannot use %s", bad);
    complain(what);
    return false;
}

/* --- the context ------------------------------------------------------------------------------ */

/* "dot" if the client offers protocols and that is one of them; else none is agreed on. */
/* NOLINTNEXTLINE(readability-function-size): OpenSSL's type. */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                   const unsigned char *in, unsigned in_len, void *arg)
{
    static const unsigned char dot[] = {3, 'd', 'o', 't'};
    unsigned char *chosen = NULL;
    (void)ssl;
    (void)arg;
    int found = SSL_select_next_proto(&chosen, out_len, dot, sizeof(dot), in, in_len);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

struct tls *tls_new(const struct server_options *o)
{
    struct tls *t = calloc(1, sizeof(*t));
    if (t != NULL) t->context = SSL_CTX_new(TLS_server_method());
    if (t == NULL || t->context == NULL) {
        complain("cannot start TLS");
        free(t);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(t->context, TLS1_2_VERSION);
    SSL_CTX_set_options(t->context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                        SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(t->context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(t->context, on_alpn, NULL);
    bool ok = o->tls_cert != NULL ? read_certificate(t->context, o)
                                  : make_certificate(t->context, o->log);
    if (ok) return t;
    tls_free(t);
    return NULL;
}

void tls_free(struct tls *t)
{
    if (t == NULL) return;
    SSL_CTX_free(t->context);
    free(t);
}

/* --- connections ------------------------------------------------------------------------------ */

struct bufferevent *tls_wrap(struct tls *t, struct event_base *base, evutil_socket_t fd)
{
    SSL *ssl = SSL_new(t->context);
    if (ssl == NULL) return NULL;
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (bev == NULL) {
        SSL_free(ssl);
        return NULL;
    }
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

void tls_say_goodbye(struct bufferevent *bev)
{
    SSL *ssl = bufferevent_openssl_get_ssl(bev);
    if (ssl == NULL || !SSL_is_init_finished(ssl)) return;
    SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);
    SSL_shutdown(ssl);
    ERR_clear_error();
}
