/* SPDX-License-Identifier: MIT
 * picture.h: a run and a window of an expectation, drawn second by second. */
#ifndef CNEDGE_PICTURE_H
#define CNEDGE_PICTURE_H

#include "play.h"

/* A picture has a character for each second of the run: what Shanghai Telecom is answered after the
 * events of that second.
 *
 *     M   a mainland PoP
 *     N   a near one: the partner's network is down
 *     f   as the second before, but it failed and came back, or came back and failed, within it
 *
 * A window's picture stands below it: '[' is `from`, ')' or ']' is `until`, '|' is both. */
static inline bool picture_is_up(const char *picture, size_t i)
{
    while (i > 0 && picture[i] == 'f') {
        i--;
    }
    return picture[i] != 'N';
}

static inline void draw_events(struct play *p, const char *picture)
{
    bool up = true;
    for (size_t i = 0; picture[i] != '\0'; i++) {
        bool now = picture_is_up(picture, i);
        bool twice = picture[i] == 'f';
        if (twice || now != up) {
            play_event(p, fixture_event(up ? EV_PARTNER_DOWN : EV_PARTNER_UP, (int64_t)i));
        }
        if (twice) play_event(p, fixture_event(up ? EV_PARTNER_UP : EV_PARTNER_DOWN, (int64_t)i));
        up = now;
    }
}

static inline void draw_window(struct expectation *e, enum expect_when when, const char *window)
{
    size_t from = strcspn(window, "[|");
    size_t until = strcspn(window, ")]|");
    play_window(e, when, (int64_t)from, (int64_t)until);
}

/* A site with one host and the picture's events; returns an expectation about that host. */
static inline struct expectation *draw(struct play *p, const char *picture, enum expect_when when,
                                       const char *window)
{
    play_init(p);
    fixture_site(&p->f, "shop.example");
    uint32_t www = fixture_host(&p->f, "www.shop.example");
    draw_events(p, picture);
    struct expectation *e = play_answer(p, www, LINE_SH_TELECOM);
    draw_window(e, when, window);
    return e;
}

#endif
