/* SPDX-License-Identifier: MIT
 * world_internal.h: what the files of the reducer share; nobody else includes it. */
#ifndef CNEDGE_SIM_WORLD_INTERNAL_H
#define CNEDGE_SIM_WORLD_INTERNAL_H

#include "cnedge/model/world.h"

/* Handlers of world.c's table: apply `e` or refuse it and change nothing. `arg` is the machine's
 * own event. */
typedef enum refusal (*world_handler)(struct world *w, const struct event *e, int arg);

/* world_work.c: events that reach many sites, so that they need not be done in one go. A handler
 * finds out whether its event is legal, changes what is not a site's, and leaves the sites to a
 * pass, which is its last act. */
struct world_pass {
    /* CN_NONE32 behind the last. */
    uint32_t (*next)(const struct world *w, const struct event *e, uint32_t site);
    /* What happens to one site. It may say how the event ends. */
    void (*site)(struct world *w, const struct event *e, uint32_t site);
    /* Behind the last site; may say so too, and begin another pass. NULL: nothing. */
    void (*end)(struct world *w, const struct event *e, enum refusal refusal);
};
/* Leaves the sites from `first` on (CN_NONE32: none) to a pass. What the handler returns is how the
 * event ends, unless the pass says otherwise. */
CN_NONNULL void world_work_begin(struct world *w, const struct world_pass *pass,
                                 const struct event *e, uint32_t first);
/* From inside a pass: how the event ends, as far as is known. */
CN_NONNULL void world_work_ends(struct world *w, enum refusal refusal);
/* From inside a pass: no further sites. */
CN_NONNULL void world_work_stop(struct world *w);
/* `each` for all hosts of a site, and then `behind`; at once when they are few, else before
 * anything else happens to any site. */
CN_NONNULL void world_work_hosts(struct world *w, uint32_t site,
                                 void (*each)(struct world *w, uint32_t host),
                                 void (*behind)(struct world *w, uint32_t site));
/* Of a pass over one site. */
CN_NONNULL CN_CONST uint32_t world_work_no_other(const struct world *w, const struct event *e,
                                                 uint32_t site);
/* The class of a site takes others along: all on the edge name whose first site that is; all of
 * partial set-up. So do partners: setting overseas_audit looks at all sites of one. They follow
 * before anything else happens to any site: who has more to do with the same one leaves it to
 * world_work_then, or has them follow at once. */
CN_NONNULL void world_work_group(struct world *w, uint32_t first);
CN_NONNULL void world_work_chain(struct world *w);
CN_NONNULL void world_work_partner(struct world *w, uint8_t partner);
CN_NONNULL void world_work_then(struct world *w, uint32_t site,
                                void (*then)(struct world *w, uint32_t site));
CN_NONNULL void world_work_follow(struct world *w);
/* Whether anything is left of the event. */
CN_NONNULL CN_PURE bool world_work_left(const struct world *w);
/* What is left, at up to `sites` sites. */
CN_NONNULL void world_work_some(struct world *w, uint32_t sites);
/* The sites of one holder, and of one account. */
CN_NONNULL CN_PURE uint32_t world_work_of_holder(const struct world *w, const struct event *e,
                                                 uint32_t site);
CN_NONNULL CN_PURE uint32_t world_work_of_account(const struct world *w, const struct event *e,
                                                  uint32_t site);

/* world_filing.c */
CN_NONNULL enum refusal world_filing_site(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_filing_subject(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_filing_bar(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_filing_status(struct world *w, const struct event *e, int arg);
/* One event of a site's filing; `e` has the details. */
CN_NONNULL enum refusal world_filing_step(struct world *w, uint32_t site, const struct event *e,
                                          enum filing_event event);
/* The truth changed: the partner learns of a loss after observe_delay, of the rest at once (the
 * delay of an approval is sync_delay, a state of its own). */
CN_NONNULL void world_filing_changed(struct world *w, uint32_t site);
/* A partner looks at the filing, whatever it or the one before it knew. */
CN_NONNULL void world_filing_look(struct world *w, uint32_t site);
/* An audit finds this: of a filing in force that no audit or order is about. */
CN_NONNULL void world_filing_audit(struct world *w, uint32_t site, enum filing_cause cause);
/* Starts the timers and counts that the initial state implies. */
CN_NONNULL void world_filing_start(struct world *w, uint32_t site);

/* world_refusal_value.c */
/* The value that broke the rule, and what the rule needs; false when the code has none. */
CN_NONNULL bool world_refusal_value(const struct world *w, const struct event *e, enum refusal r,
                                    char *out, size_t cap);

/* A filing with every domain that it covers: the event happens to all when it may to the first. */
CN_NONNULL enum refusal world_filing_entry(struct world *w, const struct event *e,
                                           enum filing_event event);
/* What speaks against handing this domain in with its app. */
CN_NONNULL enum refusal world_filing_may_submit(const struct world *w, uint32_t site);

/* world_certificate.c */
enum certificate_event { CERTIFICATE_EV_EXPIRE, CERTIFICATE_EV_RENEW };
CN_NONNULL enum refusal world_certificate_event(struct world *w, const struct event *e, int arg);
/* A change order of the holder was decided. */
CN_NONNULL void world_certificate_changed(struct world *w, uint32_t holder);
/* Whether an order can stand on it now. */
CN_NONNULL CN_PURE bool world_certificate_ok(const struct world *w, uint32_t holder);
CN_NONNULL void world_certificate_start(struct world *w, uint32_t holder);

/* world_app.c */
/* The app whose filing covers the site's domain; else the site. */
CN_NONNULL CN_PURE uint32_t world_app_owner(const struct world *w, uint32_t site);
/* The domain that the app's filing covers after `site`, the app itself for the first; CN_NONE32:
 * there is no other, or it is no app. */
CN_NONNULL CN_PURE uint32_t world_app_next(const struct world *w, uint32_t app, uint32_t site);
/* The first domain of the app that may not be filed; CN_NONE32: all may, or it is no app. */
CN_NONNULL uint32_t world_app_offender(const struct world *w, uint32_t app);
/* What speaks against it. */
CN_NONNULL enum refusal world_app_refuses(const struct world *w, uint32_t app);
/* Whether one of its domains has lapsed, and an audit has found that; whether one is answered
 * outside. */
CN_NONNULL CN_PURE bool world_app_lapsed(const struct world *w, uint32_t app);
CN_NONNULL bool world_app_overseas(struct world *w, uint32_t app);

/* world_applicant.c */
/* The wall-clock instant of the last event. */
CN_NONNULL CN_PURE walltime world_applicant_now(const struct world *w);
/* How long the SMS code may be confirmed: as the setting says, or the rule of the day. */
CN_NONNULL CN_PURE struct duration_range world_applicant_sms_window(const struct world *w);
/* Whether the domain's top-level domain may be filed. */
CN_NONNULL CN_PURE bool world_applicant_tld_ok(const struct world *w, uint32_t site);

/* Whether the domain is at a registrar that the rule of the day asks for. */
CN_NONNULL CN_PURE bool world_applicant_registrar_ok(const struct world *w, uint32_t site);
/* Whether an order of the site's holder needs the SMS code today. */
CN_NONNULL CN_PURE bool world_applicant_sms_needed(const struct world *w, uint32_t site);
/* How many filings with an open order belong to the site's own order, itself included. */
CN_NONNULL CN_PURE uint32_t world_applicant_own_orders(const struct world *w, uint32_t site);
/* What applicant_may_file looks at, for the site's order. */
CN_NONNULL struct applicant_view world_applicant_view(const struct world *w, uint32_t site);
/* What speaks against who applies and for what; REFUSAL_NONE: nothing. */
CN_NONNULL CN_PURE enum refusal world_applicant_submit(const struct world *w, uint32_t site);
/* Whether the holder may have a commercial licence today. */
CN_NONNULL CN_PURE bool world_applicant_may_sell(const struct world *w, uint32_t holder);
/* The word of sensitive_words that the domain contains; NULL: none. */
CN_NONNULL CN_PURE const char *world_applicant_sensitive(const struct world *w, uint32_t site);
/* world_psb.c */
CN_NONNULL enum refusal world_psb(struct world *w, const struct event *e, int arg);
/* Whether the duty begins, after the filing or the site's resolution changed. */
CN_NONNULL void world_psb_look(struct world *w, uint32_t site);
/* Starts the timer that the initial state implies. */
CN_NONNULL void world_psb_start(struct world *w, uint32_t site);

/* world_commercial.c */
CN_NONNULL enum refusal world_commercial(struct world *w, const struct event *e, int arg);
/* Starts the timers that the holder's licence implies. */
CN_NONNULL void world_commercial_start(struct world *w, uint32_t holder);

/* world_onboard.c */
CN_NONNULL enum refusal world_onboard_vetting(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_onboard_content(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_onboard_subscription(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_onboard_provision(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_onboard_add_host(struct world *w, const struct event *e, int arg);
/* One step of an account's subscription. */
CN_NONNULL enum refusal world_onboard_account(struct world *w, const struct event *e,
                                              enum subscription_event event);
/* The site files anew: vetting and provisioning start over. */
CN_NONNULL void world_onboard_reset(struct world *w, uint32_t site);
/* The partner looks again at an approved site; it is served meanwhile. */
CN_NONNULL void world_onboard_rereview(struct world *w, uint32_t site);
/* Starts the timer that the state of the site's vetting implies, or stops it. */
CN_NONNULL void world_onboard_review(struct world *w, uint32_t site);
/* Starts the timer that the host's state implies. */
CN_NONNULL void world_onboard_start(struct world *w, uint32_t host);

/* world_site.c */
CN_NONNULL enum refusal world_site_blacklist(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_resolution(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_registration(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_disable_ipv6(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_force(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_coverage(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_site_ttl(struct world *w, const struct event *e, int arg);

/* world_list.c */
CN_NONNULL enum refusal world_list_name(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_list_measure(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_list_443(struct world *w, const struct event *e, int reset);
CN_NONNULL enum refusal world_list_resolver(struct world *w, const struct event *e, int down);
CN_NONNULL enum refusal world_list_bar_name(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_list_cleared(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_list_forget(struct world *w, const struct event *e, int arg);
/* The event that the timer of entry `index` stands for. */
CN_NONNULL CN_PURE struct event world_list_timer(const struct world *w, uint32_t index, simtime at);

/* Puts a domain on the blacklist; the caller looks after its class. */
CN_NONNULL void world_site_list(struct world *w, uint32_t site);

/* world_network.c */
CN_NONNULL enum refusal world_network_health(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_network_admin(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_network_region(struct world *w, const struct event *e, int down);
CN_NONNULL enum refusal world_network_carrier(struct world *w, const struct event *e, int down);
/* The effective state of every PoP. */
CN_NONNULL void world_network_start(struct world *w);
/* Brings the effective states up to date and notes a change when there is one; `changed`: there is
 * one that they do not show. */
CN_NONNULL void world_network_refresh(struct world *w, bool changed);

/* world_health.c */
CN_NONNULL enum refusal world_health_probe(struct world *w, const struct event *e, int result);
CN_NONNULL enum refusal world_health_noticed(struct world *w, const struct event *e, int arg);
CN_NONNULL void world_health_start(struct world *w);
/* After something changed that a probe may find. */
CN_NONNULL void world_health_refresh(struct world *w);
/* Whether probes, and nothing else, find out about the outage of a partner's network. */
CN_NONNULL CN_PURE bool world_health_detects(const struct world *w);

/* world_family.c */
CN_NONNULL enum refusal world_family_outage(struct world *w, const struct event *e, int down);
/* What a family leaves of a PoP that is otherwise as `base` says. */
CN_NONNULL CN_PURE struct pop_status world_family_status(const struct world *w, uint16_t pop,
                                                         enum family family,
                                                         struct pop_status base);

/* world_return.c */
/* Takes note of whether the host is in order: it leaves at once and returns as the settings say. */
CN_NONNULL void world_return_note(struct world *w, uint32_t host);
CN_NONNULL enum refusal world_return_step(struct world *w, const struct event *e, int arg);

/* world_dns.c */
CN_NONNULL enum refusal world_dns_outage(struct world *w, const struct event *e, int down);
CN_NONNULL enum refusal world_dns_border(struct world *w, const struct event *e, int congested);

/* world_address.c */
CN_NONNULL enum refusal world_address_event(struct world *w, const struct event *e, int arg);
/* Mask over the pool of a PoP: the addresses that answers give. */
CN_NONNULL uint8_t *world_address_in_use(struct world *w, uint16_t pop, unsigned family);
CN_NONNULL void world_address_start(struct world *w);

/* world_partner.c */
CN_NONNULL enum refusal world_partner_outage(struct world *w, const struct event *e, int down);
CN_NONNULL enum refusal world_partner_suspend(struct world *w, const struct event *e, int on);
CN_NONNULL enum refusal world_partner_end(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_partner_set(struct world *w, const struct event *e, int arg);
/* Whether the authority takes the partner's whole network for out. */
CN_NONNULL CN_PURE bool world_partner_out(const struct world *w, uint8_t partner);
CN_NONNULL enum refusal world_partner_declare(struct world *w, const struct event *e, int on);
CN_NONNULL enum refusal world_partner_found(struct world *w, const struct event *e, int arg);

/* world_batch.c */
/* How long until the partner has worked its way to the site; draws. */
CN_NONNULL simdur world_batch_delay(struct world *w, uint32_t site);
/* The site's account or holder changed: carries that out, now or with the site's batch. */
CN_NONNULL void world_batch_site(struct world *w, uint32_t site);
CN_NONNULL void world_batch_start(struct world *w);
CN_NONNULL enum refusal world_batch_due(struct world *w, const struct event *e, int arg);

/* world_violation.c */
CN_NONNULL enum refusal world_violation_holder(struct world *w, const struct event *e, int arg);
/* The holder of a violation has lost its filings: its domains follow. */
CN_NONNULL void world_violation_cascade(struct world *w, const struct event *e);
/* One dedicated address of a site is blacklisted. */
CN_NONNULL enum refusal world_violation_address(struct world *w, const struct event *e, int arg);
/* Mask over all the dedicated addresses of a site. */
CN_NONNULL CN_PURE uint8_t world_violation_own(const struct world *w, uint32_t site,
                                               enum family family);
CN_NONNULL enum refusal world_violation_due(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_violation_transfer(struct world *w, const struct event *e, int arg);

/* world_overseas.c */
/* Whether no mainland client gets a mainland address for the site just now. */
CN_NONNULL bool world_overseas_now(struct world *w, uint32_t site);
/* The site's class or filing changed; all sites of a partner may answer differently, and this is
 * the next to look at. */
CN_NONNULL void world_overseas_site(struct world *w, uint32_t site);
CN_NONNULL void world_overseas_partner(struct world *w, uint8_t partner);
CN_NONNULL void world_overseas_in_partner(struct world *w, uint8_t partner, uint32_t site);
CN_NONNULL void world_overseas_start(struct world *w);
CN_NONNULL enum refusal world_overseas_hit(struct world *w, const struct event *e, int arg);

/* world_access.c */
CN_NONNULL enum refusal world_access_add(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_access_cancel(struct world *w, const struct event *e, int arg);
/* What an event of the filing, which has been found legal, brings for its accesses. */
CN_NONNULL void world_access_follow(struct world *w, uint32_t site, const struct event *e,
                                    enum filing_event event);
/* An event of the subject; one that is not legal changes nothing. */
CN_NONNULL void world_access_subject(struct world *w, uint32_t holder, enum subject_event event);
/* What the subjects are at the start. */
CN_NONNULL void world_access_start(struct world *w);

/* world_package.c */
CN_NONNULL enum refusal world_package_event(struct world *w, const struct event *e, int arg);
/* What the package's step timer means just now. */
CN_NONNULL CN_PURE enum event_kind world_package_timer_event(const struct world *w,
                                                             uint16_t package);
/* Whether an account's balance covers an order; takes it off. */
CN_NONNULL CN_PURE bool world_package_affords(const struct world *w, uint32_t account,
                                              int64_t minor);
CN_NONNULL void world_package_charge(struct world *w, uint32_t account, int64_t minor);
/* Its initial state, with the timers that it implies. */
CN_NONNULL void world_package_start(struct world *w, uint16_t package);

/* world_product.c */
CN_NONNULL enum refusal world_product_event(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_product_switch_back(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_product_demand(struct world *w, const struct event *e, int arg);
CN_NONNULL enum refusal world_product_peak(struct world *w, const struct event *e, int begins);
/* Every product's initial state, and the clock of the crowded hours. */
CN_NONNULL void world_product_start(struct world *w);

/* world_class.c */
/* The class key of a host as its site's state stands. */
CN_NONNULL CN_PURE struct host_class world_class_key(const struct world *w, uint32_t host);
/* Puts every host of the site into the class its state calls for, and its edge group with it. */
CN_NONNULL void world_class_site(struct world *w, uint32_t site);
/* The same behind its hosts, before what waits for them. */
CN_NONNULL void world_class_next(struct world *w, uint32_t site);
/* One of those that follow another one's class. */
CN_NONNULL void world_class_in_group(struct world *w, uint32_t site);
CN_NONNULL void world_class_in_chain(struct world *w, uint32_t site);
/* The same for one host. */
CN_NONNULL void world_class_host(struct world *w, uint32_t host);
/* Notes that a host answers differently. */
CN_NONNULL void world_class_mark(struct world *w, uint32_t host);
/* The first assignment, for every host. */
CN_NONNULL void world_class_start(struct world *w);

/* world_chain.c */
/* The CDN's zone, and the second name of each host of partial set-up. */
CN_NONNULL CN_MUSTUSE bool world_chain_build(struct world *w, struct arena *a);
/* What the names say that the CNAME of a site's hosts leads through. */
CN_NONNULL CN_PURE enum chain_state world_chain_state(const struct world *w, uint32_t site);
/* Whether that changed since this was last asked. */
CN_NONNULL bool world_chain_moved(struct world *w);

/* world_tally.c: a site has got its filing's state, or is about to lose it. */
CN_NONNULL void world_tally_site(struct world *w, uint32_t site, bool enters);
/* The same for a host and its class; also when it comes into being. */
CN_NONNULL void world_tally_host(struct world *w, uint32_t host, bool enters);

/* world_load.c */
CN_NONNULL CN_MUSTUSE bool world_load_build(struct world *w, struct arena *a);
/* Before the first class: who shares the sites' demand. */
CN_NONNULL void world_load_start(struct world *w);
/* The site's users ask for more, or for less. */
CN_NONNULL void world_load_demand(struct world *w, uint32_t site, uint32_t mbit);
/* A host has entered its class, or is about to leave it. */
CN_NONNULL void world_load_join(struct world *w, uint32_t host);
CN_NONNULL void world_load_leave(struct world *w, uint32_t host);
/* After an event: whether there is a spill plan, and it is not up to date. */
CN_NONNULL CN_PURE bool world_load_unsettled(const struct world *w);
/* Adds the load of one class for it, or makes it. */
CN_NONNULL void world_load_step(struct world *w);

/* world_names.c */
CN_NONNULL CN_MUSTUSE bool world_names_build(struct world *w, struct arena *a);
/* A host came into being: the names above it exist now. */
CN_NONNULL void world_names_come(struct world *w, uint32_t host);
/* The slot of a name, or NULL. */
CN_NONNULL CN_PURE const struct name_slot *world_names_find(const struct world *w,
                                                            const uint8_t *name);

/* world_timer.c */
CN_NONNULL CN_MUSTUSE bool world_timers_build(struct world *w, struct arena *a);
CN_NONNULL void world_set_timer(struct world *w, enum site_timer timer, uint32_t site, simtime at);
/* Sets it for a duration that is drawn, from now on. */
CN_NONNULL void world_start_timer(struct world *w, enum site_timer timer, uint32_t site,
                                  struct duration_range r, const char *purpose);
CN_NONNULL CN_PURE bool world_timer_is_set(const struct world *w, enum site_timer timer,
                                           uint32_t site);
CN_NONNULL void world_clear_timer(struct world *w, enum site_timer timer, uint32_t site);
CN_NONNULL void world_set_host_timer(struct world *w, uint32_t host, simtime at);
CN_NONNULL void world_clear_host_timer(struct world *w, uint32_t host);
CN_NONNULL void world_set_partner_timer(struct world *w, uint8_t partner, simtime at);
CN_NONNULL void world_clear_partner_timer(struct world *w, uint8_t partner);
CN_NONNULL void world_set_package_timer(struct world *w, enum package_timer timer, uint16_t package,
                                        simtime at);
CN_NONNULL CN_PURE simtime world_package_timer(const struct world *w, enum package_timer timer,
                                               uint16_t package);
CN_NONNULL void world_clear_package_timer(struct world *w, enum package_timer timer,
                                          uint16_t package);
CN_NONNULL void world_set_product_timer(struct world *w, uint16_t product, simtime at);
CN_NONNULL void world_clear_product_timer(struct world *w, uint16_t product);
/* The crowded hours come and go no more. */
CN_NONNULL void world_stop_peak(struct world *w);
CN_NONNULL void world_set_pop_timer(struct world *w, uint16_t pop, simtime at);
CN_NONNULL CN_PURE simtime world_pop_timer(const struct world *w, uint16_t pop);
CN_NONNULL void world_set_peak_timer(struct world *w, simtime at);
CN_NONNULL void world_set_holder_timer(struct world *w, enum holder_timer timer, uint32_t holder,
                                       simtime at);
CN_NONNULL void world_clear_holder_timer(struct world *w, enum holder_timer timer, uint32_t holder);
CN_NONNULL CN_PURE simtime world_holder_timer_at(const struct world *w, enum holder_timer timer,
                                                 uint32_t holder);
/* The next draw of a holder, from now on: counts up. */
CN_NONNULL simdur world_draw_for_holder(struct world *w, uint32_t holder, struct duration_range r,
                                        const char *purpose);
/* When the least duration of `r` ends that starts at `from`. */
CN_NONNULL CN_PURE walltime world_least_after(const struct world *w, struct duration_range r,
                                              walltime from);
/* The next draw of a site, from now on: counts up. */
CN_NONNULL simdur world_draw(struct world *w, uint32_t site, struct duration_range r,
                             const char *purpose);
/* The draw of any other entity, which counts its draws itself. */
CN_NONNULL simdur world_draw_for(const struct world *w, const char *entity, struct duration_range r,
                                 const char *purpose, uint64_t n);
CN_NONNULL void world_set_listed_timer(struct world *w, uint32_t entry, simtime at);
CN_NONNULL void world_clear_listed_timer(struct world *w, uint32_t entry);

#endif
