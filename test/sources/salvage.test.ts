import { expect, it } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { salvage } from '../../src/sources/salvage.js';

it('names the event, who did what, and to which object', () => {
  expect(
    salvage(
      '{"auditID":"A","stage":"S","verb":"get","user":{"username":"u","x":1},"objectRef":{"resource":"r","namespace":"n"',
    ),
  ).toBe('auditID=A stage=S verb=get user=u resource=r namespace=n');
  expect(salvage('nothing')).toBe('');
  expect(salvage('{"user":{"groups":["a"]},"username":"not the user"}')).toBe('');
});

it('prints nothing that a terminal obeys, and no more than is read', () => {
  const text = toBytes(
    `{"verb":"a\x1b[2J\nb\u009b2J","stage":"${'é'.repeat(1000)}","user":{"username":"zoë"}}`,
  );
  const line = salvage(text);
  expect(line).toContain('verb=a\\x1b[2J\\x0ab\\xc2\\x9b2J ');
  expect(line).toContain(`user=${toBytes('zoë')}`);
  expect(line).toContain('... ');
  expect(line.length).toBeLessThan(300);
});

it('takes no longer than the text is long', () => {
  // Quadratic, this would take hours.
  const text = '"user":{"objectRef":{'.repeat(500_000);
  expect(salvage(text)).toBe('');
});
