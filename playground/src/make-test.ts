// An alert → a suite with one more test: this event meets this rule.

/** @param event one event, JSON in one line */
export function withTest(suite: string, rule: string, event: string): string {
  const indent = /^( *)- test:/m.exec(suite)?.[1] ?? '  ';
  const name = freeName(suite, `finds ${rule}`);
  const test = [
    `- test: ${JSON.stringify(name)}`,
    `  event: ${event.replace(/[\r\n]+/g, ' ')}`,
    `  includes: [${JSON.stringify(rule)}]`,
  ]
    .map((line) => `${indent}${line}\n`)
    .join('');
  const head = /^tests:[ \t]*(?:#.*)?\r?\n/m.exec(suite);
  if (head === null) return `${suite.trimEnd()}${suite.trim() === '' ? '' : '\n\n'}tests:\n${test}`;
  const at = head.index + head[0].length;
  return suite.slice(0, at) + test + suite.slice(at);
}

function freeName(suite: string, name: string): string {
  for (let n = 2; ; n++) {
    const tried = n === 2 ? name : `${name} (${n - 1})`;
    if (!suite.includes(JSON.stringify(tried))) return tried;
  }
}
