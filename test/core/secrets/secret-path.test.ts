import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import {
  openRegistryLogins,
  openVariables,
  sealedVariables,
} from '../../../core/secrets/secret-variables.ts';
import { sealSecret } from '../../rig/secrets.ts';

const dataKey = Buffer.alloc(32, 7);
let privateKey: string;
let publicKey: string;

before(async () => {
  ({ privateKey, publicKey } = await openpgp.generateKey({
    userIDs: [{ name: 'pump-1' }],
    format: 'armored',
  }));
});

const seal = (path: string, plain: string, changes = {}) =>
  sealSecret(path, plain, [publicKey], { dataKey, ...changes });
const open = (text: string, path: string, fleet = 'acme') =>
  openVariables(Buffer.from(text), { fleet, path }, privateKey);
const otherPath = { code: 'SECRET_PATH_OTHER' };
const missing = { code: 'SECRET_PATH_MISSING' };

describe('a sealed file', () => {
  for (const [path, plain] of [
    ['secrets/bank.env', 'PASSWORD=of-the-bank\n'],
    ['secrets/bank.yaml', 'PASSWORD: of-the-bank\n'],
    ['secrets/bank.json', '{"PASSWORD": "of-the-bank"}'],
  ] as const) {
    test(`${path} opens where it was sealed for, and gives no variable for that`, async () => {
      const sealed = await seal(path, plain);
      assert.deepEqual([...(await open(sealed, path))], [['PASSWORD', 'of-the-bank']]);
      assert.deepEqual(
        sealedVariables(Buffer.from(sealed), path).map(({ name }) => name),
        ['PASSWORD'],
      );
    });

    test(`${path} opens at no other path, and in no other fleet`, async () => {
      const sealed = await seal(path, plain);
      const extension = path.slice(path.lastIndexOf('.'));
      for (const other of [
        `secrets/own/x${extension}`,
        `secrets/bank+own${extension}`,
        `secrets/./bank${extension}`,
      ])
        await assert.rejects(open(sealed, other), otherPath);
      await assert.rejects(open(sealed, path, 'acme-2'), otherPath);
      await assert.rejects(open(sealed, path, ''), otherPath);
    });
  }

  test('whose data key another file has too takes no path from it', async () => {
    const bank = await seal('secrets/bank.env', 'PASSWORD=of-the-bank\n');
    const own = await seal('secrets/own.env', 'PASSWORD=of-the-bank-not\n');
    const path = (text: string) => /^TOWLINE_PATH=.*$/m.exec(text)?.[0] ?? '';
    await assert.rejects(open(bank.replace(path(bank), path(own)), 'secrets/own.env'), {
      code: 'SECRET_TAMPERED',
    });
  });

  test('says its path in a value that stands once, at the top, and is sealed', async () => {
    const at = 'secrets/bank.yaml';
    const own = (value: string) => seal(at, `${value}\nPASSWORD: x\n`, { statedPath: undefined });
    for (const [what, text] of Object.entries({
      'not there': await own('A: 1'),
      nested: await own(`towline: {towline_path: "acme ${at}"}`),
      'in a list': await own(`towline_path: ["acme ${at}"]`),
      'in a map': await own(`towline_path: {"": "acme ${at}"}`),
      'in a comment': await own(`# towline_path: acme ${at}`),
      'in other letters': await own(`TOWLINE_PATH: "acme ${at}"`),
      'in two forms': await own(`towline_path: "acme ${at}"\nTOWLINE_PATH: "acme ${at}"`),
      'of nothing': await own('towline_path: ""'),
      null: await own('towline_path: null'),
    })) {
      await assert.rejects(open(text, at), missing, what);
    }
    assert.equal((await open(await own(`towline_path: "acme ${at}"`), at)).get('PASSWORD'), 'x');
    await assert.rejects(open(await own('towline_path: 5'), at), otherPath);
    await assert.rejects(open(await own(`towline_path: "acme ${at} "`), at), otherPath);
  });

  test('is not opened where its rule leaves the path in clear, nor where the MAC leaves out what is in clear', async () => {
    const at = 'secrets/bank.yaml';
    for (const rule of [
      { kind: 'unencrypted_suffix', pattern: '_path' },
      { kind: 'encrypted_suffix', pattern: 'WORD' },
      { kind: 'unencrypted_regex', pattern: '^towline' },
      { kind: 'encrypted_regex', pattern: '^PASSWORD$' },
    ]) {
      for (const macOnlyEncrypted of [false, true]) {
        const sealed = await seal(at, 'PASSWORD: x\n', { rule, macOnlyEncrypted });
        await assert.rejects(open(sealed, at), missing, `${rule.kind} ${macOnlyEncrypted}`);
        await assert.rejects(
          open(sealed.replace(`acme ${at}`, 'acme secrets/own.yaml'), 'secrets/own.yaml'),
          missing,
        );
      }
    }
  });

  test('says its path in its first document: further ones are none, and no key stands twice', async () => {
    const at = 'secrets/own.yaml';
    const bank = await seal('secrets/bank.yaml', 'PASSWORD: of-the-bank\n');
    const own = await seal(at, 'A: 1\n');
    const path = /^towline_path:.*$/m.exec(own)?.[0] ?? '';
    for (const text of [
      `${path}\n---\n${bank}`,
      `${bank}\n---\n${own}`,
      `${path}\n${bank}`,
      `${bank}\n${path}\n`,
    ])
      await assert.rejects(open(text, at), { code: 'SECRET_MALFORMED' });
  });

  test('with logins of registries says its path too, and it is no registry', async () => {
    const at = 'secrets/registries.yaml';
    const sealed = Buffer.from(await seal(at, 'r.example.com: {username: a, password: b}\n'));
    const logins = await openRegistryLogins(sealed, { fleet: 'acme', path: at }, privateKey);
    assert.deepEqual([...logins.keys()], ['r.example.com']);
    await assert.rejects(
      openRegistryLogins(sealed, { fleet: 'acme', path: 'secrets/registries/2.yaml' }, privateKey),
      otherPath,
    );
  });
});
