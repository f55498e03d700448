// -i and --list-events: lists of system calls and kernel events, of which there are none here; what remains is what
// tools look for (spec: cli-and-config.md §1.10).

/** The text of -i. */
export function ignoredSyscallsText(): string {
  return 'Ignored syscall(s):\n\n';
}

/** The text of --list-events: the one event that plugins make. */
export function eventsText(): string {
  const sections = [
    ['Syscall events'],
    ['Tracepoint events'],
    ['Plugin events', '> pluginevent(UINT32 **plugin_id**, BYTEBUF **event_data**)'],
    ['Metaevents'],
  ];
  const blocks = sections.map(
    ([title, ...entries]) => `## ${title}\n\n${entries.map((each) => `${each}\n`).join('')}\n`,
  );
  return `The events below are valid for Falco *Schema Version*: 4.3.0\n${blocks.join('')}`;
}
