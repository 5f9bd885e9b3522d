/** Whatever stands together in the options of a volume: taken is what a rule written another way takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { volumeRefusals } from '../../../../core/compose/device/volume-options.ts';
import { isInside } from '../../../../core/compose/value/address-range.ts';

const types = [
  '',
  'none',
  'bind',
  'tmpfs',
  'proc',
  'sysfs',
  'devtmpfs',
  'nfs',
  'nfs4',
  'cifs',
  'overlay',
  'ext4',
  'TMPFS',
];
const devices = [
  '',
  'tmpfs',
  'none',
  '/',
  'etc',
  '/etc',
  '/project/d',
  '/project/../etc',
  '/dev/sda1',
  ':/x',
  '../x',
];
const flags = [
  'bind',
  'rbind',
  'ro',
  'rw',
  'size=1m',
  'remount',
  'move',
  'rshared',
  'rslave',
  'lowerdir=/',
  ' bind',
  'BIND',
  'loop',
];

test('without any key a volume is nothing, a bounded tmpfs, or a bind of the app folder', () => {
  const tmpfsFlags = new Set(['ro', 'rw', 'size=1m']);
  const bindFlags = new Set(['ro', 'rw', 'bind', 'rbind', 'rslave']);
  const property = fc.property(
    fc.constantFrom(...types),
    fc.constantFrom(...devices),
    fc.uniqueArray(fc.constantFrom(...flags), { maxLength: 3 }),
    (type, device, chosen) => {
      const options = [
        ['type', type],
        ['device', device],
        ['o', chosen.join(',')],
      ] as const;
      const nothing = ['', 'none', 'bind'].includes(type) && device === '' && chosen.length === 0;
      const bounded =
        type === 'tmpfs' &&
        ['', 'tmpfs', 'none', 'etc'].includes(device) &&
        chosen.every(flag => tmpfsFlags.has(flag));
      const own =
        ['', 'none', 'bind'].includes(type) &&
        device === '/project/d' &&
        chosen.every(flag => bindFlags.has(flag));
      const taken = volumeRefusals({ driver: '', options }, {}, '/project').length === 0;
      assert.equal(taken, nothing || bounded || own, JSON.stringify(options));
    },
  );
  fc.assert(property, { numRuns: 5_000 });
});

test('an address range is inside another one by its bits, in both versions', () => {
  for (const [inner, outer, inside] of [
    ['10.213.4.0/24', '10.213.0.0/16', true],
    ['10.213.0.0/16', '10.213.0.0/16', true],
    ['10.214.0.0/24', '10.213.0.0/16', false],
    ['10.0.0.0/8', '10.213.0.0/16', false],
    ['10.213.0.0/33', '10.213.0.0/16', false],
    ['010.213.0.0/24', '10.213.0.0/16', false],
    ['10.213.0.0', '10.213.0.0/16', false],
    ['fd77:1::/64', 'fd77::/16', true],
    ['fd78::/64', 'fd77::/16', false],
    ['::ffff:10.213.0.0/120', '10.213.0.0/16', false],
    ['::ffff:10.213.0.0/120', '::ffff:0:0/96', true],
    ['10.213.0.0/24', '::/0', false],
    ['255.255.255.255/32', '0.0.0.0/0', true],
  ] as const) {
    assert.equal(isInside(inner, outer), inside, `${inner} in ${outer}`);
  }
});
