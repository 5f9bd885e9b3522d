/** What somebody commits so that others see another history, and settings of a person's git that say more than is asked. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

describe('verbs that look at commits', () => {
  let fleet: TestFleet;
  before(async () => {
    fleet = await makeReleasedFleet();
    await addRelease(fleet, '1.1.0');
    await fleet.git('add', '.');
    await fleet.git('commit', '-qm', 'hello 1.1.0');
  });
  after(async () => await fleet[Symbol.asyncDispose]());

  const say = async (...words: string[]) => {
    const { output, errors } = await towline([...words, '--repo', fleet.directory]);
    assert.equal(errors, '');
    return output;
  };
  const put = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(fleet.directory, file)), { recursive: true });
    await fleet.write(file, text);
    await fleet.git('add', '--', file);
  };
  /** Nobody's, past the hooks. */
  const commit = (message: string) =>
    fleet.git('-c', 'commit.gpgsign=false', 'commit', '-q', '--no-verify', '-m', message);

  test('read what git lists where its user has it check signatures in every log', async () => {
    const plain = [await say('history', 'pump-1'), await say('release', 'list')];
    await fleet.git('config', 'log.showSignature', 'true');
    assert.deepEqual([await say('history', 'pump-1'), await say('release', 'list')], plain);
    assert.match(await say('release', 'changelog', 'hello', '1.0.0', '1.1.0'), /no commit between/);
    await fleet.git('config', '--unset', 'log.showSignature');
  });

  test('say by whom a release was made, whatever a folder beside it is called', async () => {
    const signed = await fleet.git('rev-parse', 'HEAD');
    const release = await fleet.git('show', 'HEAD:apps/hello/releases/1.1.0/release.yaml');
    await put(`apps/hello/releases/1.2\n${signed}\nx/release.yaml`, release);
    await put('apps/hello/releases/2.0.0/release.yaml', release.replace('version: 1.1.0', 'version: 2.0.0'));
    await commit('Nobody signs this');
    // No reader takes such a name at the head.
    await fleet.git('rm', '-rq', `apps/hello/releases/1.2\n${signed}\nx`);
    await commit('Nor this');
    const rows = (await say('release', 'list')).split('\n');
    assert.match(rows.find(row => row.includes(' 2.0.0 ')) ?? '', /nobody who is known/);
    assert.match(rows.find(row => row.includes(' 1.1.0 ')) ?? '', /alice/);
  });

  test('show files and variables that have names of what every object has', async () => {
    await put('apps/hello/releases/1.0.0/__proto__', 'x\n');
    await fleet.replace(
      'devices/berlin/pump-1.yaml',
      'apiVersion:',
      'variables: { constructor: "1", valueOf: "2" }\napiVersion:',
    );
    await fleet.git('add', '.');
    await commit('Names');
    const changes = await say('diff', 'HEAD~1', 'HEAD', '--json');
    const shown = JSON.stringify(JSON.parse(changes).differences);
    for (const at of ['/apps/hello/files/__proto__', '/variables/constructor', '/variables/valueOf'])
      assert.match(shown, new RegExp(`\\{"at":"${at}","to":`), at);
    assert.match(await say('diff', 'HEAD~1', 'HEAD'), /^ {2}hello: file __proto__ added$/m);
  });

  test('hide no change behind many others', async () => {
    const many = Array.from({ length: 250 }, (_, at) => `${at % 2 === 0 ? 'A' : 'a'}${at}: "x"`).join(', ');
    await fleet.replace(
      'devices/berlin/pump-2.yaml',
      'tunnel: closed',
      `apps: { hello: { variables: { ${many} } } }\ntunnel: { state: open, until: "2026-12-24T00:00:00Z" }`,
    );
    await fleet.git('add', '.');
    await commit('Many');
    const { differences } = JSON.parse(await say('diff', 'HEAD~1', 'HEAD', '--json'));
    const tunnel = differences[0].changes.filter(({ at }: { at: string }) => at.startsWith('/tunnel'));
    assert.equal(tunnel.length > 0, true);
    assert.match(await say('diff', 'HEAD~1', 'HEAD'), /^ {2}tunnel\.state: .*open$/m);
  });
});
