// How much work something is. Milliseconds of processor time of this process: unlike the clock's they hardly depend on what
// else the machine does, so that a bound of many times the usual tells work that grows without measure.

export function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
