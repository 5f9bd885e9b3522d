/** What goes to support says nothing that is secret: secrets are planted wherever one may stand, and looked for. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeDeviceKeys, writeDeviceKeys } from '../../../../core/io/device-keys.ts';
import { redactedYaml } from '../../../../core/io/doctor/redacted-yaml.ts';
import { writeSupportArchive } from '../../../../core/io/doctor/support-archive.ts';

/** Each is another one, so that it is known which came through. */
const planted = {
  password: 'hunter2-of-the-proxy',
  token: 'tok-9f8e7d6c5b4a',
  secretFile: 'what-lies-in-a-file-of-secrets',
  nested: 'deep-down-in-a-list',
  header: 'Bearer abcdefghijklmnop',
  environment: 'from-the-environment-123',
  logged: 'printed-into-the-log-by-mistake',
  comment: 'a-note-with-the-root-password',
  ofUrl: 's3cr3t-of-a-url',
  oddUrl: 'with/a-slash@and-an-at',
  proxy: 'of-the-proxy-of-the-environment',
  inlineLogged: 'stands-in-the-configuration-and-in-the-log',
  anchored: 'stands-where-it-has-another-name',
  ofAnApp: 'in-a-folder-within-a-folder',
  linked: 'where-a-link-leads-to',
  namedOnly: 'in-a-file-that-the-configuration-alone-names',
  quoted: 'has-a-"quote"-and-a-\\-in-it',
  accessToken: 'token-instead-of-a-user',
  hook: 'services/T00/B00/path-of-a-webhook',
  environmentHook: 'path-of-a-webhook-of-the-environment',
};

describe('an archive for support', () => {
  let folder = '';
  let shown = '';
  const keys = makeDeviceKeys('pump-1');
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tl-support-'));
    const at = (name: string) => path.join(folder, name);
    await mkdir(at('keys'));
    await writeDeviceKeys(at('keys'), keys);
    await writeFile(at('webhook'), `${planted.secretFile}\n`);
    await mkdir(at('run/projects/hello'), { recursive: true });
    await writeFile(at('run/projects/hello/database'), planted.ofAnApp);
    await writeFile(at('elsewhere'), planted.linked);
    await symlink(at('elsewhere'), at('keys/linked'));
    await writeFile(at('named'), planted.namedOnly);
    await writeFile(at('run/quoted'), planted.quoted);
    await writeFile(
      at('gateway.yaml'),
      [
        `# ${planted.comment}`,
        'fleet: acme',
        `proxy: http://user:${planted.ofUrl}@proxy.example.com:3128`,
        `password: ${planted.password}`,
        `apiKey: ${planted.inlineLogged}`,
        `any: &any ${planted.anchored}`,
        'token: *any',
        `mirror: "http://user:${planted.oddUrl}@mirror:3128"`,
        `urlFile: ${at('named')}`,
        `notify: [{ name: chat, webhook: { url: "https://hooks.example.com/${planted.hook}", format: slack } }]`,
        'sinks:',
        '  central:',
        `    http: { bearerToken: "${planted.token}", secretFile: ${at('webhook')} }`,
        `    headers: { X-Any: "${planted.header}", list: [ { value: ${planted.nested} } ] }`,
        '    url: https://logs.example.com/',
        '',
      ].join('\n'),
    );
    process.env.TOWLINE_TEST_TOKEN = planted.environment;
    process.env.TOWLINE_TEST_HOOK_URL = `https://hooks.example.com/${planted.environmentHook}`;
    process.env.TOWLINE_TEST_PROXY = `http://user:${planted.proxy}@proxy:3128`;
    const file = at('support.tar.gz');
    await writeSupportArchive(file, {
      findings: [
        {
          id: 'gateway.reached',
          level: 'fail',
          message: `refused: ${planted.secretFile} and ${keys.sshKey}`,
        },
        { id: 'proxy', level: 'ok', message: `through http://user:${planted.ofUrl}@proxy.example.com` },
      ],
      versions: { gateway: '0.1.0' },
      configuration: [at('gateway.yaml'), at('missing.yaml')],
      secretFiles: [at('keys'), at('webhook'), at('run'), at('nothing')],
      log: [
        `level=info token=${planted.logged}`,
        `said ${planted.secretFile} ${planted.environment}`,
        ...keys.tlsKey.split('\n'),
        `${planted.proxy}, ${planted.inlineLogged}, ${planted.anchored}, ${planted.ofAnApp}, ${planted.linked}`,
        `${planted.namedOnly} and ${planted.oddUrl}`,
        `POST https://hooks.example.com/${planted.hook} and https://hooks.example.com/${planted.environmentHook}`,
        JSON.stringify({ said: JSON.stringify({ said: planted.quoted }) }),
        `fetch of https://${planted.accessToken}@forge/acme.git`,
        'pass 17 ended at 10.0.0.7',
      ],
    });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    execFileSync('tar', ['-xzf', file, '-C', folder, '--one-top-level=out']);
    const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n');
    assert.deepEqual(names, [
      ...[
        'findings.json',
        'about.json',
        'configuration/gateway.yaml',
        'configuration/missing.yaml',
        'log.txt',
      ],
    ]);
    for (const name of names) shown += await readFile(at(`out/${name}`), 'utf8');
  });
  after(async () => {
    delete process.env.TOWLINE_TEST_TOKEN;
    delete process.env.TOWLINE_TEST_PROXY;
    delete process.env.TOWLINE_TEST_HOOK_URL;
    await rm(folder, { recursive: true, force: true });
  });

  for (const [where, secret] of Object.entries(planted))
    test(`has no secret of ${where}, in no spelling`, () => {
      for (const spelling of [
        secret,
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(JSON.stringify(secret)).slice(3, -3),
      ])
        assert.ok(!shown.includes(spelling), spelling);
    });

  test('has no line of a private key', () => {
    for (const key of [keys.tlsKey, keys.sshKey])
      for (const line of key.split('\n').filter(text => text.length > 20 && !text.startsWith('-----')))
        assert.ok(!shown.includes(line), line);
  });

  test('still says what support asks for', () => {
    for (const text of [
      'fleet: acme',
      'https://hooks.example.com/',
      'format: slack',
      'https://logs.example.com/',
      'secretFile: ',
      'pass 17 ended at 10.0.0.7',
      '"gateway": "0.1.0"',
    ])
      assert.ok(shown.includes(text), text);
  });
});

test('what is no YAML is not shown at all; what stands in itself is no trap', () => {
  assert.equal(redactedYaml('password: "x\n  - ]'), undefined);
  assert.equal(redactedYaml('a: &x { token: y }\nb: *x\n')?.text.includes('y\n'), false);
  assert.equal(redactedYaml('token: &x [ *x, deep ]\n')?.text.includes('deep'), false);
});

test('a log is left out where a secret, or what names it, cannot be read: nobody knows what must not be said in it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tl-support-'));
  try {
    const at = (name: string) => path.join(folder, name);
    const file = at('support.tar.gz');
    // More than is read, as of another user's.
    await writeFile(at('secret'), Buffer.alloc(2 * 1024 * 1024, 'x'));
    await writeFile(at('broken.yaml'), 'password: "x\n  - ]');
    const common = { findings: [], versions: {}, log: ['a line'] };
    for (const [configuration, secretFiles] of [
      [[], [at('secret')]],
      [[at('broken.yaml')], []],
    ]) {
      await writeSupportArchive(file, {
        ...common,
        configuration: configuration ?? [],
        secretFiles: secretFiles ?? [],
      });
      const shown = execFileSync('tar', ['-xzOf', file, 'log.txt'], { encoding: 'utf8' });
      assert.match(shown, /^left out: /);
      assert.doesNotMatch(shown, /a line/);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
