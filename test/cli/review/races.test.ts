/** Two jobs at once, jobs that end in another order than they began, and requests that share a commit. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { forgeKinds } from '../../../cli/forge/forge.ts';
import { openForge } from '../../../cli/forge/open-forge.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import { bot, type ForgeServer, forgeServer, token } from '../forge/forge-server.ts';
import { temporaryFolder, towline } from '../towline.ts';

const schema = path.resolve(import.meta.dirname, '../../../schemas/review.schema.json');
const [older, newer] = ['1'.repeat(40), '2'.repeat(40)];
const marker = '<!-- towline-plan -->';
const never = new AbortController().signal;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
  const { examples } = readFields(await readFile(schema, 'utf8'));
  const [example] = Array.isArray(examples) ? examples : [];
  for (const head of [older, newer])
    await writeFile(path.join(folder.path, head), JSON.stringify({ ...fieldsOf(example), head }));
});
after(() => folder.remove());

const request = (number: number, commit: string, isFork = false) => ({
  ...{ number, branch: `b${number}`, base: 'main', isFork, commit },
});

for (const kind of forgeKinds)
  describe(`jobs that comment at ${kind}`, () => {
    const comment = async (server: ForgeServer, head: string, ...more: string[]) => {
      const place = ['--forge', kind, '--url', server.url, '--repository', 'acme/fleet', '--author', bot];
      const args = ['review', 'comment', path.join(folder.path, head), ...place, '--commit', head, ...more];
      const { code, output, errors } = await towline(args, { TOWLINE_FORGE_TOKEN: token });
      assert.equal(code, 0, errors);
      return output;
    };

    test('leave the comment alone where the branch has moved on meanwhile', async () => {
      await using server = await forgeServer(kind);
      server.requests.push(request(7, newer));
      assert.match(await comment(server, newer, '--number', '7'), /^created: /);
      // The job of the push before was slow.
      assert.match(await comment(server, older, '--number', '7'), /has moved on/);
      assert.equal(server.comments.length, 1);
      assert.match(server.comments[0]?.body ?? '', new RegExp(newer));
    });

    test('write to each request that ends in the commit: whoever opens one more takes no comment from the others', async () => {
      await using server = await forgeServer(kind);
      server.requests.push(request(8, newer, true), request(7, newer));
      const output = await comment(server, newer);
      assert.deepEqual(
        server.comments.map(({ number }) => number),
        [7, 8],
      );
      assert.match(output, /^created: .*\ncreated: /);
    });

    test('leave none behind that says what was true once, where two of them came at the same time', async () => {
      await using server = await forgeServer(kind);
      const two = [1, 2].map(id => ({ id, body: `${marker}\nold`, author: bot }));
      server.comments.push(...two, { id: 3, body: `${marker}\nmine`, author: 'mallory' });
      const forge = openForge({ kind, url: server.url, repository: 'acme/fleet', token, pauseMs: 1 });
      const said = await forge.upsertComment({ number: 7, marker, body: 'new' }, never);
      assert.equal(said.outcome, 'updated');
      assert.deepEqual(
        server.comments.map(({ body }) => body),
        [`${marker}\nnew`, `${marker}\nnew`, `${marker}\nmine`],
      );
      assert.equal(
        (await forge.upsertComment({ number: 7, marker, body: 'new' }, never)).outcome,
        'unchanged',
      );
    });
  });
