/** `towline trust explain` of a step of a rollout: which rule covers it, and why another does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { rolloutFile, stepTo } from '../../rig/rollout-line.ts';
import { towline } from '../towline.ts';

test('explain names the rules for steps beside the one that decides, and says why one does not cover', async () => {
  const [alice, bot] = [await makeSshKey('ed25519'), await makeSshKey('ed25519')];
  const policy = [
    'apiVersion: towline/v1',
    'fleet: acme',
    'version: 1',
    'walk: 2',
    'principals:',
    `  alice: { ssh: ["${alice.publicKey}"] }`,
    `  bot: { ssh: ["${bot.publicKey}"] }`,
    'roles:',
    '  root: { principals: [alice] }',
    '  rollout-bot: { principals: [bot] }',
    'rules:',
    '  - { paths: ["rollouts/*/*.yaml"], change: advance, roles: [rollout-bot] }',
    '  - { paths: ["rollouts/*/*.yaml"], change: pause, roles: [rollout-bot] }',
    '',
  ].join('\n');
  const repository = await makeRepository();
  try {
    const anchor = await repository.commit({
      ...{ parents: [], signer: alice },
      files: { 'trust/policy.yaml': policy, [rolloutFile]: stepTo(0, 0) },
    });
    const explained = (commit: string, ...more: string[]) =>
      towline(['trust', 'explain', commit, '--repo', repository.path, '--anchor', anchor, ...more]);
    const step = await repository.commit({ signer: bot, files: { [rolloutFile]: stepTo(1, 1000) } });
    const covered = await explained(step);
    assert.equal(covered.code, 0, covered.errors);
    assert.match(covered.output, /r1\.yaml +rule 1 or no rule: root +1 of rollout-bot or 1 of root +yes/);
    const early = await repository.commit({ signer: bot, files: { [rolloutFile]: stepTo(2, 2000) } });
    const refused = await explained(early, '--json');
    assert.equal(refused.code, 3, refused.errors);
    const [requirement] = JSON.parse(refused.output).step.requirements;
    assert.match(requirement.notCovered[0], /^rule 1 \(advance\): since .* lies before .* stage 1 is held$/);
    assert.deepEqual(
      [requirement.rule, requirement.steps, requirement.satisfied, requirement.missing],
      [null, undefined, false, ['1 more of root (alice)']],
    );
  } finally {
    await repository.remove();
  }
});
