// What each evt.* field means, for --list, completion and the documentation.

/** Description of each field, by name. */
export const EVT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  'evt.num': 'Running number of the event within its source, starting at 1.',
  'evt.time':
    'Event time of day with nanoseconds, local time zone (HH:MM:SS.nnnnnnnnn); in JSON output fields the integer nanoseconds instead.',
  'evt.time.s': 'Event time of day without the fraction, local time zone.',
  'evt.time.iso8601': 'Event time in ISO 8601 form, UTC, nine-digit fraction and +0000 offset.',
  'evt.datetime': 'Event date and time with nanoseconds, local time zone (YYYY-MM-DD HH:MM:SS.nnnnnnnnn).',
  'evt.datetime.s': 'Event date and time without the fraction, local time zone.',
  'evt.rawtime': 'Event time in nanoseconds since the epoch.',
  'evt.rawtime.s': 'Whole seconds of the event time since the epoch.',
  'evt.rawtime.ns': 'Nanosecond fraction of the event time, printed with nine digits.',
  'evt.reltime': "Nanoseconds between this event's time and that of the first event of the source.",
  'evt.reltime.s': 'Whole seconds of evt.reltime.',
  'evt.reltime.ns': 'Nanosecond fraction of evt.reltime, nine digits.',
  'evt.pluginname': 'Name of the loaded source that produced the event, e.g. k8saudit-eks.',
  'evt.plugininfo':
    'One-line summary by the source plugin; for audit sources the compact JSON of the whole event.',
  'evt.source': 'Name of the event source; k8s_audit for every plugin of this document.',
  'evt.is_async': 'false for audit events (they are not asynchronous events).',
  'evt.asynctype': 'Kind of asynchronous event; missing for audit events.',
  'evt.hostname':
    'Host running the engine; overridable through an environment variable (FALCO_HOSTNAME in Falco).',
};
