import { describe, expect, test } from 'vitest';
import { type IpNet, isInNet } from '../../../../src/engine/condition/operators/address.js';
import { parseConstant } from '../../../../src/engine/condition/operators/constants.js';
import type { FieldType } from '../../../../src/fields/field.js';

const value = (text: string, type: FieldType): unknown => {
  const parsed = parseConstant(text, type);
  return 'value' in parsed ? parsed.value : parsed.error;
};

describe('strings', () => {
  test('take 255 bytes and no more', () => {
    expect(value('x'.repeat(255), 'CHARBUF')).toBe('x'.repeat(255));
    expect(value('x'.repeat(256), 'CHARBUF')).toBe(
      `filter parameter too long (used=257, available=256):${'x'.repeat(256)}`,
    );
  });

  test.each<FieldType>(['CHARBUF', 'UINT64', 'BOOL', 'IPADDR', 'IPNET'])('%s takes no NUL', (type) => {
    expect(value('1\0', type)).toBe('filter error: filter value cannot contain a NUL byte (\\x00)');
  });
});

describe('numbers', () => {
  test.each([
    ['0', 0n],
    ['02', 2n],
    ['+2', 2n],
    [' \t\n\v\f\r2', 2n],
    ['-1', 18446744073709551615n],
    ['-0', 0n],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551615n],
    ['-18446744073709551616', 18446744073709551615n],
    [`1${'0'.repeat(200)}`, 18446744073709551615n],
    [`${'0'.repeat(200)}7`, 7n],
  ])('%j is %d', (text, expected) => {
    for (const type of ['UINT64', 'RELTIME', 'ABSTIME'] as const) expect(value(text, type)).toBe(expected);
  });

  test.each(['', ' ', '0x1', '1.5', '1e5', '2 ', '2x', '--2', '+ 2', 'two'])('%j is none', (text) => {
    expect(value(text, 'UINT64')).toBe(`${text} is not a valid number`);
  });
});

test('booleans are two words', () => {
  expect(value('true', 'BOOL')).toBe(true);
  expect(value('false', 'BOOL')).toBe(false);
  expect(value('False', 'BOOL')).toBe('filter error: unrecognized boolean value False');
});

describe('addresses', () => {
  test.each([
    ['127.0.0.1', '\x7f\0\0\x01'],
    ['255.255.255.255', '\xff\xff\xff\xff'],
    ['::', '\0'.repeat(16)],
    ['::1', `${'\0'.repeat(15)}\x01`],
    ['fe80::', `\xfe\x80${'\0'.repeat(14)}`],
    ['1:2:3:4:5:6:7:8', '\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08'],
    ['2001:DB8::8:800:200c:417a', `\x20\x01\x0d\xb8${'\0'.repeat(4)}\0\x08\x08\0\x20\x0c\x41\x7a`],
  ])('%s', (text, expected) => {
    expect(value(text, 'IPADDR')).toBe(expected);
  });

  // A dot makes it IPv4, whatever else it looks like.
  test.each(['1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.x', '1..2.3', '::ffff:1.2.3.4'])(
    '%s is none',
    (text) => {
      expect(value(text, 'IPADDR')).toBe(`unrecognized IPv4 address ${text}`);
    },
  );

  test.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '::1%eth0',
    '1:2:3:4:5:6:7::8',
  ])('%j is none', (text) => {
    expect(value(text, 'IPADDR')).toBe(`unrecognized IPv6 address ${text}`);
  });
});

describe('networks', () => {
  test.each([
    ['10.1.0.0/16', '\x0a\x01\xff\x00', true],
    ['10.1.0.0/16', '\x0a\x02\0\0', false],
    ['10.1.2.3/32', '\x0a\x01\x02\x03', true],
    ['10.1.2.3/31', '\x0a\x01\x02\x02', true],
    ['10.1.2.3/0', '\xff\xff\xff\xff', true],
    ['10.0.0.0/8', `\x0a${'\0'.repeat(15)}`, false],
    ['fe80::/10', `\xfe\xbf${'\0'.repeat(14)}`, true],
    ['fe80::/10', `\xfe\xc0${'\0'.repeat(14)}`, false],
  ])('%s', (text, address, expected) => {
    expect(isInNet(address, value(text, 'IPNET') as IpNet)).toBe(expected);
  });

  test.each([
    ['1.2.3.4', 'unrecognized IP network 1.2.3.4'],
    ['1.2.3/8', 'unrecognized IP address 1.2.3/8'],
    ['1.2.3.4/33', 'invalid netmask 33'],
    ['1.2.3.4/', ' is not a valid number'],
    ['1.2.3.4/x', 'x is not a valid number'],
    ['fe80::', 'invalid v6 netmask: fe80::'],
    ['g::/8', 'unrecognized IPv6 address g::/8'],
    ['fe80::/0', 'invalid v6 netmask 0'],
    ['fe80::/129', 'invalid v6 netmask 129'],
  ])('%s is none', (text, message) => {
    expect(value(text, 'IPNET')).toBe(message);
  });
});
