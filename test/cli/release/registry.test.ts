import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isTowlineError } from '../../../core/errors.ts';
import { isLoopback, parseReference } from '../../../core/io/registry/reference.ts';
import { challengeOf } from '../../../core/io/registry/registry-login.ts';

describe('image references', () => {
  const hub = 'registry-1.docker.io';
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['busybox', hub, 'library/busybox', 'latest'],
    ['nginx:1.27', hub, 'library/nginx', '1.27'],
    ['grafana/loki:3', hub, 'grafana/loki', '3'],
    ['docker.io/grafana/loki', hub, 'grafana/loki', 'latest'],
    ['ghcr.io/acme/pumps/web:1.0.0', 'ghcr.io', 'acme/pumps/web', '1.0.0'],
    ['127.0.0.1:5000/web', '127.0.0.1:5000', 'web', 'latest'],
    ['localhost/web:2', 'localhost', 'web', '2'],
    ['[::1]:5000/web:2', '[::1]:5000', 'web', '2'],
  ];
  for (const [image, registry, repository, tag] of cases) {
    test(`${image} is asked for where docker pull asks`, () => {
      const parsed = parseReference(image);
      assert.deepEqual([parsed.registry, parsed.repository, parsed.tag], [registry, repository, tag]);
    });
  }

  test('with a digest need no tag', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const { tag, digest: found } = parseReference(`ghcr.io/a/b@${digest}`);
    assert.deepEqual([tag, found], [undefined, digest]);
  });

  for (const image of [
    '',
    'Web',
    'a//b',
    'a:b:c',
    'http://x/y',
    '../x',
    'x@sha256:12',
    'x y',
    `a${'/a'.repeat(400)}`,
  ]) {
    test(`${JSON.stringify(image.slice(0, 20))} is none`, () => {
      assert.throws(
        () => parseReference(image),
        (error: unknown) => isTowlineError(error, 'CLI_IMAGE_REFERENCE'),
      );
    });
  }

  test('tell a registry of this machine from one that is called like it', () => {
    assert.deepEqual(['localhost:5000', '127.0.0.1', '[::1]:5000'].map(isLoopback), [true, true, true]);
    assert.deepEqual(['localhost.evil.com', '127.0.0.1.evil.com', '128.0.0.1'].map(isLoopback), [
      false,
      false,
      false,
    ]);
  });

  test('challenges are read with their parameters', () => {
    assert.deepEqual(challengeOf('Bearer realm="https://a/t",service="s"'), {
      scheme: 'bearer',
      parameters: { realm: 'https://a/t', service: 's' },
    });
  });
});
