import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { RegistryClient } from '../../../../core/io/registry/client.ts';
import { parseReference } from '../../../../core/io/registry/reference.ts';

test('a registry that answers over plain HTTP is told so, with the option that allows it', async () => {
  const server = createServer((_request, response) => response.end('plain'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new RegistryClient({
    ...{ credentials: async () => undefined, insecure: [], timeoutMs: 10_000 },
    signal: AbortSignal.timeout(20_000),
  });
  try {
    // 127.1 is this machine, and not written as a loopback address: it is asked over TLS.
    await assert.rejects(client.manifest(parseReference(`127.1:${port}/hello/web:1`)), {
      code: 'CLI_REGISTRY_UNREACHABLE',
      message: new RegExp(`answers without TLS; .* --insecure 127\\.(0\\.0\\.)?1:${port}$`),
    });
  } finally {
    server.close();
  }
});
