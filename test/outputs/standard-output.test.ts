import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStandardOutput } from '../../src/outputs/standard-output.js';
import { createStdoutOutput } from '../../src/outputs/stdout.js';
import { message, messages, temporaryFolder } from './helpers.js';

test('a file gets bytes as they are', async () => {
  const path = join(temporaryFolder(), 'out');
  const fd = openSync(path, 'w');
  const out = openStandardOutput(fd);
  await out.write('na\xc3\xafve\n\xff\n');
  await out.drain();
  closeSync(fd);
  expect(readFileSync(path).toString('latin1')).toBe('na\xc3\xafve\n\xff\n');
});

test('a pipe makes the writer wait until the reader reads, and nothing is lost', async () => {
  const folder = temporaryFolder();
  const [pipe, copy] = [join(folder, 'pipe'), join(folder, 'copy')];
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('/bin/sh', ['-c', `exec 3<${pipe}; sleep 0.4; cat <&3 >${copy}`]);
  const fd = openSync(pipe, 'w');
  const out = openStandardOutput(fd);
  const line = `${'x'.repeat(999)}\n`;
  let accepted = false;
  const writing = out.write(line.repeat(1000)).then(() => {
    accepted = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(accepted).toBe(false);
  await writing;
  await out.write('end\n');
  await out.drain();
  closeSync(fd);
  // The descriptor that openStandardOutput made still holds the pipe open; the reader is done when all is there.
  for (let n = 0; n < 200 && !readFileSync(copy, 'latin1').endsWith('end\n'); n++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  reader.kill();
  expect(readFileSync(copy, 'latin1')).toBe(`${line.repeat(1000)}end\n`);
});

test('a reader that went away is an error of the write, not of the process', async () => {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('/bin/sh', ['-c', `head -n1 <${pipe}`]);
  const gone = new Promise((resolve) => reader.once('exit', resolve));
  const out = openStandardOutput(openSync(pipe, 'w'));
  await out.write('first\n');
  await gone;
  const output = createStdoutOutput({ standardOutput: out, buffered: false });
  await expect(output.write(messages(3))).rejects.toMatchObject({
    message: expect.stringMatching(/^stdout: .*EPIPE/),
    failed: { reason: 'closed', again: false, undelivered: messages(3) },
  });
  await out.drain();
});

test('unbuffered lines go out with each batch, buffered ones at the end or when there are many', async () => {
  const path = join(temporaryFolder(), 'out');
  const fd = openSync(path, 'w');
  const standardOutput = openStandardOutput(fd);
  const plain = createStdoutOutput({ standardOutput, buffered: false });
  await plain.write([message('a'), message('b')]);
  expect(readFileSync(path, 'latin1')).toBe('a\nb\n');
  const buffered = createStdoutOutput({ standardOutput, buffered: true });
  await buffered.write([message('c')]);
  expect(readFileSync(path, 'latin1')).toBe('a\nb\n');
  await buffered.write([message('d'.repeat(70_000))]);
  expect(readFileSync(path, 'latin1')).toHaveLength('a\nb\nc\n'.length + 70_001);
  await buffered.write([message('e')]);
  await buffered.close();
  expect(readFileSync(path, 'latin1').endsWith('d\ne\n')).toBe(true);
  closeSync(fd);
});

test('a reader that never reads can be given up', async () => {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('/bin/sh', ['-c', `exec 3<${pipe}; sleep 60`]);
  const out = openStandardOutput(openSync(pipe, 'w'));
  const output = createStdoutOutput({ standardOutput: out, buffered: false });
  const writing = output.write([message('x'.repeat(1_000_000))]);
  setTimeout(() => output.abandon?.(), 100);
  await expect(writing).rejects.toMatchObject({ name: 'OutputError' });
  await expect(out.write('later')).rejects.toThrow('standard output is blocked');
  reader.kill();
});
