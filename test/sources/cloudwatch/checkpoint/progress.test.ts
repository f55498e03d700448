import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoint } from '../../../../src/sources/checkpoint/file.js';
import type { Checkpoint } from '../../../../src/sources/checkpoint/store.js';
import {
  createProgress,
  isProgressRecord,
  type ProgressRecord,
} from '../../../../src/sources/cloudwatch/checkpoint/progress.js';
import { SourceError } from '../../../../src/sources/source.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-progress-'));
  path = join(folder, 'p');
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = (group = 'g') =>
  createProgress({ path, group, file: createCheckpoint(path, isProgressRecord), caution: 240_000 });

describe('progress', () => {
  it('gives back the sum of what was saved, without what is settled, and stays small', async () => {
    const progress = open();
    expect(await progress.load()).toBeUndefined();
    await progress.begin(-20_000, true);
    expect(await open().load()).toMatchObject({ settled: -20_000, seen: [], guessed: true });
    for (let second = 0; second < 300; second++) {
      const ids = Array.from({ length: 200 }, (_, i) => second * 1000 + i);
      await progress.save([{ settled: (second - 10) * 1000 - 1, seen: [[second, ids]] }]);
    }
    const sum = await open().load();
    expect(sum?.settled).toBe(288_999);
    expect(sum?.seen.map(([second]) => second)).toEqual([
      289, 290, 291, 292, 293, 294, 295, 296, 297, 298, 299,
    ]);
    expect(statSync(path).size).toBeLessThan(300_000);
  });

  it('says whose a checkpoint is that is another group’s', async () => {
    await open('/aws/eks/blue/cluster').begin(5000, false);
    await expect(open('/aws/eks/green/cluster').load()).rejects.toThrow(
      `checkpoint ${path} belongs to log group /aws/eks/blue/cluster, not to /aws/eks/green/cluster: name another file for this cluster, or remove it`,
    );
  });

  it('knows its identities by the seed that they were made with', async () => {
    const progress = open();
    await progress.begin(5000, false);
    const again = open();
    expect(again.seed()).not.toBe(progress.seed());
    await again.load();
    expect(again.seed()).toBe(progress.seed());
    // Those of before there were seeds.
    writeFileSync(path, '{"group":"g","settled":5000,"seen":[[6,[1,2]]]}\n');
    const old = open();
    expect(await old.load()).toMatchObject({ settled: 5000, seen: [[6, [1, 2]]] });
    expect(old.seed()).toBe(0);
  });

  it('goes on without lines that are spoilt, says so, and heals the file', async () => {
    const progress = open();
    await progress.begin(5000, false);
    await progress.save([{ settled: 6000, seen: [[7, [1]]] }]);
    await progress.save([{ settled: 7000, seen: [[7, [2]]] }]);
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, text.replace('[7,[1]]', '[7,[9]]'), 'latin1');
    const second = open();
    const stored = await second.load();
    expect(stored).toMatchObject({ settled: 7000, seen: [[7, [2]]] });
    expect(stored?.warning).toBe(
      `checkpoint ${path}: line 2 cannot be read and left out; events of the last minutes may come again`,
    );
    await second.save([{ settled: 7100, seen: [[8, [3]]] }]);
    const healed = await open().load();
    expect(healed?.warning).toBeUndefined();
    expect(healed).toMatchObject({
      settled: 7100,
      seen: [
        [7, [2]],
        [8, [3]],
      ],
    });
  });

  it('believes no identities whose seed is lost with the first line', async () => {
    const progress = open();
    await progress.begin(5000, false);
    await progress.save([{ settled: 6000, seen: [[7, [1]]] }]);
    writeFileSync(path, readFileSync(path, 'latin1').replace('"settled":5000', '"settled":9999'), 'latin1');
    expect(await open().load()).toMatchObject({ settled: 6000, seen: [] });
  });

  it('begins well before the last write where nothing can be read, and loses nothing', async () => {
    writeFileSync(path, '\u0000\u0000\u0000');
    utimesSync(path, 1000, 1000);
    const stored = await open().load();
    expect(stored).toMatchObject({ settled: 1_000_000 - 240_000, seen: [], guessed: false });
    expect(stored?.warning).toMatch(
      /cannot be read; reading goes on at 1970-01-01T00:12:40.000Z, well before it was last written/,
    );
  });

  it('takes over no line of another group that was added to the file', async () => {
    await open().begin(5000, false);
    appendFileSync(path, '{"group":"h","settled":9000,"seen":[]}\n');
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, text.replace(/ +/, ''), 'latin1');
    await expect(open().load()).rejects.toThrow('belongs to log group h, not to g');
  });
});

describe('progress where the disk is full or the list of clusters changes', () => {
  const inMemory = () => {
    const records: ProgressRecord[] = [];
    const file = {
      full: false,
      long: false,
      records,
      load: async () => ({ records: [...records], bad: [], written: undefined }),
      append: async (record: ProgressRecord) => void records.push(fits(record)),
      replace: async (record: ProgressRecord) => void records.splice(0, records.length, fits(record)),
      remove: async () => void records.splice(0),
      isFull: () => file.long,
    };
    const fits = (record: ProgressRecord): ProgressRecord => {
      if (file.full) throw new SourceError('full', { retryable: true });
      return record;
    };
    return file;
  };
  const progressIn = (file: Checkpoint<ProgressRecord>, group: string, former?: Checkpoint<ProgressRecord>) =>
    createProgress({ path, group, file, former, caution: 1000 });

  it('never adds to a start that was only guessed', async () => {
    const file = inMemory();
    const progress = progressIn(file, 'g');
    await progress.begin(9000, true);
    file.full = true;
    await expect(progress.begin(1000, false)).rejects.toThrow('full');
    await expect(progress.save([{ settled: 1500, seen: [[1, [7]]] }])).rejects.toThrow('full');
    expect(await progressIn(file, 'g').load()).toMatchObject({ settled: 9000, seen: [], guessed: true });
    file.full = false;
    await progress.save([{ settled: 1500, seen: [[1, [7]]] }]);
    expect(await progressIn(file, 'g').load()).toMatchObject({
      settled: 1500,
      seen: [[1, [7]]],
      guessed: false,
    });
  });

  it('has noted what it could add, also where the file cannot be written anew', async () => {
    const file = inMemory();
    const progress = progressIn(file, 'g');
    await progress.begin(1000, false);
    file.long = true;
    file.replace = async () => {
      throw new SourceError('full', { retryable: true });
    };
    await progress.save([{ settled: 1500, seen: [[1, [7]]] }]);
    expect(file.records).toHaveLength(2);
  });

  it('takes over the file of before, once, if it is the same group’s', async () => {
    const former = inMemory();
    const own = inMemory();
    const before = progressIn(former, 'g');
    await before.begin(1000, false);
    await before.save([{ settled: 2000, seen: [[2, [5]]] }]);
    expect(await progressIn(inMemory(), 'other', former).load()).toBeUndefined();
    const sum = { settled: 2000, seen: [[2, [5]]], guessed: false };
    const after = progressIn(own, 'g', former);
    expect(await after.load()).toMatchObject(sum);
    expect(after.seed()).toBe(before.seed());
    expect(former.records).toEqual([]);
    expect(await progressIn(own, 'g', former).load()).toMatchObject(sum);
  });
});
