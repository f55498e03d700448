// What plugins, their readers and the services behind them throw, as one line for people; and how often it is worth a line.

/** One line of what went wrong, with its cause. */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  const more = cause instanceof Error && !message.includes(cause.message) ? `: ${cause.message}` : '';
  return `${message}${more}`.replace(/\s+/g, ' ').slice(0, 500);
}

/** The first line of what was thrown, which may be anything. @param longest chars */
export function firstLine(error: unknown, longest = 200): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0]!.slice(0, longest);
}

/** Counts by name. Gives the count where it is worth a line: the first time, the tenth, the hundredth … */
export function createFaultCounts(): (name: string) => number | undefined {
  const counts = new Map<string, number>();
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return /^10*$/.test(String(count)) ? count : undefined;
  };
}
