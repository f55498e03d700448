// The script of a report: unpacks the data and draws. Everything from the log is put in as text, never as HTML.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';
const ROWS = 100;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const byId = (id) => document.getElementById(id);
/** As in a terminal: nothing that is invisible or turns the line. */
const shown = (text) => text.replace(UNSEEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
const lines = (text) => text.split('\n').map(shown).join('\n');
const classOf = (level) => (level <= 3 ? 'worst' : level === 4 ? 'warning' : 'notice');
const clock = (time) => new Date(time).toISOString().replace('T', ' ').slice(0, 19);
const grouped = (n) => n.toLocaleString('en-US');

function make(tag, props = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'class') element.className = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

const put = (id, ...inside) => byId(id).replaceChildren(...inside);
const cell = (text, kind = '') => make('td', kind ? { class: kind } : {}, text);

/** A table that scrolls by itself, for the keyboard too. */
function table(label, heads, rows, kind = '') {
  const head = heads.map((text) => make('th', { scope: 'col', ...(/^(?:Count|Times)$/.test(text) && { class: 'number' }) }, text));
  const body = make('tbody', {}, ...rows);
  return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Table: ${label}` },
    make('table', { class: kind }, make('thead', {}, make('tr', {}, ...head)), body));
}

async function unpack() {
  const bytes = Uint8Array.from(atob(byId('data').textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

function open(data) {
  const { columns, values, rules, alerts } = data;
  let time = 0;
  const times = columns.time.map((delta) => (time += delta));
  const all = times.length;
  const [first, last] = all ? [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))] : [0, 0];
  const BUCKETS = 120;
  const width = Math.max(1, Math.ceil((last - first + 1) / BUCKETS));
  const bucketOf = (at) => Math.min(BUCKETS - 1, Math.floor((at - first) / width));
  const alertsOf = new Map();
  for (const [number, alert] of alerts.entries()) {
    if (!alertsOf.has(alert.event)) alertsOf.set(alert.event, []);
    alertsOf.get(alert.event).push(number);
  }
  const state = { from: 0, to: BUCKETS - 1, levels: new Set([0, 1, 2, 3, 4, 5, 6, 7]), who: '' };
  const value = (column, row) => values[column][columns[column][row]];

  // What is in the chosen span.
  const start = () => first + state.from * width;
  const end = () => first + (state.to + 1) * width;
  const inSpan = (at) => at >= start() && at < end();
  const rowsIn = () => {
    const user = state.who === '' ? -1 : values.user.indexOf(state.who);
    const found = [];
    for (let row = 0; row < all; row++)
      if (inSpan(times[row]) && (state.who === '' || columns.user[row] === user)) found.push(row);
    return found;
  };
  const alertsIn = () =>
    alerts.filter(({ rule, time: at, event }) => inSpan(at) && state.levels.has(rules[rule].level) &&
      (state.who === '' || (event >= 0 && value('user', event) === state.who)));

  const userButton = (user) =>
    user === '' ? make('span', { class: 'quiet' }, 'nobody') :
      make('button', { type: 'button', class: 'link', 'aria-label': `Show the path of ${shown(user)}`, onclick: () => choose(user) }, shown(user));

  function choose(user) {
    state.who = user;
    byId('who').value = user;
    draw();
    byId('h-path').focus();
  }

  function timeline() {
    const [W, H] = [1200, 160];
    const events = new Array(BUCKETS).fill(0);
    for (let row = 0; row < all; row++) events[bucketOf(times[row])]++;
    const stacks = Array.from({ length: BUCKETS }, () => ({ worst: 0, warning: 0, notice: 0 }));
    for (const { rule, time: at } of alerts)
      if (state.levels.has(rules[rule].level)) stacks[bucketOf(at)][classOf(rules[rule].level)]++;
    const most = Math.max(1, ...stacks.map((s) => s.worst + s.warning + s.notice));
    const mostEvents = Math.max(1, ...events);
    const svg = document.createElementNS(SVG, 'svg');
    const label = `${grouped(data.alertCount)} alerts from ${clock(first)} to ${clock(last)}; at most ${most} in a bar`;
    for (const [k, v] of Object.entries({ viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label })) svg.setAttribute(k, v);
    const rect = (x, y, w, h, kind) => {
      const box = document.createElementNS(SVG, 'rect');
      for (const [k, v] of Object.entries({ x, y, width: w, height: h, class: kind })) box.setAttribute(k, v);
      svg.append(box);
    };
    const step = W / BUCKETS;
    const room = H;
    for (let n = 0; n < BUCKETS; n++) {
      const high = (events[n] / mostEvents) * room * 0.9;
      rect(n * step, room - high, step - 1, high, 'events');
      let y = room;
      for (const kind of ['worst', 'warning', 'notice']) {
        const part = stacks[n][kind] === 0 ? 0 : Math.max(2, (stacks[n][kind] / most) * room * 0.9);
        y -= part;
        if (part > 0) rect(n * step + 1, y, step - 3, part, kind);
      }
    }
    if (state.from > 0 || state.to < BUCKETS - 1) rect(state.from * step, 0, (state.to - state.from + 1) * step, room, 'brush');
    const bucketAt = (event) => {
      const box = svg.getBoundingClientRect();
      return Math.max(0, Math.min(BUCKETS - 1, Math.floor(((event.clientX - box.left) / box.width) * BUCKETS)));
    };
    svg.addEventListener('pointerdown', (event) => {
      const anchor = bucketAt(event);
      const move = (e) => {
        const at = bucketAt(e);
        [state.from, state.to] = [Math.min(anchor, at), Math.max(anchor, at)];
        showSpan();
      };
      const up = (e) => {
        move(e);
        removeEventListener('pointerup', up);
        removeEventListener('pointermove', move);
        draw();
      };
      addEventListener('pointermove', move);
      addEventListener('pointerup', up);
    });
    const ends = [first, (first + last) / 2, last].map((at) => make('span', {}, clock(at)));
    put('timeline', svg, make('div', { class: 'axis quiet' }, ...ends));
  }

  function showSpan() {
    byId('from').value = state.from;
    byId('to').value = state.to;
    byId('from-text').textContent = clock(start());
    byId('to-text').textContent = clock(Math.min(last, end()));
  }

  function ruleTable(found) {
    const byRule = new Map();
    for (const alert of found) {
      const entry = byRule.get(alert.rule) ?? { count: 0, first: alert.time, last: alert.time, users: new Map() };
      byRule.set(alert.rule, entry);
      entry.count++;
      entry.first = Math.min(entry.first, alert.time);
      entry.last = Math.max(entry.last, alert.time);
      const user = alert.event < 0 ? '' : value('user', alert.event);
      entry.users.set(user, (entry.users.get(user) ?? 0) + 1);
    }
    const sorted = [...byRule].sort(([a, x], [b, y]) => rules[a].level - rules[b].level || y.count - x.count);
    const rows = sorted.map(([rule, entry]) => {
      const [user, times_] = [...entry.users].reduce((a, b) => (b[1] > a[1] ? b : a));
      return make('tr', {},
        cell(rules[rule].priority, classOf(rules[rule].level)),
        make('th', { scope: 'row' }, shown(rules[rule].name), make('div', { class: 'quiet' }, shown(rules[rule].description))),
        cell(grouped(entry.count), 'number'), cell(clock(entry.first), 'time'), cell(clock(entry.last), 'time'),
        make('td', {}, userButton(user), ` ${grouped(times_)}`));
    });
    put('rules', rows.length ? table('Rules with alerts', ['Priority', 'Rule', 'Count', 'First', 'Last', 'Most by'], rows) : 'No alerts here.');
  }

  const count = (rows, of) => {
    const counts = new Map();
    for (const row of rows) counts.set(of(row), (counts.get(of(row)) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  };

  function heat(element, part) {
    if (part > 0) element.style.backgroundColor = `rgba(var(--heat), ${(0.08 + part * 0.42).toFixed(2)})`;
    return element;
  }

  function matrix(rows) {
    const what = (row) => `${value('verb', row)} ${value('resource', row) || '(no resource)'}`;
    const users = count(rows, (row) => value('user', row)).slice(0, 15).map(([user]) => user);
    const whats = count(rows, what).slice(0, 10).map(([name]) => name);
    const cells = new Map(count(rows, (row) => `${value('user', row)}\0${what(row)}`));
    const most = Math.max(1, ...users.flatMap((user) => whats.map((name) => cells.get(`${user}\0${name}`) ?? 0)));
    const lines_ = users.map((user) =>
      make('tr', {}, make('th', { scope: 'row' }, userButton(user)),
        ...whats.map((name) => {
          const n = cells.get(`${user}\0${name}`) ?? 0;
          return heat(cell(n ? grouped(n) : '', 'number'), Math.log1p(n) / Math.log1p(most));
        })));
    put('matrix', table('Users and what they did', ['User', ...whats.map(shown)], lines_, 'heat'));
  }

  function bars(id, label, column, rows, link) {
    const counts = count(rows, (row) => value(column, row)).slice(0, 12);
    const most = counts[0]?.[1] ?? 1;
    const lines_ = counts.map(([name, n]) => {
      const fill = make('span', { class: 'fill' });
      fill.style.width = `${(n / most) * 100}%`;
      return make('tr', {}, make('th', { scope: 'row' }, link ? userButton(name) : shown(name) || 'none'), cell(grouped(n), 'number'), make('td', { class: 'bar' }, fill));
    });
    put(id, table(label, [link ? 'User' : 'Address', 'Count', 'Share'], lines_, 'bars'));
  }

  function hours(rows) {
    const days = new Map();
    for (const row of rows) {
      const iso = new Date(times[row]).toISOString();
      const day = days.get(iso.slice(0, 10)) ?? new Array(24).fill(0);
      day[Number(iso.slice(11, 13))]++;
      days.set(iso.slice(0, 10), day);
    }
    const sorted = [...days].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-62);
    const most = Math.max(1, ...sorted.flatMap(([, day]) => day));
    const lines_ = sorted.map(([day, counts]) =>
      make('tr', {}, make('th', { scope: 'row' }, day), ...counts.map((n) => heat(cell(n ? grouped(n) : ''), n / most))));
    put('hours', table('Events by day and hour', ['Day', ...Array.from({ length: 24 }, (_, n) => String(n).padStart(2, '0'))], lines_, 'heat'));
  }

  function denied(rows) {
    const codes = new Set(['401', '403']);
    const refused = rows.filter((row) => codes.has(value('code', row)));
    const counts = count(refused, (row) => [value('code', row), value('user', row), value('verb', row), value('resource', row), value('namespace', row)].join('\0'));
    const lines_ = counts.slice(0, ROWS).map(([key, n]) => {
      const [code, user, verb, resource, namespace] = key.split('\0');
      return make('tr', {}, cell(code), make('td', {}, userButton(user)), cell(shown(`${verb} ${resource}`)), cell(shown(namespace)), cell(grouped(n), 'number'));
    });
    put('denied', lines_.length ? table('Denied requests', ['Code', 'User', 'What', 'Namespace', 'Times'], lines_) : 'None here.');
  }

  function path(rows) {
    if (state.who === '') {
      put('path', 'Choose a user anywhere above to see all that he did, in order.');
      return;
    }
    const sorted = [...rows].sort((a, b) => times[a] - times[b]);
    const alerted = sorted.filter((row) => alertsOf.has(row)).length;
    const line = (row) => {
      const found = alertsOf.get(row) ?? [];
      const target = [value('namespace', row), value('name', row)].filter(Boolean).join('/');
      const marks = found.map((n) => make('div', { class: classOf(rules[alerts[n].rule].level) }, shown(rules[alerts[n].rule].name)));
      return make('tr', found.length ? { class: 'alerted' } : {}, cell(clock(times[row]), 'time'),
        cell(shown(`${value('verb', row)} ${value('resource', row)}`)), cell(shown(target)), cell(value('code', row)), cell(shown(value('source', row))), make('td', {}, ...marks));
    };
    const body = table(`What ${shown(state.who)} did`, ['Time', 'What', 'Target', 'Code', 'From', 'Alerts'], sorted.slice(0, ROWS).map(line));
    put('path', make('p', {}, `${shown(state.who)}: ${grouped(sorted.length)} events, ${grouped(alerted)} with alerts`), body, ...more(sorted, body, line));
  }

  /** A button that adds the next rows. */
  function more(all_, element, line) {
    let done = ROWS;
    if (all_.length <= done) return [];
    const body = element.querySelector('tbody') ?? element;
    const button = make('button', { type: 'button', onclick: () => {
      body.append(...all_.slice(done, done + ROWS).map(line));
      done += ROWS;
      if (done >= all_.length) button.remove();
      else button.textContent = `Show more of ${grouped(all_.length - done)}`;
    } }, `Show more of ${grouped(all_.length - done)}`);
    return [make('p', {}, button)];
  }

  function alertList(found) {
    const line = (alert) => {
      const rule = rules[alert.rule];
      const item = make('details', {}, make('summary', {}, `${clock(alert.time)} `,
        make('span', { class: classOf(rule.level) }, rule.priority), ` ${shown(rule.name)}`, make('div', { class: 'quiet' }, shown(alert.output))));
      item.addEventListener('toggle', () => {
        if (item.children.length > 1) return;
        const block = (title, text) => [make('h3', { class: 'quiet' }, title), make('pre', { tabindex: '0', 'aria-label': title }, lines(text))];
        const who = alert.event < 0 ? [] : [make('p', {}, 'By ', userButton(value('user', alert.event)))];
        item.append(...who, ...(alert.json === '' ? [make('p', { class: 'quiet' }, 'The events of the first alerts of each rule are in this report; this is a later one.')] :
          [...block('Why it matches', alert.why), ...block('Event', alert.json)]), ...block('Rule', `${rule.description}\n\n${rule.condition}`));
      });
      return item;
    };
    const box = make('div', {}, ...found.slice(0, ROWS).map(line));
    put('list', found.length ? box : 'No alerts here.', ...more(found, box, line));
  }

  function draw() {
    const [rows, found] = [rowsIn(), alertsIn()];
    timeline();
    showSpan();
    byId('scope').textContent = `${grouped(rows.length)} events and ${grouped(found.length)} alerts are shown.`;
    ruleTable(found);
    matrix(rows);
    bars('talkers', 'Busiest users', 'user', rows, true);
    bars('sources', 'Busiest addresses', 'source', rows, false);
    hours(rows);
    denied(rows);
    path(rows);
    alertList(found);
  }

  function controls() {
    for (const id of ['from', 'to']) {
      byId(id).max = BUCKETS - 1;
      byId(id).addEventListener('input', () => {
        const at = Number(byId(id).value);
        if (id === 'from') state.from = Math.min(at, state.to);
        else state.to = Math.max(at, state.from);
        showSpan();
      });
      byId(id).addEventListener('change', draw);
    }
    const levels = [...new Map(rules.map(({ level, priority }) => [level, priority]))].sort(([a], [b]) => a - b);
    for (const [level, priority] of levels) {
      const box = make('input', { type: 'checkbox', checked: '', onchange: () => {
        if (box.checked) state.levels.add(level);
        else state.levels.delete(level);
        draw();
      } });
      byId('priorities').append(make('label', {}, box, ' ', make('span', { class: classOf(level) }, priority)));
    }
    byId('users').append(...values.user.slice(0, 2000).map((user) => make('option', { value: user })));
    byId('who').addEventListener('change', () => {
      const user = byId('who').value;
      state.who = values.user.includes(user) ? user : '';
      draw();
    });
    byId('reset').addEventListener('click', () => {
      Object.assign(state, { from: 0, to: BUCKETS - 1, who: '' });
      byId('who').value = '';
      draw();
    });
  }

  const held = all < data.events ? ` The first ${grouped(all)} of them are in this report.` : '';
  const listed = alerts.length < data.alertCount ? ` The first ${grouped(alerts.length)} alerts are listed.` : '';
  byId('facts').textContent = `${grouped(data.events)} events from ${clock(first)} to ${clock(last)}, ${grouped(data.alertCount)} alerts of ${rules.length} rules.${held}${listed}${data.lost ? ` ${data.lost}.` : ''}`;
  controls();
  byId('main').hidden = false;
  draw();
}

unpack().then(open, (error) => {
  byId('facts').textContent = `The report cannot be opened: ${error.message}`;
});
