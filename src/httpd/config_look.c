/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_look.c - see config_look.h.
 *
 * Nothing is read again while the server runs: a file that is exchanged halfway, or taken away,
 * changes nothing before the next reload, and that is refused where the file is wrong.
 */
#include "config_look.h"

#include <stddef.h>
#include <string.h>

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_strings.h>

#include "config_brand.h"
#include "config_build.h"

#include "../auth/brand.h"
#include "../auth/builtin.h"
#include "../auth/page.h"
#include "../auth/words_file.h"
#include "../base/crypto.h"
#include "../base/limits.h"

#define FOR_A_YEAR "public, max-age=31536000, immutable" /* its address changes with it */
#define FOR_AN_HOUR "public, max-age=3600"
#define NO_SCRIPTS "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/* --- files ------------------------------------------------------------------------------------ */

typedef struct text_t {
    const char *data;
    apr_size_t len;
} text_t;

/* NULL, or why the file cannot be had. */
static const char *read_file(text_t *text, wecom_judge_t *judge, const char *path, apr_size_t max)
{
    apr_file_t *file = NULL;
    apr_finfo_t info;
    apr_status_t rv = apr_stat(&info, path, APR_FINFO_TYPE | APR_FINFO_SIZE, judge->temp);
    char reason[128];
    char *data;

    if (rv == APR_SUCCESS && info.filetype != APR_REG) {
        return "it is no plain file";
    }
    if (rv == APR_SUCCESS && info.size > (apr_off_t)max) {
        return apr_psprintf(judge->temp, "it is larger than %" APR_SIZE_T_FMT " KiB", max / 1024);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_OS_DEFAULT,
                           judge->temp);
    }
    if (rv == APR_SUCCESS) {
        data = apr_pcalloc(judge->pool, (apr_size_t)info.size + 1);
        rv = info.size > 0 ? apr_file_read_full(file, data, (apr_size_t)info.size, &text->len)
                           : APR_SUCCESS;
        text->data = data;
        text->len = (apr_size_t)info.size;
        apr_file_close(file);
    }
    return rv == APR_SUCCESS ? NULL : apr_pstrdup(judge->temp, apr_strerror(rv, reason,
                                                                            sizeof(reason)));
}

/* --- WeComPages ------------------------------------------------------------------------------- */

typedef struct folder_t {
    const char *path;
    const wecom_where_t *where;
    wecom_look_t *look;
    apr_array_header_t *pages;   /* wecom_look_page_t */
} folder_t;

static const char *known_names(apr_pool_t *pool)
{
    const char *const *name = wecom_page_names();
    const char *list = "words.en, words.zh-CN, page.html";

    for (; *name != NULL; name++) {
        list = apr_pstrcat(pool, list, ", ", *name, ".html", NULL);
    }
    return list;
}

static int is_page_name(const char *name, apr_size_t len)
{
    const char *const *known = wecom_page_names();

    for (; *known != NULL; known++) {
        if (strlen(*known) == len && memcmp(*known, name, len) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *at_line(const wecom_slip_t *slip, apr_pool_t *pool)
{
    return slip->line > 0 ? apr_psprintf(pool, ", line %d", slip->line) : "";
}

static void take_template(wecom_judge_t *judge, folder_t *folder, const char *path,
                          const char *name, const text_t *text)
{
    wecom_look_page_t row = { name, NULL };
    wecom_slip_t slip;

    if (wecom_page_compile(&row.made, &slip, text->data, text->len, judge->pool) != WECOM_OK) {
        wecom_fault(judge, folder->where, WC(0166) "WeComPages: %s%s: %s", path,
                    at_line(&slip, judge->temp), slip.sentence);
    }
    else if (strcmp(name, "page") == 0) {
        folder->look->layout = row.made;
    }
    else {
        APR_ARRAY_PUSH(folder->pages, wecom_look_page_t) = row;
    }
}

static void take_words(wecom_judge_t *judge, folder_t *folder, const char *path,
                       wecom_lang_t lang, const text_t *text)
{
    wecom_slip_t slip;

    if (wecom_words_file_parse(&folder->look->words[lang], &slip, lang, text->data, text->len,
                               judge->pool) != WECOM_OK) {
        wecom_fault(judge, folder->where, WC(0167) "WeComPages: %s%s: %s", path,
                    at_line(&slip, judge->temp), slip.sentence);
    }
}

/* One name in the folder. What does not look like a file of ours is somebody else's. */
static void take_entry(wecom_judge_t *judge, folder_t *folder, const char *entry)
{
    static const char html[] = ".html";
    const char *path = apr_pstrcat(judge->temp, folder->path, "/", entry, NULL);
    apr_size_t len = strlen(entry);
    apr_size_t stem = len > sizeof(html) - 1 ? len - (sizeof(html) - 1) : 0;
    int is_page = stem > 0 && strcmp(entry + stem, html) == 0;
    int is_words = strncmp(entry, "words.", 6) == 0;
    int known = is_page ? is_page_name(entry, stem) || strcmp(entry, "page.html") == 0
                        : strcmp(entry, "words.en") == 0 || strcmp(entry, "words.zh-CN") == 0;
    text_t text = { NULL, 0 };
    const char *wrong;

    if (*entry == '.' || (!is_page && !is_words)) {
        return;
    }
    if (!known) {
        wecom_fault(judge, folder->where, WC(0165) "WeComPages: %s is no file that is looked for; "
                    "the names are: %s; rename it, or take it out of the folder", path,
                    known_names(judge->temp));
        return;
    }
    wrong = read_file(&text, judge, path, WECOM_MAX_TEMPLATE);
    if (wrong != NULL) {
        wecom_fault(judge, folder->where, WC(0164) "WeComPages: %s cannot be used: %s; mend it, or "
                    "take it out of the folder", path, wrong);
    }
    else if (is_page) {
        take_template(judge, folder, path, apr_pstrmemdup(judge->pool, entry, stem), &text);
    }
    else {
        take_words(judge, folder, path, strcmp(entry, "words.en") == 0 ? WECOM_LANG_EN
                                                                       : WECOM_LANG_ZH, &text);
    }
}

static void read_pages(wecom_judge_t *judge, wecom_look_t *look, const wecom_server_t *server)
{
    folder_t folder = { NULL, NULL, look, NULL };
    apr_dir_t *dir = NULL;
    apr_finfo_t entry;
    apr_status_t rv = APR_EBADPATH;
    char reason[128];

    folder.path = ap_server_root_relative(judge->pool, server->pages);
    folder.where = wecom_build_where(server, offsetof(wecom_server_t, pages));
    folder.pages = apr_array_make(judge->pool, 4, sizeof(wecom_look_page_t));
    if (folder.path != NULL) {
        rv = apr_dir_open(&dir, folder.path, judge->temp);
    }
    if (rv != APR_SUCCESS) {
        wecom_fault(judge, folder.where, WC(0163) "WeComPages: the folder %s cannot be read: %s; "
                    "make it, or mend the path", server->pages,
                    apr_strerror(rv, reason, sizeof(reason)));
        return;
    }
    while (apr_dir_read(&entry, APR_FINFO_NAME, dir) == APR_SUCCESS
           || (entry.valid & APR_FINFO_NAME) != 0) {
        take_entry(judge, &folder, entry.name);
        entry.valid = 0;
    }
    apr_dir_close(dir);
    look->pages = folder.pages;
}

/* --- WeComBrand ------------------------------------------------------------------------------- */

typedef struct picture_t {
    const char *type;
    const char *endings;      /* "jpg|jpeg" */
    const char *begins;
    apr_size_t begins_len;
} picture_t;

static const picture_t pictures[] = {
    { "image/png", "png", "\x89PNG\r\n\x1a\n", 8 },
    { "image/jpeg", "jpg|jpeg", "\xff\xd8\xff", 3 },
    { "image/webp", "webp", "RIFF", 4 },
    { "image/vnd.microsoft.icon", "ico", "\0\0\1\0", 4 },
    { "image/svg+xml", "svg", "<", 1 },
};

static int has_ending(const picture_t *picture, const char *ending)
{
    const char *rest = picture->endings;

    while (*rest != '\0') {
        apr_size_t len = strcspn(rest, "|");

        if (strlen(ending) == len && strncasecmp(rest, ending, len) == 0) {
            return 1;
        }
        rest += len + (rest[len] == '|');
    }
    return 0;
}

static int is_content(const picture_t *picture, const text_t *text)
{
    const char *data = text->data;
    apr_size_t len = text->len;

    if (strcmp(picture->endings, "svg") == 0) {
        apr_size_t skip = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

        skip += strspn(data + skip, " \t\r\n");
        return data[skip] == '<' && strlen(data) == len && strstr(data, "<svg") != NULL;
    }
    return len > 12 && memcmp(data, picture->begins, picture->begins_len) == 0
           && (strcmp(picture->endings, "webp") != 0 || memcmp(data + 8, "WEBP", 4) == 0);
}

/* The picture that the file is, by its ending and by its content; NULL: they do not agree. */
static const picture_t *judge_picture(const char *path, const text_t *text)
{
    const char *dot = strrchr(path, '.');
    apr_size_t i;

    for (i = 0; dot != NULL && i < sizeof(pictures) / sizeof(pictures[0]); i++) {
        if (has_ending(&pictures[i], dot + 1)) {
            return is_content(&pictures[i], text) ? &pictures[i] : NULL;
        }
    }
    return NULL;
}

#define HASH_CHARS 16

static const char *hash_of(const text_t *text, apr_pool_t *pool)
{
    wecom_bytes_t part = { (const unsigned char *)text->data, text->len };
    unsigned char hash[WECOM_SHA256_BYTES];

    return wecom_crypto_hash(hash, &part, 1) == WECOM_OK
           ? wecom_text_hex(hash, HASH_CHARS / 2, pool) : "0";
}

static wecom_asset_t *add_asset(wecom_judge_t *judge, apr_array_header_t *assets,
                                const text_t *text, const char *hash)
{
    wecom_asset_t *asset = apr_array_push(assets);

    memset(asset, 0, sizeof(*asset));
    asset->data = text->data;
    asset->len = text->len;
    asset->etag = apr_pstrcat(judge->pool, "\"", hash, "\"", NULL);
    return asset;
}

/* The address of the picture; NULL: there is none. */
static const char *read_picture(wecom_judge_t *judge, apr_array_header_t *assets,
                                const wecom_server_t *server, const char *what)
{
    const wecom_brand_conf_t *conf = wecom_brand_find(server->brand, what, NULL);
    const char *path = conf != NULL ? ap_server_root_relative(judge->pool, conf->value) : NULL;
    text_t text = { NULL, 0 };
    const picture_t *picture;
    wecom_asset_t *asset;
    const char *wrong;
    const char *hash;

    if (conf == NULL) {
        return NULL;
    }
    wrong = path != NULL ? read_file(&text, judge, path, WECOM_MAX_ASSET) : "it is no path";
    if (wrong != NULL) {
        wecom_fault(judge, &conf->where, WC(0168) "WeComBrand %s: the file %s cannot be used: %s; "
                    "name a picture of at most 256 KiB", what, conf->value, wrong);
        return NULL;
    }
    picture = judge_picture(path, &text);
    if (picture == NULL) {
        wecom_fault(judge, &conf->where, WC(0169) "WeComBrand %s: %s is no picture that browsers "
                    "show everywhere, or its ending says something else than its content; name a "
                    "PNG, SVG, JPEG, WebP or ICO file by its usual ending", what, path);
        return NULL;
    }
    hash = hash_of(&text, judge->pool);
    asset = add_asset(judge, assets, &text, hash);
    asset->path = apr_pstrcat(judge->pool, "asset/", what, "-", hash, ".",
                              apr_pstrndup(judge->temp, picture->endings,
                                           strcspn(picture->endings, "|")), NULL);
    asset->type = picture->type;
    asset->cache_control = FOR_A_YEAR;
    asset->policy = strcmp(picture->endings, "svg") == 0 ? NO_SCRIPTS : NULL;
    return apr_pstrcat(judge->pool, server->endpoint, "/", asset->path, NULL);
}

static void take_titles(wecom_look_t *look, const apr_array_header_t *brand)
{
    int lang;

    for (lang = 0; lang < WECOM_LANG_COUNT; lang++) {
        const char *code = wecom_words_builtin((wecom_lang_t)lang)->code;
        const wecom_brand_conf_t *conf = wecom_brand_find(brand, "title", code);

        if (conf == NULL) {
            conf = wecom_brand_find(brand, "title", "");
        }
        if (conf == NULL) {
            conf = wecom_brand_find(brand, "title", NULL);
        }
        look->titles[lang] = conf != NULL ? conf->value : NULL;
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static const char *frame_ancestors(const apr_array_header_t *words, apr_pool_t *pool)
{
    const char *list = NULL;
    int i;

    for (i = 0; i < words->nelts; i++) {
        const char *word = APR_ARRAY_IDX(words, i, const char *);

        if (strcmp(word, "none") == 0) {
            return NULL;
        }
        word = strcmp(word, "self") == 0 ? "'self'" : word;
        list = list != NULL ? apr_pstrcat(pool, list, " ", word, NULL) : word;
    }
    return list;
}

static void add_script(wecom_judge_t *judge, apr_array_header_t *assets)
{
    const char *script = wecom_builtin_text("wecom.js");
    text_t text = { script, strlen(script) };
    wecom_asset_t *asset = add_asset(judge, assets, &text, hash_of(&text, judge->pool));

    asset->path = "wecom.js";
    asset->type = "text/javascript; charset=utf-8";
    asset->cache_control = FOR_AN_HOUR;
    asset->anywhere = 1;
}

static int is_same(const wecom_server_t *a, const wecom_server_t *b)
{
    return a->brand == b->brand && a->frame_ancestors == b->frame_ancestors
           && strcmp(a->endpoint, b->endpoint) == 0 && a->pages == b->pages;
}

void wecom_look_build(wecom_judge_t *judge, wecom_server_t *server,
                     const apr_array_header_t *made)
{
    wecom_look_t *look = apr_pcalloc(judge->pool, sizeof(*look));
    apr_array_header_t *assets = apr_array_make(judge->pool, 3, sizeof(wecom_asset_t));
    const wecom_brand_conf_t *color = wecom_brand_find(server->brand, "color", NULL);
    const char *layout = wecom_builtin_text("page.html");
    wecom_slip_t slip;
    int i;

    for (i = 0; i < made->nelts; i++) {
        const wecom_server_t *other = APR_ARRAY_IDX(made, i, const wecom_server_t *);

        if (is_same(server, other)) {
            server->look = other->look;
            server->assets = other->assets;
            return;
        }
    }
    wecom_page_compile(&look->layout, &slip, layout, strlen(layout), judge->pool);
    take_titles(look, server->brand);
    look->style = color != NULL ? wecom_brand_style(color->value, judge->pool) : NULL;
    look->frame_ancestors = frame_ancestors(server->frame_ancestors, judge->pool);
    add_script(judge, assets);
    if (judge->run != WECOM_RUN_DUMP) {
        look->logo = read_picture(judge, assets, server, "logo");
        look->icon = read_picture(judge, assets, server, "icon");
        if (server->pages != NULL) {
            read_pages(judge, look, server);
        }
    }
    server->look = look;
    server->assets = assets;
}
