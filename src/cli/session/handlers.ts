// What a session does on signals and on changes of its files (spec: cli-and-config.md §5.1, §5.2).
// Answers to falco's create_signal_handlers and restart_handler.

import { createReloader } from '../../reload/reloader.js';
import { createWatcher } from '../../reload/watcher.js';
import { Failure } from '../host.js';
import { runningRules } from '../load/correlations.js';
import { createIncarnation } from './incarnation.js';
import { endIfIdle, stopSources } from './live-sources.js';
import { type LoadedAgain, loadAgain } from './load-again.js';
import { checkOutputs, describeError, type Loaded } from './loaded.js';
import { planSources } from './sources.js';
import type { Session } from './state.js';

const CRITICAL = 2;
const RESTART_RULE = 'Falco internal: hot restart failure';

/** @param begin the part of a start that a restart repeats */
export function handleSignals(session: Session, begin: () => Promise<void>): void {
  const { host, log, options } = session.incarnation.loaded;
  const terminations: (() => void)[] = [];
  const terminate = (): void => {
    // A second signal finds its default action and ends the program at once.
    for (const stop of terminations) stop();
    if (session.stopping) return;
    log.write('info', 'SIGINT received, exiting...');
    session.deadline.start();
    stopSources(session);
    endIfIdle(session);
  };
  terminations.push(host.onSignal('SIGINT', terminate), host.onSignal('SIGTERM', terminate));
  session.reloader = createReloader<LoadedAgain>({
    dryRun: () => loadAgain(options, host, log),
    swap: (again) => restart(session, again, begin),
    onFailure: (error) =>
      session.incarnation.send({
        rule: RESTART_RULE,
        priority: CRITICAL,
        message: `${RESTART_RULE}: ${error}`,
        fields: {},
      }),
  });
  session.stopHandlers.push(
    ...terminations,
    host.onSignal('SIGHUP', () => session.reloader?.trigger()),
    host.onSignal('SIGUSR1', () => {
      log.write('info', 'SIGUSR1 received, reopening outputs...');
      session.incarnation.reopen().catch(() => {});
    }),
  );
}

/** Watches what a change of must lead to a restart. @throws Failure */
export function watchFiles(session: Session): void {
  const { config, rules, log } = session.incarnation.loaded;
  session.watcher?.close();
  session.watcher = undefined;
  if (!config.watchConfigFiles) return;
  try {
    session.watcher = createWatcher({
      files: [...config.files.map(({ name }) => name), ...rules.files.map(({ name }) => name)],
      directories: [...config.folders, ...rules.folders],
      onChange: () => session.reloader?.trigger(),
      log: (level, message) => log.write(level, message),
    });
  } catch (error) {
    throw new Failure(describeError(error));
  }
}

/** What was loaded anew takes over. @param begin opens whatever does not run yet */
async function restart(
  session: Session,
  { loaded, repeatLog }: LoadedAgain,
  begin: () => Promise<void>,
): Promise<void> {
  if (session.stopping) return;
  session.busy = true;
  try {
    loaded.log.write('info', 'SIGHUP received, restarting...');
    const old = session.incarnation;
    await exchange(session, loaded);
    session.opened = false;
    const { webserver } = loaded.config;
    // A certificate may have changed although its path has not.
    if (webserver.ssl || JSON.stringify(old.loaded.config.webserver) !== JSON.stringify(webserver)) {
      await session.webserver?.close();
      session.webserver = undefined;
    }
    const left = await old.handOver();
    await loaded.host.stdout.write(old.summary());
    repeatLog();
    checkOutputs(loaded);
    await session.incarnation.openOutputs(left);
    await begin();
  } catch (error) {
    session.faults.push(error instanceof Failure ? error.message : describeError(error));
    stopSources(session);
  }
  session.busy = false;
  endIfIdle(session);
}

/** Sources that stay as they are go on reading, and their next event meets the new rules; the others end. */
async function exchange(session: Session, loaded: Loaded): Promise<void> {
  const { correlator } = session.incarnation;
  const running = runningRules(loaded.rules.outcome, loaded.rules.selected, loaded.config, loaded.engine);
  correlator.use(running.set);
  const fresh = createIncarnation(loaded, { running, correlator }, session.incarnation);
  const plans = new Map(planSources(loaded).map((plan) => [plan.name, plan.identity]));
  const leaving = [...session.running].filter(([name, { identity }]) => plans.get(name) !== identity);
  for (const [, source] of leaving) source.stop();
  await Promise.all(leaving.map(([, source]) => source.done));
  session.incarnation = fresh;
  for (const [name, source] of session.running) source.use(fresh.target(name));
}
