import { expect, it, onTestFinished, vi } from 'vitest';
import {
  type Admission,
  createRooms,
  type Guest,
  type RoomOptions,
} from '../../../src/sources/webhook/rooms.js';

function roomsOf(...rooms: readonly RoomOptions[]) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { enter, upTo } = createRooms(rooms, 5000);
  const dropped: string[] = [];
  const come = (bytes: number, from: string): Admission | Promise<Admission | undefined> => {
    let place: Admission | undefined;
    const onDropped = (): void => {
      dropped.push(from);
      place?.leave();
    };
    const guest: Guest = { bytes, from, onDropped };
    const entered = enter(guest);
    if (!(entered instanceof Promise)) place = entered;
    return entered;
  };
  return { come, upTo, dropped };
}

const isHere = (entered: Admission | Promise<Admission | undefined>): entered is Admission =>
  !(entered instanceof Promise);

it('a full room lets the body go that is under way longest, of the address that holds most', () => {
  const { come, dropped } = roomsOf({ upTo: 4, bytes: 12, graceMs: 0 });
  for (const from of ['honest', 'attacker', 'attacker']) expect(isHere(come(4, from))).toBe(true);
  expect(isHere(come(4, 'newcomer'))).toBe(true);
  expect(dropped).toEqual(['attacker']);
});

it('a body has its time before it must make room, and the next one waits for that', async () => {
  const { come, dropped } = roomsOf({ upTo: 4, bytes: 4, graceMs: 1000 });
  come(4, 'first');
  const next = come(4, 'next');
  expect(isHere(next)).toBe(false);
  await vi.advanceTimersByTimeAsync(900);
  expect(dropped).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(dropped).toEqual(['first']);
  expect(await next).toBeDefined();
});

it('a body that has come need not make room; who waits is told that there is none', async () => {
  const { come, dropped } = roomsOf({ upTo: 4, bytes: 4, graceMs: 0 });
  const first = come(4, 'first');
  if (isHere(first)) first.keep();
  const next = come(4, 'next');
  await vi.advanceTimersByTimeAsync(5000);
  expect(await next).toBeUndefined();
  expect(dropped).toEqual([]);
});

it('a place that is left is taken by who waits longest', async () => {
  const { come } = roomsOf({ upTo: 4, bytes: 4, graceMs: 10_000 });
  const first = come(4, 'first');
  const [second, third] = [come(4, 'second'), come(4, 'third')];
  if (isHere(first)) first.leave();
  const place = await second;
  expect(place).toBeDefined();
  place?.leave();
  expect(await third).toBeDefined();
});

it('small bodies have a room of their own', () => {
  const { come, upTo, dropped } = roomsOf(
    { upTo: 4, bytes: 8, graceMs: 0 },
    { upTo: 100, bytes: 100, graceMs: 10_000 },
  );
  expect(isHere(come(100, 'attacker'))).toBe(true);
  expect(isHere(come(100, 'attacker'))).toBe(false);
  expect(isHere(come(3, 'honest'))).toBe(true);
  expect([upTo(3), upTo(5)]).toEqual([4, 100]);
  expect(dropped).toEqual([]);
});
