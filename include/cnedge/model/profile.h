/* SPDX-License-Identifier: MIT
 * profile.h: defaults after one operator's documentation. Room model (pure).
 *
 * Where sources differ, a profile says what one of them says. It changes defaults only: a setting
 * that the scenario gives wins. */
#ifndef CNEDGE_MODEL_PROFILE_H
#define CNEDGE_MODEL_PROFILE_H

#include "cnedge/model/choices.h"

struct profile_value {
    enum profile profile;
    const char *setting, *value; /* as in struct choice_info */
    const char *grade, *source;
};

/* Every value of every profile. */
CN_NONNULL const struct profile_value *profile_table(size_t *count);

/* What a profile says of a setting; NULL: nothing, its default stays. */
CN_NONNULL CN_PURE const struct profile_value *profile_find(enum profile p, const char *setting);

/* The value of a setting under a profile, as text. */
CN_NONNULL CN_PURE const char *profile_text(enum profile p, const struct choice_info *info);

/* Sets what the profile says of the settings that are not given yet. */
CN_NONNULL void profile_apply(struct choices *c, enum profile p);

CN_CONST const char *profile_name(enum profile p);

/* PROFILE_COUNT when there is none of this name. */
CN_NONNULL CN_PURE enum profile profile_named(const char *name);

#endif
