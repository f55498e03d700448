// Messages that more than one kind of item gives, as Falco words them (rule_loading_messages.h). A leaf.

export const APPEND_DEPRECATED =
  "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";
export const ENABLED_DEPRECATED =
  "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').";
export const APPEND_WITH_OVERRIDE =
  "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";
export const NO_MACRO =
  "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists";
export const NO_LIST =
  "List uses 'append' or 'override.items: append' but no list by that name already exists";
export const NO_RULE_TO_APPEND =
  "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists";
export const NO_RULE_TO_REPLACE =
  "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists";
export const NO_RULE_TO_SWITCH = "Rule has 'enabled' key but no rule by that name already exists";
