// The sources of a session: opened one after the other, read side by side, ended together
// (spec: cli-and-config.md §4.3, §5.3). Answers to falco's process_events.

import { toBytes } from '../../bytes.js';
import { definePlugin } from '../../plugins/plugin.js';
import { createCalmLog } from '../../sources/calm-log.js';
import { createDrops } from '../../sources/drops.js';
import { Failure } from '../host.js';
import { SYSCALL } from '../load/plugins.js';
import { sayForgotten } from './correlations.js';
import { createDropAlerts } from './drop-alerts.js';
import type { Incarnation } from './incarnation.js';
import { describeError } from './loaded.js';
import { type RunningSource, type SourceEnd, startSource } from './source-runner.js';
import { openSources, planSources, type SourcePlan } from './sources.js';
import type { Session } from './state.js';

/** Opens the sources that do not run yet. */
export async function startSources(session: Session): Promise<void> {
  const { incarnation, running } = session;
  const { loaded } = incarnation;
  const { log, engine, enabled } = loaded;
  log.write('info', `Loaded event sources: ${engine.sources.join(', ')}`);
  log.write('info', `Enabled event sources: ${enabled.join(', ')}`);
  if (enabled.includes(SYSCALL)) {
    log.write(
      'warning',
      "Enabled event source 'syscall' will be opened with no driver, no event will be produced",
    );
  }
  for (const plan of planSources(loaded)) {
    log.write('debug', `Opening event source '${plan.name}'`);
    log.write('info', `Opening '${plan.name}' source with ${plan.how}`);
    log.libs('info', 'Trying to open the right engine!');
    if (session.stopping) return;
    if (running.has(plan.name)) continue;
    try {
      await start(session, plan);
    } catch (error) {
      fail(session, error, true);
      return;
    }
  }
  // Else the first batch of one that commits says when what the run before has left is this process's.
  if (![...running.values()].some(({ commits }) => commits)) await beginCorrelations(incarnation);
  else if (incarnation.correlator.isActive()) sayForgotten(loaded);
  session.opened = true;
}

/** @throws Failure where their state cannot be read */
async function beginCorrelations({ correlator }: Incarnation): Promise<void> {
  if (!correlator.isActive()) return;
  await correlator.begin().catch((error: unknown) => {
    throw new Failure(describeError(error));
  });
}

async function start(session: Session, plan: SourcePlan): Promise<void> {
  const { incarnation, running } = session;
  const { loaded } = incarnation;
  const cpuStart = loaded.host.cpuSeconds();
  const alerts = createDropAlerts(plan.name, (alert) => session.incarnation.send(alert));
  const calm = createCalmLog((_level, message) => loaded.log.plugin(plan.plugin, message));
  const drops = createDrops({
    onDrop: (reason, count) => {
      if (session.incarnation.loaded.config.tsfalco.alertOnDrop) alerts.add(reason, count);
    },
    onTruncated: () => calm('warning', TRUNCATED),
  });
  const source = startSource({
    sources: await openSources(plan, loaded, drops),
    drops,
    plugin: plan.started?.plugin ?? NO_PLUGIN,
    settings: plan.started?.settings,
    identity: plan.identity,
    target: incarnation.target(plan.name),
    log: (_level, message) => loaded.log.plugin(plan.plugin, message),
    report: (level, line) => loaded.log.write(level, toBytes(line)),
    seconds: loaded.options.duration,
  });
  running.set(plan.name, source);
  void source.done.then((end) => {
    alerts.settle();
    onEnd(session, plan.name, source, end, cpuStart);
  });
}

const NO_PLUGIN = definePlugin({ name: '', version: '', description: '', contact: '' });

const TRUNCATED =
  'events come without the requestObject and responseObject that the API server cut out (audit.k8s.io/truncated)';

function onEnd(
  session: Session,
  name: string,
  source: RunningSource,
  end: SourceEnd,
  cpuStart: number,
): void {
  const { incarnation, running } = session;
  const { log, options, host } = incarnation.loaded;
  if (options.verbose) {
    const seconds = host.cpuSeconds() - cpuStart;
    const events = incarnation.events(name);
    const rate = (events / seconds).toFixed(2);
    host.error(`(${name}) Elapsed time: ${seconds.toFixed(3)}, Captured Events: ${events}, ${rate} eps`);
  }
  if (name === SYSCALL) {
    host.error('Syscall event drop monitoring:');
    host.error('   - event drop detected: 0 occurrences');
    host.error('   - num times actions taken: 0');
  }
  log.write('debug', `Stopping capture for event source '${name}'`);
  if (!end.ok) fail(session, end.error, false);
  if (running.get(name) === source) running.delete(name);
  endIfIdle(session);
}

/** One source's fault ends them all. */
function fail(session: Session, error: unknown, whileOpening: boolean): void {
  const { loaded } = session.incarnation;
  session.faults.push(describeError(error));
  if (whileOpening || loaded.enabled.length > 1) {
    loaded.log.write('info', 'An error occurred in an event source, forcing termination...');
  }
  stopSources(session);
}

export function stopSources(session: Session): void {
  session.stopping = true;
  session.incarnation.hurry();
  for (const source of session.running.values()) source.stop();
}

/** Nothing runs and nothing is about to: the end. */
export function endIfIdle(session: Session): void {
  if (session.running.size === 0 && !session.busy) session.finish();
}
