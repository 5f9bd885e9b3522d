/** docs/guides/pull-request.md, typed: at a desk, and as two jobs that share a file. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { guideLine } from '../../rig/guide-line.ts';
import { addRelease, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { forgeServer, token } from '../forge/forge-server.ts';
import { towline } from '../towline.ts';

describe('the guide of the pull request', () => {
  let fleet: TestFleet;
  let head: string;
  before(async () => {
    fleet = await makeReleasedFleet();
    await fleet.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    await fleet.git('checkout', '-q', '-b', 'change');
    await addRelease(fleet, '1.1.0');
    await fleet.replace('groups/stable.yaml', '1.0.0', '1.1.0');
    await fleet.git('add', '--all');
    await fleet.git('-c', 'core.hooksPath=/dev/null', 'commit', '-q', '-m', 'hello 1.1.0');
    head = await fleet.git('rev-parse', 'HEAD');
    const bare = path.join(fleet.folder, 'fleet.git');
    await fleet.git('init', '-q', '--bare', bare);
    await fleet.git('push', '-q', '--no-verify', bare, 'origin/main:refs/heads/base', 'HEAD:refs/heads/head');
    await writeFile(path.join(fleet.folder, 'token'), `${token}\n`);
  });
  after(() => fleet[Symbol.asyncDispose]());

  const typed = async (begins: string, more: readonly string[] = [], folder = fleet.folder) => {
    const [, ...words] = guideLine('pull-request', begins);
    return await towline([...words, ...more], {}, folder);
  };

  test('shows at a desk what the comment would say', async () => {
    const { code, output, errors } = await typed('towline review plan --base', [], fleet.directory);
    assert.equal(code, 0, errors);
    assert.match(output, /\*\*2 of 3 devices\*\* would do something/);
  });

  test('plans in one job, and comments in another', async () => {
    const planned = await typed('towline review plan --repo');
    assert.equal(planned.code, 0, planned.errors);
    await using server = await forgeServer('github');
    const forge = ['--url', server.url];
    const line = 'towline review comment review.json';
    const shown = await typed(line, ['--dry-run']);
    assert.equal(shown.code, 0, shown.errors);
    assert.deepEqual(server.asked, []);
    const written = await typed(line, forge);
    assert.equal(written.code, 0, written.errors);
    assert.match(written.output, /^created: http/);
    assert.equal(server.comments[0]?.body.trimEnd(), `<!-- towline-plan -->\n${shown.output.trimEnd()}`);
    const again = await typed(line, [...forge, '--json']);
    assert.equal(JSON.parse(again.output).outcome, 'unchanged');
  });

  test('refuses a review of another commit, a forge that it is not told of, and a file that is none', async () => {
    assert.equal((await typed('towline review plan --repo')).code, 0);
    await using server = await forgeServer('github');
    const refusal = async (...words: string[]) => {
      const all = ['review', 'comment', ...words, '--json'];
      const { code, errors } = await towline(all, { TOWLINE_FORGE_TOKEN: '' }, fleet.folder);
      assert.ok(code !== 0);
      return JSON.parse(errors).error.code;
    };
    const place = ['--forge', 'github', '--url', server.url, '--repository', 'acme/fleet'];
    const full = [...place, '--token-file', 'token'];
    assert.equal(await refusal('review.json', ...full, '--commit', '1'.repeat(40)), 'CLI_REVIEW_INVALID');
    assert.equal(await refusal('token', ...full, '--number', '7'), 'CLI_REVIEW_INVALID');
    assert.equal(await refusal('nowhere', ...full, '--number', '7'), 'CLI_REVIEW_INVALID');
    assert.equal(await refusal('review.json', ...place, '--number', '7'), 'CLI_FORGE_TOKEN');
    for (const words of [
      ['--number', '7'],
      full,
      [...full, '--number', '0'],
      [...full, '--commit', head.slice(0, 12)],
      ['--forge', 'gitea', '--repository', 'acme/fleet', '--number', '7'],
      ['--forge', 'sourceforge'],
    ])
      assert.equal(await refusal('review.json', ...words), 'CLI_USAGE', words.join(' '));
    assert.deepEqual(server.asked, []);
  });

  test('keeps the token out of what it says', async () => {
    await using server = await forgeServer('github');
    server.faults.push({ status: 403, body: { message: `no ${token} here` } });
    const { errors } = await typed('towline review comment review.json', ['--url', server.url]);
    assert.match(errors, /CLI_FORGE_REFUSED/);
    assert.ok(!errors.includes(token), errors);
    assert.ok(!(await readFile(path.join(fleet.folder, 'review.json'), 'utf8')).includes(token));
  });
});
