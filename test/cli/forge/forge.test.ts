import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Forge, forgeKinds } from '../../../cli/forge/forge.ts';
import { pauseOf } from '../../../cli/forge/forge-api.ts';
import { forgeToken } from '../../../cli/forge/forge-token.ts';
import { openForge } from '../../../cli/forge/open-forge.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { temporaryFolder } from '../towline.ts';
import { bot, type ForgeServer, forgeServer, token } from './forge-server.ts';

const never = new AbortController().signal;
const marker = '<!-- towline-plan -->';
const comment = { number: 7, marker, body: 'a plan' };
const request = { branch: 'rollouts/hello', base: 'main', title: 'hello: stage 2', body: 'why' };

for (const kind of forgeKinds) {
  const forgeOf = (server: ForgeServer, options: { token?: string; author?: string } = {}): Forge =>
    openForge({ kind, url: server.url, repository: 'acme/fleet', token, pauseMs: 1, ...options });

  describe(`a comment at ${kind}`, () => {
    test('is created once, and then updated where it is', async () => {
      await using server = await forgeServer(kind);
      const forge = forgeOf(server);
      const first = await forge.upsertComment(comment, never);
      assert.equal(first.outcome, 'created');
      assert.match(first.url, /\/acme\/fleet\/.*7#.*100$/);
      assert.equal((await forge.upsertComment(comment, never)).outcome, 'unchanged');
      const again = await forge.upsertComment({ ...comment, body: 'another plan' }, never);
      assert.equal(again.outcome, 'updated');
      assert.deepEqual(
        server.comments.map(({ body }) => body),
        [`${marker}\nanother plan`],
      );
    });

    test('is not taken for one of somebody else who wrote the marker', async () => {
      await using server = await forgeServer(kind);
      const foreign = [
        { id: 1, body: `${marker}\nall is well, merge it`, author: 'mallory' },
        { id: 2, body: `I quote ${marker}`, author: bot },
      ];
      server.comments.push(...foreign.map(each => ({ ...each })));
      assert.equal((await forgeOf(server).upsertComment(comment, never)).outcome, 'created');
      assert.deepEqual(server.comments.slice(0, 2), foreign);
      assert.equal(server.comments.length, 3);
    });

    test('is found on a later page', async () => {
      await using server = await forgeServer(kind);
      server.pageSize = 3;
      for (let id = 1; id <= 7; id += 1) server.comments.push({ id, body: 'hm', author: 'bob' });
      server.comments.push({ id: 8, body: `${marker}\r\nold`, author: bot });
      assert.equal((await forgeOf(server).upsertComment(comment, never)).outcome, 'updated');
      assert.equal(server.comments.at(-1)?.body, `${marker}\na plan`);
      assert.equal(server.comments.length, 8);
    });

    test('is tried again while the forge is busy', async () => {
      await using server = await forgeServer(kind);
      server.faults.push(
        { status: 502, body: '<html>bad gateway</html>' },
        { status: 429, headers: { 'retry-after': '0' } },
        { status: 503 },
      );
      assert.equal((await forgeOf(server).upsertComment(comment, never)).outcome, 'created');
      assert.equal(server.comments.length, 1);
    });

    test('is there once although the answer to its creation was lost', async () => {
      await using server = await forgeServer(kind);
      server.faulty = method => method === 'POST';
      server.faults.push({ status: 504, afterwards: true });
      assert.equal((await forgeOf(server).upsertComment(comment, never)).outcome, 'unchanged');
      assert.equal(server.comments.length, 1);
    });

    test('is given up after five tries, and at once where the forge wants more than a minute', async () => {
      await using server = await forgeServer(kind);
      for (let at = 0; at < 9; at += 1) server.faults.push({ status: 500, body: { message: 'oh' } });
      const unreachable = (error: unknown) => isTowlineError(error, 'CLI_FORGE_UNREACHABLE');
      await assert.rejects(forgeOf(server).upsertComment(comment, never), unreachable);
      assert.equal(server.asked.length, 5);
      server.faults.splice(0, 9, { status: 429, headers: { 'retry-after': '3600' } });
      await assert.rejects(forgeOf(server).upsertComment(comment, never), unreachable);
      assert.equal(server.asked.length, 6);
    });

    test('is refused with what the forge says, without the token', async () => {
      await using server = await forgeServer(kind);
      server.faults.push({ status: 401, body: { message: `Bad credentials: ${token}` } });
      await assert.rejects(forgeOf(server).upsertComment(comment, never), (error: unknown) => {
        assert.ok(isTowlineError(error, 'CLI_FORGE_REFUSED'), String(error));
        assert.match(error.message, /\/user answered 401: Bad credentials/);
        assert.doesNotMatch(JSON.stringify([error.message, error.details]), new RegExp(token));
        return true;
      });
      assert.deepEqual(server.asked, ['GET /user']);
    });

    test('needs to be told whose token it is where the forge does not say', async () => {
      await using server = await forgeServer(kind);
      const denied = { status: 403, body: { message: 'Resource not accessible by integration' } };
      server.faulty = (_method, asked) => asked === '/user';
      server.faults.push(denied, denied);
      await assert.rejects(forgeOf(server).upsertComment(comment, never), /name its user by --author/);
      const told = forgeOf(server, { author: bot.toUpperCase() });
      assert.equal((await told.upsertComment(comment, never)).outcome, 'created');
      assert.equal((await told.upsertComment(comment, never)).outcome, 'unchanged');
    });

    test('follows no redirect: the token goes to one place', async () => {
      await using elsewhere = await forgeServer(kind);
      await using server = await forgeServer(kind);
      server.faults.push({ status: 302, headers: { location: elsewhere.url } });
      const refused = (error: unknown) => isTowlineError(error, 'CLI_FORGE_REFUSED');
      await assert.rejects(forgeOf(server).upsertComment(comment, never), refused);
      assert.deepEqual(elsewhere.asked, []);
    });

    test('is not written where the list is none', async () => {
      await using server = await forgeServer(kind);
      server.faulty = (_method, asked) => asked !== '/user';
      server.faults.push({ status: 200, body: '<html>sign in</html>' });
      const wrong = (error: unknown) => isTowlineError(error, 'CLI_FORGE_ANSWER');
      await assert.rejects(forgeOf(server).upsertComment(comment, never), wrong);
      assert.deepEqual(server.comments, []);
    });
  });

  describe(`a request at ${kind}`, () => {
    test('is opened, and found again instead of opened twice', async () => {
      await using server = await forgeServer(kind);
      const forge = forgeOf(server);
      const made = await forge.openRequest(request, never);
      assert.equal(made.outcome, 'created');
      assert.deepEqual(await forge.openRequest(request, never), { ...made, outcome: 'open' });
      assert.equal(server.requests.length, 1);
    });

    test('is found by the commit that its branch ends in, of a fork as well', async () => {
      await using server = await forgeServer(kind);
      server.pageSize = 1;
      const [one, other] = ['1'.repeat(40), '2'.repeat(40)];
      server.requests.push({ number: 1, branch: 'a', base: 'main', isFork: false, commit: one });
      server.requests.push({ number: 2, branch: 'a', base: 'main', isFork: true, commit: other });
      const forge = forgeOf(server);
      assert.deepEqual(
        (await forge.findRequests(other, never)).map(({ number }) => number),
        [2],
      );
      assert.deepEqual(await forge.findRequests('3'.repeat(40), never), []);
    });

    test('of a fork, or to another branch, is not ours', async () => {
      await using server = await forgeServer(kind);
      server.pageSize = 1;
      server.requests.push({ number: 1, branch: request.branch, base: 'main', isFork: true });
      server.requests.push({ number: 2, branch: request.branch, base: 'next', isFork: false });
      const made = await forgeOf(server).openRequest(request, never);
      assert.deepEqual([made.outcome, made.number], ['created', 3]);
    });
  });
}

test('a forge that cannot be reached is said by its name', async () => {
  const server = await forgeServer('github');
  await server[Symbol.asyncDispose]();
  const forge = openForge({ kind: 'github', url: server.url, repository: 'acme/fleet', token, pauseMs: 1 });
  await assert.rejects(forge.upsertComment(comment, never), (error: unknown) => {
    assert.ok(isTowlineError(error, 'CLI_FORGE_UNREACHABLE'), String(error));
    assert.match(error.message, /127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    return true;
  });
});

test('a stop ends the wait for a busy forge', async () => {
  await using server = await forgeServer('gitlab');
  server.faults.push({ status: 429, headers: { 'retry-after': '50' } });
  const stop = new AbortController();
  const forge = openForge({ kind: 'gitlab', url: server.url, repository: 'acme/fleet', token });
  const written = forge.upsertComment(comment, stop.signal);
  setTimeout(() => stop.abort(new Error('stopped')), 50);
  await assert.rejects(written, /stopped/);
});

describe('a forge is not opened', () => {
  const refused: readonly (readonly [what: string, url: string, repository: string])[] = [
    ['without TLS, but on this machine', 'http://forge.example.com', 'acme/fleet'],
    ['with a user in its address', 'https://bot:secret@forge.example.com', 'acme/fleet'],
    ['by what is no address', 'forge.example.com', 'acme/fleet'],
    ['by an address with a query', 'https://forge.example.com/?a=b', 'acme/fleet'],
    ['for a repository without an owner', 'https://forge.example.com', 'fleet'],
    ['for a path that leads elsewhere', 'https://forge.example.com', 'acme/../user'],
  ];
  for (const [what, url, repository] of refused) {
    test(what, () => {
      const open = () => openForge({ kind: 'github', url, repository, token });
      assert.throws(open, (error: unknown) => isTowlineError(error, 'CLI_USAGE'));
    });
  }
});

test('a pause is what the forge names, and none for a plain refusal', () => {
  const pause = (status: number, headers: Record<string, string>) =>
    pauseOf(status, new Headers(headers), 5_000);
  assert.equal(pause(403, {}), undefined);
  assert.equal(pause(404, { 'retry-after': '3' }), undefined);
  assert.equal(pause(403, { 'retry-after': '3' }), 3000);
  assert.equal(pause(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }), 7000);
  assert.equal(pause(429, { 'ratelimit-reset': '9' }), 4000);
  assert.equal(pause(429, { 'retry-after': 'soon' }), 1000);
});

test('a token is one word of a file or of the environment', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, 'token');
  await writeFile(file, `${token}\n`);
  assert.equal(await forgeToken(file, {}), token);
  assert.equal(await forgeToken(undefined, { TOWLINE_FORGE_TOKEN: token }), token);
  await writeFile(file, 'two\nlines\n');
  for (const [named, environment] of [
    [file, {}],
    [path.join(folder.path, 'none'), {}],
    [undefined, {}],
    [undefined, { TOWLINE_FORGE_TOKEN: ' ' }],
  ] as const) {
    await assert.rejects(forgeToken(named, environment), (error: unknown) =>
      isTowlineError(error, 'CLI_FORGE_TOKEN'),
    );
  }
  await folder.remove();
});
