// What lint says, as a list: each entry leads to its place, and offers what puts it right.

import { el, grouped, shown } from './dom.js';
import type { Fix, Problem } from './project.js';

export interface ProblemActions {
  goTo(problem: Problem): void;
  apply(fix: Fix): void;
}

const MOST = 200;
const LEVELS = { error: 'worst', warning: 'warning', note: 'notice' } as const;

export function showProblems(
  panel: HTMLElement,
  problems: readonly Problem[],
  { goTo, apply }: ProblemActions,
): void {
  const items = problems
    .slice(0, MOST)
    .map((problem) =>
      el(
        'li',
        {},
        el('span', { class: LEVELS[problem.level] }, problem.level),
        ' ',
        el('button', { type: 'button', class: 'link', onclick: () => goTo(problem) }, `line ${problem.line}`),
        ` ${shown(problem.message)} `,
        el('span', { class: 'quiet' }, problem.id),
        ...problem.fixes.flatMap((fix) => [
          ' ',
          el('button', { type: 'button', onclick: () => apply(fix) }, shown(fix.title)),
        ]),
      ),
    );
  const more = problems.length - MOST;
  panel.replaceChildren(
    problems.length === 0
      ? el('p', { class: 'note' }, 'Nothing to say about these rules.')
      : el('ul', { class: 'problems' }, ...items),
    ...(more > 0 ? [el('p', { class: 'note' }, `and ${grouped(more)} more`)] : []),
  );
}
