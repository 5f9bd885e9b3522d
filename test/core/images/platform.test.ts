import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { enginePlatform, normalPlatform, taken } from '../../../core/images/platform.ts';

describe('platforms', () => {
  for (const [said, name] of [
    ['x86_64', 'linux/amd64'],
    ['amd64', 'linux/amd64'],
    ['aarch64', 'linux/arm64'],
    ['armv7l', 'linux/arm/v7'],
    ['armv6l', 'linux/arm/v6'],
    ['i686', 'linux/386'],
    ['riscv64', 'linux/riscv64'],
  ] as const) {
    test(`an engine of ${said} is ${name}`, () => assert.equal(enginePlatform('linux', said), name));
  }

  test('what images leave out or say in two ways is one', () => {
    const names = ['linux/arm', 'linux/arm64/v8', 'Linux/AMD64', 'linux/x86_64', 'linux/arm/v7'];
    assert.deepEqual(names.map(normalPlatform), [
      'linux/arm/v7',
      'linux/arm64',
      'linux/amd64',
      'linux/amd64',
      'linux/arm/v7',
    ]);
  });

  for (const [device, offered, found] of [
    ['linux/amd64', ['linux/arm64', 'linux/amd64'], 'linux/amd64'],
    ['linux/amd64', ['linux/arm64'], undefined],
    ['linux/arm64', ['linux/arm/v7', 'linux/arm64/v8'], 'linux/arm64/v8'],
    ['linux/arm64', ['linux/arm/v7'], 'linux/arm/v7'],
    ['linux/arm/v6', ['linux/arm/v7'], undefined],
    ['linux/arm/v7', ['linux/arm/v6', 'linux/arm/v5'], 'linux/arm/v6'],
    ['linux/arm/v7', ['linux/arm'], 'linux/arm'],
    ['linux/amd64', ['windows/amd64'], undefined],
    ['linux/riscv64', ['linux/riscv64'], 'linux/riscv64'],
  ] as const) {
    test(`${device} takes ${found ?? 'none'} of ${offered.join(', ')}`, () =>
      assert.equal(taken(device, offered), found));
  }
});
