/** Whatever a forge, or a proxy before it, answers. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { forgeKinds } from '../../../cli/forge/forge.ts';
import { openForge } from '../../../cli/forge/open-forge.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';

const answers = [
  '{"login":"bot","username":"bot","id":1}',
  '[{"id":1,"body":"<!-- m -->\\nx","user":{"login":"bot"},"author":{"username":"bot"},"html_url":"https://f/1"}]',
  '[{"number":3,"iid":3,"html_url":"https://f/3","web_url":"https://f/3","head":{"ref":"b","repo":{"full_name":"a/b"}},"base":{"ref":"m"},"source_branch":"b","target_branch":"m","source_project_id":1,"target_project_id":1}]',
];

test('an answer of a forge is taken, or refused by a code', async () => {
  let next: readonly (Buffer | string)[] = [];
  let at = 0;
  let status = 200;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(next[at++ % next.length]);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const never = new AbortController().signal;
  const bytes = mutatedText(...answers);
  const property = fc.asyncProperty(
    fc.constantFrom(...forgeKinds),
    fc.tuple(bytes, bytes, bytes),
    fc.constantFrom(200, 200, 201, 304, 400, 403, 404),
    async (kind, given, said) => {
      [next, at, status] = [given, 0, said];
      const place = { url: `http://127.0.0.1:${port}`, repository: 'a/b' };
      const forge = openForge({ kind, ...place, token: 't', pauseMs: 0 });
      const refusal = (error: unknown) => assert.ok(isTowlineError(error), String(error));
      const comment = { number: 1, marker: '<!-- m -->', body: 'x' };
      const written = await forge.upsertComment(comment, never).catch(refusal);
      assert.ok(written === undefined || typeof written.url === 'string');
      const request = { branch: 'b', base: 'm', title: 't', body: '' };
      const opened = await forge.openRequest(request, never).catch(refusal);
      assert.ok(opened === undefined || typeof opened.number === 'number');
    },
  );
  await fuzzed('answers of forges', property, { runs: 150 });
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});
