/** From walk 2 on what is revoked stays so, for its keys, until root says otherwise. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MemoryKey } from '../../../../lab/rig/memory-repository.ts';
import { type Changes, device, Fleet, newKeys, refused, taken } from '../../../rig/maintained-fleet.ts';

describe('a revoked file', () => {
  const stolen = newKeys();
  const us = 'devices/us/pump-2.yaml';
  const revoked = device(stolen, 'revoked: true');

  test('is made by who may write it', async () => {
    await taken(new Fleet({ [us]: device(stolen) }), 'carol', { [us]: revoked });
  });

  const changes: readonly (readonly [name: string, changes: Changes])[] = [
    ['no longer', { [us]: device(stolen) }],
    ['revoked: false', { [us]: device(stolen, 'revoked: false') }],
    ['revoked: "true"', { [us]: device(stolen, 'revoked: "true"') }],
    ['gone', { [us]: null }],
    ['moved', { [us]: null, 'devices/us/old/pump-2.yaml': revoked }],
    ['with other keys', { [us]: device(newKeys(), 'revoked: true') }],
    ['with one key less', { [us]: device({ tls: stolen.tls }, 'revoked: true') }],
    [
      'with one key more',
      {
        [us]: `${revoked}enrolment: { key: "${new MemoryKey().publicKey}", expires: 2030-01-01T00:00:00Z }\n`,
      },
    ],
    ['not to be read', { [us]: `%YAML 1.2\n---\n${revoked}` }],
    [
      'with keys that are not to be read',
      { [us]: revoked.replace('tls: ', 'tls: " ').replace('\n  ssh', '"\n  ssh') },
    ],
  ];
  for (const [name, change] of changes) {
    test(`becomes so by root alone: ${name}`, async () => {
      const fleet = new Fleet({ [us]: revoked });
      await refused(fleet, 'carol', change, us);
      await taken(fleet, 'alice', change);
    });
  }

  test('is changed otherwise as before, and its keys are still its own', async () => {
    const fleet = new Fleet({ [us]: revoked });
    await taken(fleet, 'carol', { [us]: `${revoked}tunnel: closed\n` });
    await refused(fleet, 'bob', { 'devices/eu/pump-3.yaml': device(stolen) }, us);
    await taken(fleet, 'carol', { 'devices/us/pump-3.yaml': device(newKeys()) });
  });

  test('is not forgotten by a merge around the commit that revoked it', async () => {
    const fleet = new Fleet({ [us]: device(stolen) });
    const revoking = fleet.aside('carol', { [us]: revoked });
    const around = { [us]: device(stolen, 'tunnel: open') };
    const { stopped } = await fleet.step('carol', around, [revoking]);
    assert.equal(stopped?.code, 'TRUST_MERGE', stopped?.message ?? 'it was taken');
    assert.equal((await fleet.step('carol', { [us]: revoked }, [revoking])).stopped, undefined);
  });
});
