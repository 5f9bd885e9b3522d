/** From walk 2 on nobody takes the id or the keys of a device, a person, a principal or a gateway that is another's. */
import { createPublicKey } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { ed25519Point, makeCertificate, sshLine, sshLineOf } from '../../../../lab/rig/key-spellings.ts';
import { MemoryKey } from '../../../../lab/rig/memory-repository.ts';
import {
  type Changes,
  device,
  Fleet,
  gatewayAccess,
  gatewayHost,
  gatewaySigner,
  gatewayTls,
  type Keys,
  newKeys,
  operator,
  people,
  refused,
  taken,
} from '../../../rig/maintained-fleet.ts';

const escaped = (text: string): string =>
  `"${[...text].map(letter => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')}"`;

describe('whoever may write one folder of devices', () => {
  const pump = newKeys();
  const own = newKeys();
  const { tls: registry } = newKeys();
  const oneTime = new MemoryKey().publicKey;
  let openpgp: string;
  let openpgpAsSsh: string;
  const us = 'devices/us/pump-2.yaml';
  let files: Changes;
  before(async () => {
    const certificate = await makeCertificate('modern');
    openpgp = JSON.stringify(certificate.armored);
    openpgpAsSsh = sshLine('ssh-ed25519', ed25519Point(certificate.numbers));
    files = {
      [us]: device({ ...pump, openpgp, registry } as Keys),
      'devices/us/new-1.yaml': device(
        undefined,
        `enrolment: { key: "${oneTime}", expires: 2030-01-01T00:00:00Z }`,
      ),
      'devices/eu/pump-1.yaml': device(newKeys()),
      'operators/dora.yaml': operator(new MemoryKey().publicKey),
      'operators/otto.yaml': operator(otto),
    };
  });
  const otto = new MemoryKey().publicKey;

  test('takes no id of a device in another', async () => {
    const fleet = new Fleet(files);
    for (const name of ['eu/pump-2.yaml', 'eu/deep/er/pump-2.yaml', 'eu/PUMP-2.yaml']) {
      await refused(fleet, 'bob', { [`devices/${name}`]: device(own) }, us);
    }
    await taken(fleet, 'bob', { 'devices/eu/pump-3.yaml': device(own) });
  });

  test('takes no key of a device in another, whatever it is called there and however it is written', async () => {
    const spki = Buffer.from(pump.tls, 'base64');
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.of(2 + (spki.readUInt8(spki.length - 1) & 1)),
      spki.subarray(27, 59),
    ]).toString('base64');
    const tlsAsSsh = sshLineOf(createPublicKey({ key: spki, format: 'der', type: 'spki' }));
    const point = Buffer.from(pump.ssh.split(' ')[1] ?? '', 'base64').subarray(-32);
    const thieves = [
      device({ tls: pump.tls, ssh: own.ssh }),
      device({ tls: own.tls, ssh: pump.ssh }),
      device({ tls: compressed, ssh: own.ssh }),
      device({ tls: own.tls, ssh: tlsAsSsh }),
      device({ tls: escaped(pump.tls), ssh: own.ssh }),
      device({ tls: own.tls, ssh: sshLine('sk-ssh-ed25519@openssh.com', point, 'ssh:') }),
      device({ ...own, openpgp } as Keys),
      device({ ...own, registry: pump.tls } as Keys),
      device({ ...own, registry } as Keys),
      device({ tls: registry, ssh: own.ssh }),
      device({ tls: own.tls, ssh: openpgpAsSsh }),
      device(own, 'revoked: true').replace(own.tls, pump.tls),
      device(undefined, `enrolment: { key: "${pump.ssh}", expires: 2030-01-01T00:00:00Z }`),
      `{ "apiVersion": "towline/v1", "k\\u0065ys": { "tls": "${pump.tls}", "ssh": "${own.ssh}" } }\n`,
    ];
    const fleet = new Fleet(files);
    for (const content of thieves) await refused(fleet, 'bob', { 'devices/eu/pump-3.yaml': content }, us);
    for (const content of thieves) await refused(fleet, 'bob', { 'devices/eu/pump-1.yaml': content }, us);
    const key = `enrolment: { key: "${oneTime}", expires: 2030-01-01T00:00:00Z }`;
    await refused(
      fleet,
      'bob',
      { 'devices/eu/pump-3.yaml': device(undefined, key) },
      'devices/us/new-1.yaml',
    );
  });

  test('takes no key of an operator, a principal or a gateway', async () => {
    const fleet = new Fleet(files);
    const eu = 'devices/eu/pump-3.yaml';
    await refused(fleet, 'bob', { [eu]: device({ tls: own.tls, ssh: otto }) }, 'operators/otto.yaml');
    await refused(fleet, 'bob', { [eu]: device({ tls: own.tls, ssh: people.alice.publicKey }) }, eu);
    await refused(fleet, 'bob', { [eu]: device({ tls: own.tls, ssh: people.bob.publicKey }) }, eu);
    await refused(fleet, 'bob', { [eu]: device({ tls: own.tls, ssh: gatewayHost }) }, eu);
    const tls = gatewayTls.export({ type: 'spki', format: 'der' }).toString('base64');
    await refused(fleet, 'bob', { [eu]: device({ tls, ssh: own.ssh }) }, eu);
    await refused(fleet, 'bob', { [eu]: device({ ...own, registry: tls } as Keys) }, eu);
    await taken(fleet, 'alice', { [eu]: device({ tls: own.tls, ssh: gatewayHost }) });
  });

  test('hands itself no key by which a gateway comes in or certifies people, as a device or as a person', async () => {
    const fleet = new Fleet(files);
    const eu = 'devices/eu/pump-3.yaml';
    for (const key of [gatewayAccess, gatewaySigner]) {
      await refused(fleet, 'bob', { [eu]: device({ tls: own.tls, ssh: key }) }, eu);
      const waiting = `enrolment: { key: "${key}", expires: 2030-01-01T00:00:00Z }`;
      await refused(fleet, 'bob', { [eu]: device(undefined, waiting) }, eu);
      const touched = sshLine(
        'sk-ssh-ed25519@openssh.com',
        Buffer.from(key.split(' ')[1] ?? '', 'base64').subarray(-32),
        'ssh:',
      );
      for (const line of [key, touched])
        await refused(fleet, 'dave', { 'operators/otto.yaml': operator(otto, line) }, 'operators/otto.yaml');
      await taken(fleet, 'alice', { [eu]: device({ tls: own.tls, ssh: key }) });
      await taken(fleet, 'alice', { [eu]: null });
    }
  });

  test('brings in by formatting alone no key that stood there unread', async () => {
    const unread = device({ tls: `&a ${pump.tls}`, ssh: own.ssh });
    const fleet = new Fleet({ ...files, 'devices/eu/pump-1.yaml': unread });
    await refused(fleet, 'bob', { 'devices/eu/pump-1.yaml': unread.replace('&a ', '') }, us);
    await taken(fleet, 'bob', { 'devices/eu/pump-1.yaml': device(own) });
  });

  test('names no keys in a file that is too long to be read, and takes them where it is shortened', async () => {
    const fleet = new Fleet(files);
    const long = device({ tls: pump.tls, ssh: own.ssh }, `description: ${'x'.repeat(70_000)}`);
    await taken(fleet, 'bob', { 'devices/eu/pump-1.yaml': long });
    await refused(fleet, 'bob', { 'devices/eu/pump-1.yaml': device({ tls: pump.tls, ssh: own.ssh }) }, us);
  });

  test('revokes no keys that it had in common before the rule was there', async () => {
    const twin = device(pump);
    const fleet = new Fleet({ ...files, 'devices/eu/pump-1.yaml': twin });
    await refused(fleet, 'bob', { 'devices/eu/pump-1.yaml': device(pump, 'revoked: true') }, us);
    await taken(fleet, 'bob', { 'devices/eu/pump-1.yaml': device(pump, 'tunnel: open') });
    await taken(fleet, 'bob', { 'devices/eu/pump-1.yaml': device(own) });
  });

  test('takes it where who may change that very value there agrees, by the first rule that covers it', async () => {
    const fleet = new Fleet(files);
    const eu = { 'devices/eu/pump-3.yaml': device({ tls: own.tls, ssh: pump.ssh }) };
    const both = { ...eu, 'devices/eu/pump-2.yaml': device(own) };
    await refused(fleet, 'erin', eu, 'devices/eu/pump-3.yaml');
    await refused(fleet, 'carol', both, 'devices/eu/pump-2.yaml');
    await taken(fleet, 'alice', {
      'devices/us/pump-9.yaml': device({ tls: own.tls, ssh: new MemoryKey().publicKey }),
    });
  });

  test('goes on as before in walk 1, which devices without the rule walk', async () => {
    const fleet = new Fleet(files, 1);
    await taken(fleet, 'bob', { 'devices/eu/pump-2.yaml': device(own) });
  });
});

describe('what goes on as before', () => {
  const pump = newKeys();
  const us = 'devices/us/pump-2.yaml';
  const files = { [us]: device(pump), 'devices/eu/pump-1.yaml': device(newKeys()) };

  test('a file moves within its folder, and keeps id and keys', async () => {
    const fleet = new Fleet(files);
    await taken(fleet, 'carol', { [us]: null, 'devices/us/ohio/pump-2.yaml': device(pump) });
    await taken(fleet, 'carol', { [us]: device(pump), 'devices/us/ohio/pump-2.yaml': null });
    await taken(fleet, 'carol', { [us]: null, 'devices/us/pump-2-new.yaml': device(pump) });
    await refused(fleet, 'bob', {
      'devices/us/pump-2-new.yaml': null,
      'devices/eu/pump-2.yaml': device(pump),
    });
  });

  test('two devices of one folder exchange their keys', async () => {
    const other = newKeys();
    const fleet = new Fleet({ ...files, 'devices/us/pump-3.yaml': device(other) });
    await taken(fleet, 'carol', { [us]: device(other), 'devices/us/pump-3.yaml': device(pump) });
  });

  test('a device comes in, is replaced by another, and changes its keys', async () => {
    const fleet = new Fleet(files);
    const waiting = (key: string): string => `enrolment: { key: "${key}", expires: 2030-01-01T00:00:00Z }`;
    await taken(fleet, 'carol', {
      'devices/us/pump-3.yaml': device(undefined, waiting(new MemoryKey().publicKey)),
    });
    const first = newKeys();
    await taken(fleet, 'carol', { 'devices/us/pump-3.yaml': device(first) });
    await taken(fleet, 'carol', {
      'devices/us/pump-3.yaml': device(first, waiting(new MemoryKey().publicKey)),
    });
    await taken(fleet, 'carol', { 'devices/us/pump-3.yaml': device(newKeys()) });
    await taken(fleet, 'bob', { 'devices/eu/pump-4.yaml': device(first) });
  });

  test('a device that is gone leaves its id and keys to who comes next', async () => {
    const fleet = new Fleet(files);
    await taken(fleet, 'carol', { [us]: null });
    await taken(fleet, 'bob', { 'devices/eu/pump-2.yaml': device(pump) });
  });

  test('an operator has the key of the principal of the same name, and of no other', async () => {
    const fleet = new Fleet(files);
    await taken(fleet, 'dave', { 'operators/erin.yaml': operator(people.erin.publicKey) });
    await refused(
      fleet,
      'dave',
      { 'operators/mallory.yaml': operator(people.bob.publicKey) },
      'operators/mallory.yaml',
    );
    await taken(fleet, 'dave', { 'operators/mallory.yaml': operator(new MemoryKey().publicKey) });
    await refused(fleet, 'dave', { 'operators/mallory.yaml': operator(pump.ssh) }, us);
  });
});
