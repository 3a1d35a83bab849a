/* SPDX-License-Identifier: MIT */
#include "cnedge/replay/rules_report.h"

#include <jansson.h>

#include "cnedge/model/rules.h"
#include "report_text.h"

static const char *const setting_types[] = {
    [CHOICE_ENUM] = "word",      [CHOICE_BOOL] = "bool", [CHOICE_NUMBER] = "integer",
    [CHOICE_RANGE] = "duration", [CHOICE_LIST] = "list", [CHOICE_NAME] = "name"};

static const char *const rule_types[] = {
    [RULES_TYPE_TEXT] = "text",         [RULES_TYPE_WORD] = "word",
    [RULES_TYPE_NUMBER] = "integer",    [RULES_TYPE_BOOL] = "bool",
    [RULES_TYPE_DURATION] = "duration", [RULES_TYPE_PROVINCES] = "provinces",
};

static json_t *declared_numbers(uint32_t c4)
{
    json_t *list = json_array();
    for (unsigned n = 1; n <= CHOICES_DECLARED; n++) {
        if ((c4 & CHOICE_C4(n)) != 0) json_array_append_new(list, json_integer(n));
    }
    return list;
}

static json_t *declared(void)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    json_t *list = json_array();
    for (unsigned n = 1; n <= CHOICES_DECLARED; n++) {
        json_t *o = json_object();
        json_t *names = json_array();
        for (size_t i = 0; i < count; i++) {
            if ((table[i].c4 & CHOICE_C4(n)) == 0) continue;
            json_array_append_new(names, report_string(table[i].name));
        }
        json_object_set_new(o, "number", json_integer(n));
        report_set_text(o, "text", choices_declared(n));
        json_object_set_new(o, "settings", names);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *setting(const struct choice_info *info, enum profile profile)
{
    const struct profile_value *v = profile_find(profile, info->name);
    json_t *o = json_object();
    report_set_text(o, "name", info->name);
    report_set_text(o, "type", setting_types[info->type]);
    report_set_text(o, "text", info->text);
    json_object_set_new(o, "declared", declared_numbers(info->c4));
    report_set_text(o, "default", info->fallback);
    report_set_text(o, "value", profile_text(profile, info));
    report_set_text(o, "grade", v != NULL ? v->grade : info->grade);
    report_set_text(o, "source", v != NULL ? v->source : info->source);
    if (info->type == CHOICE_NUMBER) {
        json_object_set_new(o, "min", json_integer(info->min));
        json_object_set_new(o, "max", json_integer(info->max));
    }
    if (info->type != CHOICE_ENUM) return o;
    json_t *words = json_array();
    for (uint32_t i = 0; i < info->max; i++) {
        json_array_append_new(words, report_string(info->names[i]));
    }
    json_object_set_new(o, "words", words);
    return o;
}

static json_t *settings(enum profile profile)
{
    size_t count;
    const struct choice_info *table = choices_table(&count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, setting(&table[i], profile));
    }
    return list;
}

/* "2020-08-17"; null for a bound that is none. */
static json_t *day(int32_t yyyymmdd)
{
    char text[16];
    if (yyyymmdd == RULES_EVER_FROM || yyyymmdd == RULES_EVER_TO) return json_null();
    snprintf(text, sizeof(text), "%04d-%02d-%02d", yyyymmdd / 10000, yyyymmdd / 100 % 100,
             yyyymmdd % 100);
    return json_string(text);
}

static json_t *versions(enum rules_id id)
{
    size_t count;
    const struct rules_version *v = rules_table(&count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (v[i].rule != id) continue;
        json_t *o = json_object();
        json_object_set_new(o, "valid_from", day(v[i].from));
        json_object_set_new(o, "valid_to", day(v[i].to));
        report_set_text(o, "value", v[i].value);
        report_set_text(o, "grade", v[i].grade);
        report_set_text(o, "source", v[i].source);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *rules(void)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < RULES_COUNT; i++) {
        const struct rules_info *info = rules_info((enum rules_id)i);
        json_t *o = json_object();
        report_set_text(o, "name", info->name);
        report_set_text(o, "type", rule_types[info->type]);
        report_set_text(o, "text", info->text);
        json_object_set_new(o, "versions", versions((enum rules_id)i));
        json_array_append_new(list, o);
    }
    return list;
}

bool rules_report_json(FILE *out, enum profile profile)
{
    json_t *o = json_object();
    if (o == NULL) return false;
    report_set_text(o, "profile", profile_name(profile));
    json_object_set_new(o, "declared", declared());
    json_object_set_new(o, "settings", settings(profile));
    json_object_set_new(o, "rules", rules());
    json_dumpf(o, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(o);
    return true;
}
