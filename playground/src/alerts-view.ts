// Alerts as a list: each opens to the reasons and the event. Above it, how the events stand to the rule at the cursor.

import { count, el, grouped, shown, shownLines } from './dom.js';
import type { Evaluated, Row } from './evaluate.js';
import type { GivenEvent } from './sources.js';
import type { RuleView } from './workbench.js';

export interface AlertsView {
  show(evaluated: Evaluated, eventOf: (at: number) => GivenEvent | undefined, again: boolean): void;
  showRule(name: string | undefined, view: RuleView | undefined): void;
}

const MOST_SHOWN = 100;
const MOST_RULES = 12;

/** @param onTest hears of an alert that is to become a test */
export function createAlertsView(panel: HTMLElement, onTest: (row: Row) => void): AlertsView {
  const rule = el('div', { class: 'at-cursor' });
  const list = el('div');
  panel.replaceChildren(rule, list);
  /** The rule that the list is narrowed to. */
  let only: string | undefined;
  const opened = new Set<string>();
  const ruleOpen = { is: true };

  function draw(evaluated: Evaluated, eventOf: (at: number) => GivenEvent | undefined): void {
    const { rows, ruleset, report, faults } = evaluated;
    if (ruleset === undefined) {
      list.replaceChildren(el('p', {}, 'The rules do not load:'), el('pre', {}, shownLines(report)));
      return;
    }
    const wanted = only === undefined ? rows : rows.filter(({ alert }) => alert.rule === only);
    const more = wanted.length - MOST_SHOWN;
    const redraw = (name: string | undefined): void => {
      only = name;
      draw(evaluated, eventOf);
    };
    list.replaceChildren(
      ...(faults.length === 0 ? [] : [faultList(faults)]),
      ...(rows.length > 1 ? [ruleButtons(rows, only, redraw)] : []),
      ...wanted.slice(0, MOST_SHOWN).map((row) => alertItem(row, { evaluated, eventOf, onTest, opened })),
      ...(more > 0 ? [el('p', { class: 'note' }, `and ${count(more, 'more alert')}`)] : []),
      ...(rows.length === 0 && faults.length === 0 ? [el('p', { class: 'note' }, nothing(evaluated))] : []),
    );
  }

  return {
    show(evaluated, eventOf, again) {
      if (!again || !evaluated.rows.some(({ alert }) => alert.rule === only)) only = undefined;
      draw(evaluated, eventOf);
    },
    showRule(name, view) {
      const none = name === undefined || view?.event === undefined;
      rule.replaceChildren(...(none ? [] : [ruleItem(name, view, ruleOpen)]));
    },
  };
}

const nothing = ({ events }: Evaluated): string =>
  events === 0 ? 'There are no events yet: paste some, or drop a file.' : 'No event meets a rule.';

const faultList = (faults: readonly string[]): HTMLElement =>
  el('ul', { class: 'faults' }, ...faults.map((fault) => el('li', {}, shown(fault))));

/** A button a rule with the number of its alerts, the most frequent first; each narrows the list. */
function ruleButtons(
  rows: readonly Row[],
  only: string | undefined,
  narrow: (name: string | undefined) => void,
): HTMLElement {
  const counts = new Map<string, number>();
  for (const { alert } of rows) counts.set(alert.rule, (counts.get(alert.rule) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_RULES);
  return el(
    'div',
    { class: 'by-rule', role: 'group', 'aria-label': 'Show the alerts of one rule' },
    ...sorted.map(([name, n]) =>
      el(
        'button',
        {
          type: 'button',
          'aria-pressed': String(name === only),
          onclick: () => narrow(name === only ? undefined : name),
        },
        `${shown(name)} `,
        el('b', {}, grouped(n)),
      ),
    ),
  );
}

const LEVELS: Readonly<Record<string, string>> = {
  Emergency: 'worst',
  Alert: 'worst',
  Critical: 'worst',
  Error: 'worst',
  Warning: 'warning',
  Notice: 'notice',
};

interface ItemOptions {
  readonly evaluated: Evaluated;
  readonly eventOf: (at: number) => GivenEvent | undefined;
  readonly onTest: (row: Row) => void;
  /** Alerts that somebody has open, which stay so while he types. */
  readonly opened: Set<string>;
}

function alertItem(row: Row, { evaluated, eventOf, onTest, opened }: ItemOptions): HTMLElement {
  const { alert, event } = row;
  const { ruleset } = evaluated;
  const key = `${event} ${alert.rule}`;
  const item = el(
    'details',
    { class: 'alert', open: opened.has(key) },
    el(
      'summary',
      {},
      el('span', { class: LEVELS[alert.priority] ?? 'quiet' }, alert.priority),
      ' ',
      el('strong', {}, shown(alert.rule)),
      el('span', { class: 'quiet' }, ` event ${event + 1}`),
      el('span', { class: 'message' }, shown(alert.message)),
    ),
  );
  item.addEventListener('toggle', () => {
    if (item.open) opened.add(key);
    else opened.delete(key);
    if (!item.open || item.childElementCount > 1) return;
    const given = eventOf(event);
    if (given === undefined) return;
    const { text, plugin } = given;
    const reasons = ruleset!.explain(alert.rule, text, { plugin }).find(({ matches }) => matches);
    item.append(
      el('pre', { tabindex: '0', 'aria-label': 'Why' }, shownLines(reasons?.text ?? '')),
      el('button', { type: 'button', onclick: () => onTest(row) }, 'Make a test of it'),
      el('pre', { tabindex: '0', 'aria-label': 'The event' }, prettyEvent(text)),
    );
  });
  return item;
}

export function prettyEvent(text: string): string {
  try {
    return shownLines(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return shownLines(text);
  }
}

function ruleItem(name: string, view: RuleView, open: { is: boolean }): HTMLElement {
  const says = view.matches
    ? `: met by ${count(view.matching, 'event')}, first by event ${view.event! + 1}`
    : `: met by no event. Event ${view.event! + 1} comes nearest`;
  const item = el(
    'details',
    { open: open.is },
    el('summary', {}, el('span', { class: 'quiet' }, 'At the cursor '), el('strong', {}, shown(name)), says),
    el('pre', { tabindex: '0', 'aria-label': `Why, for ${shown(name)}` }, shownLines(view.text)),
  );
  item.addEventListener('toggle', () => {
    open.is = item.open;
  });
  return item;
}
