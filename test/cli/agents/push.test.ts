/** `towline agents push` and `towline gateway agents`: bytes come to a real gateway, over ssh and at its machine. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { madeFile, versionText } from '../../gateway/agents/rig.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { GatewayProgram, sshFlags, TestFleet } from '../../gateway/rig/program.ts';
import { towline, towlineProcess } from '../towline.ts';
import { packageFolder } from './packaged.ts';

describe('the bytes of an agent', { timeout: 240_000 }, () => {
  const install = madeFile(4_000, 'i');
  const agent = madeFile(700_000, 'a');
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let bob: SshKey;
  let folder: string;

  before(async () => {
    fleet = await TestFleet.make([testDevice('pump-1')]);
    bob = await makeSshKey();
    folder = await packageFolder(join(fleet.folder, 'package'), '0.2.0', { agent, install });
    const reads = `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\ngit: { fleet: request }\n`;
    await fleet.repository.commit({ files: { 'operators/bob.yaml': reads }, signer: fleet.operator });
    await fleet.init();
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bob.remove();
  });

  const agents = (words: readonly string[], key: SshKey = fleet.operator) =>
    towline(
      ['agents', ...words, '--gateway', `ssh://towline@127.0.0.1:${gateway.people}`],
      { GIT_SSH_COMMAND: `ssh ${sshFlags(key).join(' ')}` },
      fleet.repository.path,
    );
  /** Root lists it, with the next version of the policy; and it is pushed. */
  const lists = async (text: string, version: number) => {
    const policy = await fleet.repository.git(['show', 'main:trust/policy.yaml']);
    const files = {
      'trust/agents/0.2.0.yaml': text,
      'trust/policy.yaml': `${policy.replace(/^version: .*$/m, `version: ${version}`)}\n`,
    };
    await fleet.repository.commit({ files, signer: fleet.operator });
    assert.equal((await fleet.push(gateway)).code, 0);
  };
  const listed = async () => {
    const { output, errors } = await agents(['list', '--json']);
    return JSON.parse(output || errors).versions[0];
  };

  test('are refused before root has listed them', async () => {
    const ran = await agents(['push', folder]);
    assert.equal(ran.code, 1);
    assert.match(ran.errors, /GATEWAY_AGENT_UNLISTED .*does not list agent 0\.2\.0/);
  });

  test('come by whoever may push to main, and not by who may not; what is there is not sent again', async () => {
    await lists(versionText({ agent, install }), 2);
    assert.deepEqual((await listed()).atGateway, { here: 0, of: 2 });
    const refused = await agents(['push', folder], bob);
    assert.equal(refused.code, 1);
    assert.match(refused.errors, /GATEWAY_AGENT_FORBIDDEN .*bob may not push to main/);
    assert.deepEqual((await listed()).atGateway, { here: 0, of: 2 });
    const pushed = await agents(['push', folder, '--json']);
    assert.equal(pushed.code, 0, pushed.errors);
    assert.equal(JSON.parse(pushed.output).pushed.length, 2);
    assert.deepEqual((await listed()).atGateway, { here: 2, of: 2 });
    assert.match((await agents(['push', folder])).output, /0 files were brought, 2 were there/);
    using stranger = gateway.client(undefined);
    assert.ok((await stranger.ask('/install')).body.equals(install.bytes));
    assert.ok((await stranger.ask(`/agents/sha256/${agent.sha256}`)).body.equals(agent.bytes));
    const told = fleet.audited().filter(({ action }) => String(action).startsWith('bring-agent'));
    assert.deepEqual(
      new Set(told.map(({ who, outcome }) => `${who} ${outcome}`)),
      new Set(['bob refused', 'alice ended']),
    );
  });

  test('come at the gateway’s machine as well; other bytes under a listed name are refused', async () => {
    await rm(join(fleet.folder, 'state/agents', agent.sha256));
    const text = versionText({ agent });
    await lists(text, 3);
    using stranger = gateway.client(undefined);
    assert.equal((await stranger.ask(`/agents/sha256/${agent.sha256}`)).status, 404);
    const bring = () => towlineProcess(['gateway', 'agents', folder, '--config', fleet.config, '--json']);
    const place = join(folder, 'parts', agent.sha256);
    await writeFile(place, Buffer.alloc(agent.bytes.length, 'x'));
    await writeFile(join(folder, 'towline-agent_0.2.0.yaml'), text);
    const wrong = await bring();
    assert.equal(wrong.code, 1);
    assert.match(wrong.errors, /AGENT_PART_DIFFERS/);
    await writeFile(place, agent.bytes);
    const brought = await bring();
    assert.equal(brought.code, 0, brought.errors);
    assert.deepEqual(JSON.parse(brought.output), { version: '0.2.0', taken: [agent.sha256], known: 0 });
    assert.ok((await stranger.ask(`/agents/sha256/${agent.sha256}`)).body.equals(agent.bytes));
  });
});
