/** Whatever the bytes: the reader of SOPS files answers or throws our own error, quickly, and opens nothing forged. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { isTowlineError } from '../../../core/errors.ts';
import {
  openSecretDocument,
  parsePlainSecret,
  readSecretDocument,
  type SecretFormat,
  sealSecretDocument,
} from '../../../core/secrets/document.ts';
import { defaultRule } from '../../../core/secrets/metadata.ts';
import {
  checkOwnPath,
  type SecretPlace,
  withOwnPath,
  withoutOwnPath,
} from '../../../core/secrets/own-path.ts';
import { sealedVariables } from '../../../core/secrets/secret-variables.ts';
import { plainData } from '../../../core/secrets/tree.ts';
import { dataKeyTraces, valuesInClear } from '../../../core/secrets/unopened.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { edited, edits, onlyOurErrors } from '../../fuzz/mutation.ts';

const formats: readonly SecretFormat[] = ['yaml', 'json', 'dotenv'];
const nameOf = { yaml: 'a.yaml', json: 'a.json', dotenv: 'a.env' } as const;
const dataKey = randomBytes(32);
const recipient = { createdAt: '2026-11-23T18:00:00Z', encryptedKey: 'ARMOR', fingerprint: 'AB'.repeat(20) };

const placeOf = (format: SecretFormat) => ({ fleet: 'acme', path: nameOf[format] });

const seal = (plain: string, format: SecretFormat) =>
  sealSecretDocument(withOwnPath(parsePlainSecret(plain, format), format, placeOf(format)), format, {
    dataKey,
    recipients: [recipient],
    rule: defaultRule,
    lastModified: recipient.createdAt,
    nonce: () => randomBytes(32),
  });

/** Without values in clear: the format's MAC does not cover their names. */
const samples: Readonly<Record<SecretFormat, string>> = {
  yaml: '# note\npassword: hunter2\nport: 5432\nratio: 0.5\ntls: true\nlist:\n  - one\n  - two\n',
  json: '{"password":"hunter2","nested":{"a":[1,"two",false]}}',
  dotenv: '# note\nPASSWORD=hunter2\nMULTI=a\\nb\n',
};

/** Everything that is done with a file that somebody else wrote; it may lie elsewhere. */
function read(bytes: Uint8Array, format: SecretFormat, place: SecretPlace = placeOf(format)): unknown {
  sealedVariables(bytes, nameOf[format]);
  const document = readSecretDocument(bytes, format);
  valuesInClear(document);
  dataKeyTraces(document);
  const tree = openSecretDocument(document, dataKey);
  checkOwnPath(tree, place);
  return plainData(withoutOwnPath(tree));
}

/** Null, empty text and what holds nothing are not sealed and add nothing to the format's MAC: whoever writes the file may add them. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty).filter(holdsSomething);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).map(([key, item]): [string, unknown] => [key, withoutEmpty(item)]);
  return Object.fromEntries(kept.filter(([, item]) => holdsSomething(item)));
}

function holdsSomething(value: unknown): boolean {
  if (value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

describe('SOPS files, fuzzed', () => {
  const sealed = {} as Record<SecretFormat, Buffer>;
  const opened = {} as Record<SecretFormat, unknown>;
  before(() => {
    for (const format of formats) {
      sealed[format] = Buffer.from(seal(samples[format], format));
      opened[format] = read(sealed[format], format);
    }
  });

  test('random bytes and text', async () => {
    await fuzzed(
      'random bytes',
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 2000 }),
          fc.string({ maxLength: 2000 }).map(text => Buffer.from(text)),
        ),
        fc.constantFrom(...formats),
        (bytes, format) => {
          onlyOurErrors(() => read(bytes, format));
        },
      ),
    );
  });

  for (const format of formats) {
    test(`a sealed ${format} file with bytes changed opens to what was sealed, or not at all`, async () => {
      await fuzzed(
        `sealed ${format}`,
        fc.property(edits, changes => {
          const result = onlyOurErrors(() => read(edited(sealed[format], changes), format));
          if (result !== undefined) assert.deepEqual(withoutEmpty(result), opened[format]);
        }),
      );
    });

    test(`a sealed ${format} file with bytes changed opens at no path but its own`, async () => {
      const place = { fleet: 'acme', path: `b.${format}` };
      await fuzzed(
        `elsewhere ${format}`,
        fc.property(edits, changes => {
          const result = onlyOurErrors(() => read(edited(sealed[format], changes), format, place));
          assert.equal(result, undefined);
        }),
      );
    });
  }

  test('a section of any shape', async () => {
    await fuzzed(
      'sections',
      fc.property(fc.jsonValue(), fc.jsonValue(), (section, rest) => {
        const document = typeof rest === 'object' && rest !== null && !Array.isArray(rest) ? rest : { rest };
        const bytes = Buffer.from(JSON.stringify({ ...document, sops: section }));
        onlyOurErrors(() => read(bytes, 'json'));
        onlyOurErrors(() => read(bytes, 'yaml'));
      }),
    );
  });

  test('any document of texts, numbers and booleans comes back as it was', async () => {
    const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/).filter(name => name !== 'sops');
    const scalar = fc.oneof(fc.string({ maxLength: 40 }), fc.integer(), fc.boolean());
    await fuzzed(
      'round trips',
      fc.property(fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 8, noNullPrototype: true }), document => {
        for (const format of ['yaml', 'json'] as const) {
          const bytes = Buffer.from(seal(JSON.stringify(document), format));
          assert.deepEqual(read(bytes, format), document);
        }
      }),
    );
  });

  test('aliases that would grow without end, and deep nesting, are refused at once', () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 40 }, (_, n) => `b${n}: &b${n} [*${n === 0 ? 'a' : `b${n - 1}`}, *a]`).join('\n')}\n`;
    assert.throws(() => readSecretDocument(Buffer.from(bomb), 'yaml'), { code: 'SECRET_UNSUPPORTED' });
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    assert.throws(() => readSecretDocument(Buffer.from(deep), 'json'), isTowlineError);
    assert.throws(() => readSecretDocument(Buffer.alloc(2 * 1024 * 1024, 'a'), 'dotenv'), isTowlineError);
  });
});
