import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { TowlineError } from '../../../core/errors.ts';
import { decryptDataKey, encryptDataKey } from '../../../core/secrets/data-key.ts';
import {
  emitSecretTree,
  openSecretDocument,
  parsePlainSecret,
  readSecretDocument,
  type SecretFormat,
  sealSecretDocument,
} from '../../../core/secrets/document.ts';
import { keptValues } from '../../../core/secrets/kept-values.ts';
import { plainData } from '../../../core/secrets/tree.ts';

const dataKey = randomBytes(32);
const rule = { kind: 'unencrypted_suffix', pattern: '_unencrypted' } as const;
const lastModified = '2026-11-23T18:00:00Z';
const nonce = () => randomBytes(32);
const recipient = { createdAt: lastModified, encryptedKey: 'ARMOR\nLINE', fingerprint: 'AB' };
const code = (expected: string) => (error: unknown) =>
  error instanceof TowlineError && error.code === expected;

function seal(source: string, format: SecretFormat, changes = {}) {
  const options = { dataKey, recipients: [recipient], rule, lastModified, nonce, ...changes };
  return sealSecretDocument(parsePlainSecret(source, format), format, options);
}

function open(sealed: string, format: SecretFormat, key: Uint8Array = dataKey) {
  return openSecretDocument(readSecretDocument(Buffer.from(sealed), format), key);
}

/** An encrypted value made by hand from the format's documentation, not by the code under test. */
function encryptedByHand(text: string, type: string, additionalData: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from(additionalData));
  const data = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
  return `ENC[AES256_GCM,data:${data},iv:${iv.toString('base64')},tag:${cipher.getAuthTag().toString('base64')},type:${type}]`;
}

/** A file as the documentation describes it: nested maps, a list, every type, an unencrypted key. */
function documentByHand(): string {
  const mac = createHash('sha512')
    .update('hunter2' + '5432' + '0.5' + 'True' + 'one' + 'two' + 'visible')
    .digest('hex');
  return [
    `#${encryptedByHand(' the database', 'comment', ':')}`,
    'db:',
    `    password: ${encryptedByHand('hunter2', 'str', 'db:password:')}`,
    `    port: ${encryptedByHand('5432', 'int', 'db:port:')}`,
    `    ratio: ${encryptedByHand('0.5', 'float', 'db:ratio:')}`,
    `    tls: ${encryptedByHand('True', 'bool', 'db:tls:')}`,
    'names:',
    `    - ${encryptedByHand('one', 'str', 'names:')}`,
    `    - ${encryptedByHand('two', 'str', 'names:')}`,
    'note_unencrypted: visible',
    'empty: null',
    'sops:',
    '    kms: []',
    '    pgp:',
    `        - created_at: "${lastModified}"`,
    '          enc: |-',
    '            -----BEGIN PGP MESSAGE-----',
    '            -----END PGP MESSAGE-----',
    '          fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21',
    `    lastmodified: "${lastModified}"`,
    `    mac: ${encryptedByHand(mac.toUpperCase(), 'str', lastModified)}`,
    '    unencrypted_suffix: _unencrypted',
    '    version: 3.9.0',
    '',
  ].join('\n');
}

describe('a SOPS file made by hand from the format’s documentation', () => {
  test('opens, with every type', () => {
    assert.deepEqual(plainData(open(documentByHand(), 'yaml')), {
      db: { password: 'hunter2', port: 5432, ratio: 0.5, tls: true },
      names: ['one', 'two'],
      note_unencrypted: 'visible',
      empty: null,
    });
  });

  test('shows its comments to the person who edits it', () => {
    assert.match(emitSecretTree(open(documentByHand(), 'yaml'), 'yaml'), /^# the database\n/);
  });

  test('is refused when an unencrypted value was changed', () => {
    assert.throws(() => open(documentByHand().replace('visible', 'evil'), 'yaml'), code('SECRET_TAMPERED'));
  });

  test('is refused when a value was removed', () => {
    const cut = documentByHand().replace(/^ {4}port: .*\n/m, '');
    assert.throws(() => open(cut, 'yaml'), code('SECRET_TAMPERED'));
  });

  test('is refused when two values changed places', () => {
    const lines = documentByHand().split('\n');
    const first = lines.findIndex(line => line.includes('password:'));
    const values = [lines[first], lines[first + 1]].map(line => line?.split(': ')[1]);
    lines[first] = `    password: ${values[1]}`;
    lines[first + 1] = `    port: ${values[0]}`;
    assert.throws(() => open(lines.join('\n'), 'yaml'), code('SECRET_TAMPERED'));
  });

  test('is refused when the list was put into another order', () => {
    const lines = documentByHand().split('\n');
    const first = lines.findIndex(line => line.startsWith('    - '));
    [lines[first], lines[first + 1]] = [lines[first + 1] ?? '', lines[first] ?? ''];
    assert.throws(() => open(lines.join('\n'), 'yaml'), code('SECRET_TAMPERED'));
  });

  test('is refused when a plain value stands where an encrypted one belongs', () => {
    const plain = documentByHand().replace(/password: .*/, 'password: known');
    assert.throws(() => open(plain, 'yaml'), code('SECRET_MALFORMED'));
  });

  test('is refused under another key', () => {
    assert.throws(() => open(documentByHand(), 'yaml', randomBytes(32)), code('SECRET_TAMPERED'));
  });

  test('is refused with a shortened authentication tag', () => {
    const short = documentByHand().replace(/tag:[^,]+,type:str/, 'tag:AAAAAA==,type:str');
    assert.throws(() => open(short, 'yaml'), code('SECRET_MALFORMED'));
  });
});

describe('comments as SOPS 3.9 to 3.13 write and read them', () => {
  /** A document of a list and a map; the MAC is over `values`. */
  function withComments(lines: readonly string[], values: string, more = ''): string {
    const mac = createHash('sha512').update(values).digest('hex').toUpperCase();
    return [
      ...lines,
      'sops:',
      '    pgp: [{created_at: "x", enc: x, fp: AB}]',
      `    lastmodified: "${lastModified}"`,
      `    mac: ${encryptedByHand(mac, 'str', lastModified)}`,
      more,
      '    version: 3.9.0',
      '',
    ].join('\n');
  }
  const one = `    - ${encryptedByHand('one', 'str', 'names:')}`;
  const two = `    - ${encryptedByHand('two', 'str', 'names:')}`;
  const comment = encryptedByHand(' - three', 'comment', 'names:');

  test('one in a list is a text of the list that is no value, and the MAC leaves it out', () => {
    for (const lines of [
      [`    - ${comment}`, one, two],
      [one, `    - ${comment}`, two],
      [one, two, `    - ${comment}`],
    ]) {
      const opened = open(withComments(['names:', ...lines], 'onetwo'), 'yaml');
      assert.deepEqual(plainData(opened), { names: ['one', 'two'] });
      const shown = emitSecretTree(opened, 'yaml');
      assert.match(shown, /# - three/);
      const again = seal(shown, 'yaml');
      assert.deepEqual(plainData(open(again, 'yaml')), { names: ['one', 'two'] });
    }
    const json = { names: [comment, encryptedByHand('one', 'str', 'names:')] };
    const mac = createHash('sha512').update('one').digest('hex').toUpperCase();
    const sops = { pgp: [{ enc: 'x', fp: 'AB' }], lastmodified: lastModified, version: '3.9.0' };
    const file = { ...json, sops: { ...sops, mac: encryptedByHand(mac, 'str', lastModified) } };
    assert.deepEqual(plainData(open(JSON.stringify(file), 'json')), { names: ['one'] });
  });

  test('one in a list in a list, and among maps', () => {
    const deep = encryptedByHand(' deep', 'comment', 'names:');
    const map = encryptedByHand('x', 'str', 'names:a:');
    const lines = ['names:', `    - - ${deep}`, `      - ${encryptedByHand('one', 'str', 'names:')}`];
    const file = withComments([...lines, `    - a: ${map}`, `    - ${deep}`], 'onex');
    assert.deepEqual(plainData(open(file, 'yaml')), { names: [['one'], { a: 'x' }] });
  });

  test('a value that is called a comment is missed by the MAC', () => {
    const evil = withComments(['names:', one.replace('type:str', 'type:comment'), two], 'onetwo');
    assert.throws(() => open(evil, 'yaml'), code('SECRET_TAMPERED'));
    const map = `name: ${encryptedByHand('one', 'comment', 'name:')}`;
    assert.throws(() => open(withComments([map], ''), 'yaml'), code('SECRET_TAMPERED'));
  });

  test('one that does not open is kept as it is', () => {
    const elsewhere = encryptedByHand(' moved', 'comment', 'other:');
    for (const text of [elsewhere, elsewhere.replace(/tag:..../, 'tag:AAAA'), 'ENC[AES256_GCM,data:x]']) {
      for (const lines of [
        [`#${text}`, 'names:', one, two],
        ['names:', `    #${text}`, one, two],
        ['names:', one, two, `#${text}`],
      ]) {
        const opened = open(withComments(lines, 'onetwo'), 'yaml');
        assert.deepEqual(plainData(opened), { names: ['one', 'two'] });
        assert.ok(emitSecretTree(opened, 'yaml').includes(text));
      }
    }
  });

  test('one that the rule does not cover is never opened', () => {
    const text = encryptedByHand(' text', 'comment', ':');
    const file = withComments([`#${text}`, 'a: x'], 'x', '    encrypted_regex: ^b$');
    assert.ok(emitSecretTree(open(file, 'yaml'), 'yaml').includes(text));
  });

  test('one that was sealed as a text is part of the MAC', () => {
    const text = `#${encryptedByHand(' old', 'str', ':')}`;
    assert.match(
      emitSecretTree(open(withComments([text, 'names:', one, two], ' oldonetwo'), 'yaml'), 'yaml'),
      /# old/,
    );
    assert.throws(
      () => open(withComments([text, 'names:', one, two], 'onetwo'), 'yaml'),
      code('SECRET_TAMPERED'),
    );
  });

  test('a comment’s sealed form is never taken again for a value of the same text', () => {
    const sealed = withComments(['names:', `    - ${comment}`, one], 'one');
    const document = readSecretDocument(Buffer.from(sealed), 'yaml');
    const kept = keptValues(document, dataKey);
    const again = seal('names: [" - three", one]\n', 'yaml', { kept });
    assert.deepEqual(plainData(open(again, 'yaml')), { names: [' - three', 'one'] });
  });
});

describe('what Towline seals', () => {
  const sources: Record<SecretFormat, string> = {
    yaml: '# plain comment\na: text\nb:\n  # inner\n  c: 12345678901234567890\n  d: [1, 2.5, true, ""]\ne: |\n  two\n  lines\n',
    json: '{"a": "text", "10": 1, "2": {"c": [true, null]}}',
    dotenv: '# comment\nA=text\nB=two\\nlines\nEMPTY=\n',
  };
  for (const [format, source] of Object.entries(sources) as [SecretFormat, string][]) {
    test(`${format} opens to what went in, in its order`, () => {
      const sealed = seal(source, format);
      assert.doesNotMatch(sealed, /text|plain comment|lines/);
      assert.deepEqual(open(sealed, format), parsePlainSecret(source, format));
    });

    test(`${format} that covers encrypted values only in its MAC opens`, () => {
      const sealed = seal(source, format, { macOnlyEncrypted: true });
      assert.deepEqual(open(sealed, format), parsePlainSecret(source, format));
    });
  }

  test('keeps clear what the rule leaves clear', () => {
    const changes = { rule: { kind: 'encrypted_regex', pattern: '^(data|stringData)$' } };
    const sealed = seal('kind: Secret\ndata:\n  a: hidden\n', 'yaml', changes);
    assert.match(sealed, /^kind: Secret\n/);
    assert.doesNotMatch(sealed, /hidden/);
    assert.deepEqual(plainData(open(sealed, 'yaml')), { kind: 'Secret', data: { a: 'hidden' } });
  });
});

describe('hostile secret files', () => {
  const metadata = (extra: string) =>
    `a: b\nsops:\n  pgp: [{fp: AB, enc: x}]\n  mac: x\n  lastmodified: x\n  ${extra}\n`;
  const cases: [string, string, SecretFormat, string][] = [
    [
      'a pattern that could take for ever',
      metadata('encrypted_regex: "(a+)+$"'),
      'yaml',
      'SECRET_UNSUPPORTED',
    ],
    ['key groups', metadata('key_groups: [{pgp: []}]'), 'yaml', 'SECRET_UNSUPPORTED'],
    ['no metadata', 'a: b\n', 'yaml', 'SECRET_MALFORMED'],
    ['a key twice', 'a: b\na: c\n', 'yaml', 'SECRET_MALFORMED'],
    ['aliases', 'a: &x [1]\nb: *x\n', 'yaml', 'SECRET_UNSUPPORTED'],
    ['deep nesting', `${'['.repeat(5000)}`, 'json', 'SECRET_MALFORMED'],
    ['no OpenPGP recipient', 'A=b\nsops_mac=x\nsops_lastmodified=x\n', 'dotenv', 'SECRET_UNSUPPORTED'],
    ['a recipient number beyond the bound', 'sops_pgp__list_999__map_fp=x\n', 'dotenv', 'SECRET_MALFORMED'],
  ];
  for (const [name, source, format, expected] of cases) {
    test(`with ${name} are refused`, () => {
      assert.throws(() => readSecretDocument(Buffer.from(source), format), code(expected));
    });
  }

  test('over the size limit are refused', () => {
    assert.throws(() => readSecretDocument(Buffer.alloc(1024 * 1024 + 1), 'yaml'), code('SECRET_MALFORMED'));
  });
});

describe('the data key', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(path.join(tmpdir(), 'towline-gpg-'));
  });
  after(() => {
    spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true, force: true });
  });
  const gpg = (args: string[], input?: string | Uint8Array) => {
    const result = spawnSync('gpg', ['--homedir', home, '--batch', '--yes', ...args], { input });
    assert.equal(result.status, 0, result.stderr.toString());
    return result.stdout;
  };

  test('that real gpg encrypted opens with the device’s key, and the other way round', async () => {
    gpg(['--passphrase', '', '--quick-generate-key', 'device', 'default', 'default', 'never']);
    const publicKey = gpg(['--armor', '--export', 'device']).toString();
    const privateKey = gpg(['--armor', '--export-secret-keys', 'device']).toString();
    const [byUs] = await encryptDataKey(dataKey, [publicKey], new Date());
    assert.deepEqual(gpg(['--decrypt'], byUs?.encryptedKey), dataKey);
    const byGpg = gpg(
      ['--armor', '--trust-model', 'always', '--encrypt', '--recipient', 'device'],
      dataKey,
    ).toString();
    const metadata = {
      recipients: [{ ...recipient, encryptedKey: byGpg, fingerprint: byUs?.fingerprint ?? '' }],
      lastModified,
      mac: 'x',
      rule,
      macOnlyEncrypted: false,
      version: '3.9.0',
    };
    assert.deepEqual(Buffer.from(await decryptDataKey(metadata, privateKey)), dataKey);
  });

  test('does not open for one who is no recipient', async () => {
    const other = await openpgp.generateKey({ userIDs: [{ name: 'other' }], format: 'armored' });
    const metadata = {
      recipients: [recipient],
      lastModified,
      mac: 'x',
      rule,
      macOnlyEncrypted: false,
      version: '3.9.0',
    };
    await assert.rejects(decryptDataKey(metadata, other.privateKey), code('SECRET_NOT_A_RECIPIENT'));
  });
});

test('times are quoted in YAML, as SOPS quotes them: a reader of YAML 1.1 would make dates of them', () => {
  const sealed = seal('day_unencrypted: "2026-11-23"\n', 'yaml');
  assert.match(sealed, /^day_unencrypted: "2026-11-23"$/m);
  assert.match(sealed, new RegExp(`lastmodified: "${lastModified}"`));
  assert.match(sealed, new RegExp(`created_at: "${lastModified}"`));
  assert.deepEqual(plainData(open(sealed, 'yaml')), { day_unencrypted: '2026-11-23' });
});

test('a recipient whose message is too long for a data key, and gaps in a list of recipients, open nothing', () => {
  const long = { ...recipient, encryptedKey: 'A'.repeat(10_000) };
  assert.throws(() => open(seal('a: b\n', 'yaml', { recipients: [long] }), 'yaml'), code('SECRET_MALFORMED'));
  const gap = seal('A=b\n', 'dotenv').replaceAll('pgp__list_0__', 'pgp__list_7__');
  assert.equal(readSecretDocument(Buffer.from(gap), 'dotenv').metadata.recipients.length, 1);
});

test('what is wrong with a text that a person edits is said without showing the text', () => {
  for (const plain of [
    'password: "hunter2\n',
    'a: *hunter2\n',
    'a: hunter2: b\n',
    '"hunter2": 1\n"hunter2": 2\n',
  ]) {
    assert.throws(
      () => parsePlainSecret(plain, 'yaml'),
      error => error instanceof TowlineError && !`${error.stack} ${error.cause}`.includes('hunter2'),
      plain,
    );
  }
});

test('a private key that is damaged, and a message that is none, are told apart', async () => {
  const { privateKey, publicKey } = await openpgp.generateKey({
    userIDs: [{ name: 'device' }],
    format: 'armored',
  });
  const sealed = seal('a: b\n', 'yaml', {
    recipients: await encryptDataKey(dataKey, [publicKey], new Date()),
  });
  const { metadata } = readSecretDocument(Buffer.from(sealed), 'yaml');
  await assert.rejects(decryptDataKey(metadata, privateKey.slice(0, 200)), code('SECRET_NO_KEY'));
  const garbled = metadata.recipients.map(each => ({ ...each, encryptedKey: 'no message' }));
  await assert.rejects(
    decryptDataKey({ ...metadata, recipients: garbled }, privateKey),
    code('SECRET_MALFORMED'),
  );
});
