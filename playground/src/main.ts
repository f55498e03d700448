// The page: rules and tests on one side, events on the other, and what comes of them.

import { gunzipSync } from 'fflate';
import { fromBytes } from '../../src/bytes.js';
import { useRuntime } from '../../src/core.js';
import { itemAt } from '../../src/language/outline.js';
import { createAlertsView } from './alerts-view.js';
import { ruleColours } from './colours.js';
import { byId, count, el, grouped } from './dom.js';
import { createEditor } from './editor.js';
import { type Evaluated, nextTurn } from './evaluate.js';
import { createEventsSide } from './events-side.js';
import { BASE_RULES, EXAMPLES } from './examples.js';
import { markProblems, rulesLanguage } from './language.js';
import { withTest } from './make-test.js';
import { showProblems } from './problems-view.js';
import { createRulesProject, type Fix, type Problem } from './project.js';
import { createRun } from './run.js';
import { fromFragment, toFragment } from './share.js';
import type { PlaygroundState } from './state.js';
import { createTabs } from './tabs.js';
import { runTests, showTests } from './tests-view.js';
import { showTimeline } from './timeline-view.js';
import type { Closer } from './workbench.js';

useRuntime({ gunzip: unpackRecord });

function unpackRecord(packed: Uint8Array, most: number): Uint8Array | undefined {
  try {
    const plain = gunzipSync(packed);
    return plain.length <= most ? plain : undefined;
  } catch {
    return undefined;
  }
}

const base = byId<HTMLInputElement>('base');
const all = byId<HTMLInputElement>('all');
const shared = byId('shared');
const project = createRulesProject();
let closer: Closer | undefined;
let lastRules = '';

const rules = createEditor(byId('rules'), {
  label: 'Rules',
  hint: 'Rules, as in a rules file of Falco.',
  wrap: true,
  extensions: [ruleColours, rulesLanguage(project)],
  onChange: () => run.again(),
});
const suite = createEditor(byId('suite'), {
  label: 'Tests',
  hint: 'Tests of the rules, as tsfalco test runs them.',
  wrap: true,
  extensions: [ruleColours],
  onChange: () => run.again(),
});
const events = createEventsSide(() => run.again());
const writing = createTabs(['rules', 'suite']);
const RESULTS = ['alerts', 'problems', 'verdicts', 'timeline'];
const results = createTabs(RESULTS);
// They scroll, also where nothing in them takes the focus.
for (const panel of RESULTS) byId(panel).tabIndex = 0;
const alerts = createAlertsView(byId('alerts'), ({ alert, event }) => {
  suite.setText(withTest(suite.text(), alert.rule, events.events()[event]?.text ?? ''));
  writing.show('suite');
  run.again();
});

const run = createRun({
  input: () => ({
    rules: [...(base.checked ? [BASE_RULES] : []), { name: 'rules.yaml', content: rules.text() }],
    events: events.events(),
    all: all.checked,
  }),
  onStart: () => byId('results').setAttribute('aria-busy', 'true'),
  onAlerts: showAlerts,
  async onRest(made, isStale) {
    for (const step of restOf(made)) {
      step();
      await nextTurn();
      if (isStale()) return;
    }
    byId('results').setAttribute('aria-busy', 'false');
  },
});

function label(panel: string, text: string, n: number | string): void {
  byId(`tab-${panel}`).textContent =
    n === 0 || n === '' ? text : `${text} ${typeof n === 'number' ? grouped(n) : n}`;
}

function showAlerts(evaluated: Evaluated): void {
  const { rows, events: n, milliseconds, ruleset } = evaluated;
  const given = events.events();
  alerts.show(evaluated, (at) => given[at], rules.text() === lastRules);
  lastRules = rules.text();
  label('alerts', 'Alerts', rows.length);
  byId('summary').textContent =
    ruleset === undefined
      ? 'The rules do not load.'
      : `${count(rows.length, 'alert')} from ${count(n, 'event')} by ${count(ruleset.rules.length, 'rule')}, in ${Math.round(milliseconds)} ms`;
}

/** What takes longer than alerts, one after the other, so that keys are heard in between. */
const restOf = (made: Closer | undefined): readonly (() => void)[] => [
  () => {
    closer = made;
    showRuleAtCursor();
  },
  () => {
    const problems = project.problems(rules.view.state.doc);
    markProblems(rules.view, problems);
    showProblems(byId('problems'), problems, { goTo, apply });
    label('problems', 'Problems', problems.length);
  },
  () => {
    const given = [...(base.checked ? [BASE_RULES] : []), { name: 'rules.yaml', content: rules.text() }];
    const outcome = runTests(suite.text(), given);
    showTests(byId('verdicts'), outcome);
    const { passed, failed, fault } = outcome;
    label('verdicts', 'Tests', fault !== undefined ? '!' : failed > 0 ? `${failed} failed` : passed);
  },
  () => {
    const { hasCorrelations = false } = made ?? {};
    const fired = showTimeline(
      byId('timeline'),
      hasCorrelations && made !== undefined ? made.correlations() : [],
      hasCorrelations,
    );
    label('timeline', 'Correlations', fired);
  },
];

function showRuleAtCursor(): void {
  const { doc, selection } = rules.view.state;
  const { outline } = project.document(doc);
  const item = itemAt(outline, doc.lineAt(selection.main.head).number - 1);
  const name = item?.kind === 'rule' ? fromBytes(item.name) : undefined;
  alerts.showRule(name, name === undefined ? undefined : closer?.rule(name));
}

function goTo({ from, to }: Problem): void {
  writing.show('rules');
  rules.view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
  rules.view.focus();
}

function apply({ changes }: Fix): void {
  rules.view.dispatch({ changes });
}

function state(): PlaygroundState {
  return {
    rules: rules.text(),
    events: events.text(),
    suite: suite.text(),
    base: base.checked,
    all: all.checked,
  };
}

function open(given: PlaygroundState): void {
  base.checked = given.base;
  all.checked = given.all;
  rules.setText(given.rules, '- rule: ');
  suite.setText(given.suite);
  events.setText(given.events);
  project.setBase(given.base ? BASE_RULES.content : undefined);
  run.now();
}

/** More than that, and chats and mail programs cut a link. */
const LONG_LINK = 8000;

async function share(): Promise<void> {
  history.replaceState(null, '', await toFragment(state()));
  const link = location.href;
  const without = events.files();
  const notes = [
    (await copied(link)) ? 'The link is copied.' : 'The link is in the address bar.',
    ...(without.length > 0 ? [`The files are not in it: ${without.join(', ')}.`] : []),
    ...(link.length > LONG_LINK
      ? [`It is ${Math.ceil(link.length / 1000)} kB long; some programs cut that.`]
      : []),
  ];
  shared.textContent = notes.join(' ');
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not allowed, or not served over HTTPS.
    return false;
  }
}

async function openLink(): Promise<boolean> {
  try {
    const given = await fromFragment(location.hash);
    if (given === undefined) return false;
    open(given);
    return true;
  } catch (error) {
    shared.textContent = error instanceof Error ? error.message : String(error);
    return false;
  }
}

const choice = byId<HTMLSelectElement>('example');
choice.append(...EXAMPLES.map(({ title }, at) => el('option', { value: String(at) }, title)));
choice.addEventListener('change', () => {
  shared.textContent = '';
  history.replaceState(null, '', location.pathname);
  open(EXAMPLES[Number(choice.value)]!.state());
});
base.addEventListener('change', () => {
  project.setBase(base.checked ? BASE_RULES.content : undefined);
  run.again();
});
all.addEventListener('change', run.again);
byId('share').addEventListener('click', () => void share());
byId('rules').addEventListener('keyup', showRuleAtCursor);
byId('rules').addEventListener('click', showRuleAtCursor);
window.addEventListener('hashchange', () => void openLink());
results.show('alerts');
void openLink().then((opened) => {
  if (!opened) open(EXAMPLES[0]!.state());
});
